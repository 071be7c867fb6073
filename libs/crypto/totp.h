/*
 * totp.h: one-time codes by time (RFC 6238): SHA-1, 6 digits, 30 seconds, one step of slack on either
 * side, which is what every authenticator app does.
 *
 * A code is good once. The caller keeps the step of the last code that was taken, per seed, and moves
 * it by compare and set ("UPDATE ... WHERE last_step < ?"): of two requests with one code, one wins.
 *
 *     switch (totp_check(seed, seed_length, code, now_us, last_step, &step)) {
 *     case TOTP_RIGHT: ... compare and set last_step to step ...
 */
#ifndef CRYPTO_TOTP_H
#define CRYPTO_TOTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    TOTP_SEED_SIZE = 20, /* bytes; the length of the hash, as RFC 4226 asks */
    TOTP_DIGITS = 6,
    TOTP_PERIOD_S = 30,
    TOTP_SLACK_STEPS = 1
};

enum totp_answer {
    TOTP_WRONG, /* no code of this seed around now */
    TOTP_USED,  /* a code of a step that is not after `last_step` */
    TOTP_RIGHT
};

int64_t totp_step(int64_t now_us);
void totp_code(const void *seed, size_t length, int64_t step,
               char ret_code[static TOTP_DIGITS + 1]);

/* `last_step`: that of the last code which was taken; 0 or less: none yet. Takes the same time for
 * every code of six digits. */
enum totp_answer totp_check(const void *seed, size_t length, const char *code, int64_t now_us,
                            int64_t last_step, int64_t *ret_step);

/* otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=ISSUER&algorithm=SHA1&digits=6&period=30 */
void totp_url(struct str *out, const char *issuer, const char *account, const void *seed,
              size_t length);

#endif
