/*
 * second_factor.h: what a user shows beside his password: a code of his app, or a recovery code. At
 * sign-in, and for what is dangerous. Passkeys are shown by calls of their own (actions/passkey.h),
 * because they are asked first.
 *
 *     const char *method;
 *     if (!second_factor_verify(call, &user, code, &method, err)) return false;
 *     if (!method) ... wrong
 */
#ifndef AUTH_ACTIONS_SECOND_FACTOR_H
#define AUTH_ACTIONS_SECOND_FACTOR_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* Whether a password alone does not let him in: one-time codes are on, or he has passkeys. */
bool second_factor_is_needed(struct call *call, const struct user *user, bool *ret_is_needed,
                             struct err *err) MUST_CHECK;

/* ret_method: what the code was, as `amr` of RFC 8176 says it ("otp", also for recovery codes); NULL:
 * it is not right. A code is used up, so not inside a transaction: it stays used up when what it was
 * for fails. ERR_TOO_MANY: too many tries for one hour. Key totp.error: the code was used already, or
 * the store of secrets does not answer. */
bool second_factor_verify(struct call *call, const struct user *user, const char *code,
                          const char **ret_method, struct err *err) MUST_CHECK;

#endif
