/* otp_seeds.h: the table of seeds of one-time codes. Checking a code is actions/otp.h: call that. */
#ifndef AUTH_STORE_OTP_SEEDS_H
#define AUTH_STORE_OTP_SEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "crypto/totp.h"
#include "db/db.h"
#include "secret/secret.h"

struct otp_seed {
    uint8_t bytes[TOTP_SEED_SIZE]; /* wipe it */
    int64_t last_step;
};

/* ERR_NOT_FOUND: the user never asked for one. */
bool otp_seeds_read(struct db *db, struct secret_store *secrets, struct arena *arena,
                    uint64_t user_id, struct otp_seed *ret_seed, struct err *err) MUST_CHECK;
/* The user's new seed; no code of it was used. */
bool otp_seeds_replace(struct db *db, struct secret_store *secrets, struct arena *arena,
                       uint64_t user_id, const uint8_t bytes[static TOTP_SEED_SIZE], int64_t now_us,
                       struct err *err) MUST_CHECK;
/* Compare and set; ret_won false: a code of this step or a later one was taken meanwhile. */
bool otp_seeds_take_step(struct db *db, uint64_t user_id, int64_t step, bool *ret_won,
                         struct err *err) MUST_CHECK;
bool otp_seeds_delete(struct db *db, uint64_t user_id, struct err *err) MUST_CHECK;

#endif
