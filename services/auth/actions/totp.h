/*
 * totp.h: one-time codes of authenticator apps (crypto/totp.h): seeds, and codes that are good once.
 *
 *     enum totp_answer answer;
 *     if (!totp_use(call, user, code, &answer, err)) return false;   // too many tries, no store
 *     if (answer != TOTP_RIGHT) ...
 *
 * A try counts before it is looked at: ten an hour for one user, wherever they come in (sign-in,
 * API keys, step-up), and those that were right are given back. So neither of these may be called
 * inside a transaction: a code stays used when what follows fails.
 *
 * When the store of secrets does not answer, the error is `totp.error`, status 422, as the contract
 * has it, and nothing is let through.
 */
#ifndef AUTH_ACTIONS_TOTP_H
#define AUTH_ACTIONS_TOTP_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/totp.h"

/* A new seed in place of an older one; appends the otpauth:// address, which holds it, to `url`. For
 * users whose second factor is off. */
bool totp_make(struct call *call, const struct user *user, struct str *url, struct err *err)
    MUST_CHECK;

/* Without a seed every code is wrong. ERR_TOO_MANY. */
bool totp_use(struct call *call, const struct user *user, const char *code,
              enum totp_answer *ret_answer, struct err *err) MUST_CHECK;

#endif
