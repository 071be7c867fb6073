/*
 * challenge.h: what an authenticator is asked to sign. A challenge says itself what it is for and how
 * old it is, and carries a MAC over that and over whom it was given to: so none is stored when it is
 * given, only that it was used (a hash, until it is too old by itself), and asking for a million costs
 * nothing. Pure but for the random bytes.
 *
 *     base64url of: purpose (1), time in seconds (8), random (16), MAC (16)
 */
#ifndef AUTH_DOMAIN_CHALLENGE_H
#define AUTH_DOMAIN_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum challenge_purpose { CHALLENGE_REGISTER = 1, CHALLENGE_SIGN_IN = 2, CHALLENGE_STEP_UP = 3 };

enum {
    CHALLENGE_BYTES = 1 + 8 + 16 + 16,
    CHALLENGE_TEXT_SIZE = 56, /* 55 digits and the NUL */
    CHALLENGE_LIFE_S = 300,
    CHALLENGE_ID_SIZE = 65 /* hex, to note that it was used */
};

/* `key` is a secret text of ours; `holder` the session, or the browser, that may answer. */
void challenge_make(const char *key, enum challenge_purpose purpose, const char *holder,
                    int64_t now_us, char ret_text[static CHALLENGE_TEXT_SIZE]);

/* Whether it is one of ours, for this, for this holder, and not too old. ERR_INVALID. */
bool challenge_check(const char *key, enum challenge_purpose purpose, const char *holder,
                     int64_t now_us, const char *text, struct err *err) MUST_CHECK;

void challenge_id(const char *text, char ret_id[static CHALLENGE_ID_SIZE]);

#endif
