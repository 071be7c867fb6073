/* totp_factors.h: the table of seeds of one-time codes. Rules: actions/totp.h. */
#ifndef AUTH_STORE_TOTP_FACTORS_H
#define AUTH_STORE_TOTP_FACTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

/* The user's sealed seed takes the place of an older one; no code was used yet. */
bool totp_factors_put(struct db *db, uint64_t user_id, const char *seed, int64_t now_us,
                      struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. Appends the sealed seed to `seed`. */
bool totp_factors_find(struct db *db, uint64_t user_id, struct str *seed, int64_t *ret_last_step,
                       struct err *err) MUST_CHECK;
/* By compare and set; ret_taken: false when this step, or a later one, was taken before. */
bool totp_factors_take_step(struct db *db, uint64_t user_id, int64_t step, bool *ret_taken,
                            struct err *err) MUST_CHECK;
bool totp_factors_delete(struct db *db, uint64_t user_id, struct err *err) MUST_CHECK;

#endif
