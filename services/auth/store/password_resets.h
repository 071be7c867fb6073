/* password_resets.h: which link of a password reset is the latest, and so the one that works. */
#ifndef AUTH_STORE_PASSWORD_RESETS_H
#define AUTH_STORE_PASSWORD_RESETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

enum { RESET_HASH_SIZE = 32 };

bool password_resets_set(struct db *db, uint64_t user_id,
                         const uint8_t hash[static RESET_HASH_SIZE], int64_t expires_at,
                         struct err *err) MUST_CHECK;
/* Uses it up. ret_was_latest: false: another link came later, or it was used, or it is over. */
bool password_resets_take(struct db *db, uint64_t user_id,
                          const uint8_t hash[static RESET_HASH_SIZE], int64_t now_us,
                          bool *ret_was_latest, struct err *err) MUST_CHECK;

/* No link of this user works any more. */
bool password_resets_drop(struct db *db, uint64_t user_id, struct err *err) MUST_CHECK;

#endif
