/* recovery_codes.h: the table of hashed recovery codes. Rules: actions/recovery.h. */
#ifndef AUTH_STORE_RECOVERY_CODES_H
#define AUTH_STORE_RECOVERY_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/recovery_code.h"
#include "base/err.h"
#include "db/db.h"

/* New ones in place of all former ones. Inside a transaction. */
bool recovery_codes_replace(struct db *db, uint64_t user_id,
                            const uint8_t (*hashes)[RECOVERY_HASH_SIZE], size_t count,
                            int64_t now_us, struct err *err) MUST_CHECK;
/* ret_used: false when it is none of the user's, or was used. */
bool recovery_codes_use(struct db *db, uint64_t user_id,
                        const uint8_t hash[static RECOVERY_HASH_SIZE], int64_t now_us,
                        bool *ret_used, struct err *err) MUST_CHECK;
/* How many are left; when they were made, 0: there are none. */
bool recovery_codes_count(struct db *db, uint64_t user_id, size_t *ret_left,
                          int64_t *ret_created_at, struct err *err) MUST_CHECK;
bool recovery_codes_delete(struct db *db, uint64_t user_id, struct err *err) MUST_CHECK;

#endif
