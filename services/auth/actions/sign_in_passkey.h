/*
 * sign_in_passkey.h: signing in with a passkey, without e-mail and password: it is two factors, for
 * the authenticator verified its owner. Nobody says who he is before the signature does, so nobody
 * learns whether an account exists.
 */
#ifndef AUTH_ACTIONS_SIGN_IN_PASSKEY_H
#define AUTH_ACTIONS_SIGN_IN_PASSKEY_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/sign_in.h"
#include "base/err.h"

struct sign_in_passkey {
    const char *credential; /* JSON of the browser */
    const char *holder;     /* the cookie that came with the challenge; NULL: none */
};

/* Errors and keys as sign_in(): identity.session.invalid_params for all that is wrong. */
bool sign_in_passkey(struct call *call, const struct sign_in_passkey *request,
                     struct signed_in *ret_signed_in, struct err *err) MUST_CHECK;

#endif
