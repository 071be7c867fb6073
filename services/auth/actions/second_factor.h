/*
 * second_factor.h: the code that a user with `otp` shows beside his password: at sign-in, and for what
 * is dangerous. Using a code uses it up: it is right once.
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

/* ret_method: what the code was, as `amr` of RFC 8176 says it ("otp"); NULL: it is not right. Not
 * inside a transaction: a code stays used up when what it was for fails. */
bool second_factor_verify(struct call *call, const struct user *user, const char *code,
                          const char **ret_method, struct err *err) MUST_CHECK;

#endif
