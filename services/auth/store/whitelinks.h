/* whitelinks.h: tokens that let their bearer's address in (reference barong.md §2.10). The hash alone
 * is here: who reads the table can't use them. */
#ifndef AUTH_STORE_WHITELINKS_H
#define AUTH_STORE_WHITELINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "crypto/crypto.h"
#include "db/db.h"

bool whitelinks_insert(struct db *db, const uint8_t hash[static SHA256_SIZE], int64_t now_us,
                       int64_t expires_at, struct err *err) MUST_CHECK;
/* Whether it is good now. It stays good until it expires, however often it is used. */
bool whitelinks_is_good(struct db *db, const uint8_t hash[static SHA256_SIZE], int64_t now_us,
                        bool *ret_good, struct err *err) MUST_CHECK;

#endif
