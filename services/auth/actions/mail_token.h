/*
 * mail_token.h: the tokens in the links of mails (reference barong.md §2.2): JWTs of our own key, for
 * one purpose, good for JWT_EXPIRE_TIME and once.
 */
#ifndef AUTH_ACTIONS_MAIL_TOKEN_H
#define AUTH_ACTIONS_MAIL_TOKEN_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "base/str.h"

enum { MAIL_JTI_SIZE = 65, RESET_TOKEN_SIZE = 21 };

struct mail_claims {
    char uid[USER_UID_SIZE];
    char email[USER_EMAIL_SIZE];
    char jti[MAIL_JTI_SIZE];
    char reset_token[RESET_TOKEN_SIZE]; /* of a reset; else "" */
    int64_t expires_at;                 /* microseconds */
};

/* `purpose`: "confirmation", "reset"; `reset_token` NULL: none. Appends the token. Never log it. */
bool mail_token_make(struct call *call, const char *purpose, const struct user *user,
                     const char *reset_token, struct str *out, struct err *err) MUST_CHECK;

/* ERR_INVALID with the key jwt.decode_and_verify.WORD, where WORD says what is wrong: segments,
 * encoding, algorithm, raised (the signature), expired, iat, jti, or the purpose that it has. */
bool mail_token_read(struct call *call, const char *purpose, const char *token,
                     struct mail_claims *ret_claims, struct err *err) MUST_CHECK;

/* Inside a transaction: marks the token as used. ERR_INVALID with identity.user.utilized_token. */
bool mail_token_use(struct call *call, const struct mail_claims *claims, struct err *err)
    MUST_CHECK;

#endif
