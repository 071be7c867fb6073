/* operator_user.h: what an operator does to users from a shell, when there is nobody yet who could do it
 * through the API. One transaction each. */
#ifndef AUTH_ACTIONS_OPERATOR_USER_H
#define AUTH_ACTIONS_OPERATOR_USER_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* A new superadmin: active, e-mail verified. ERR_INVALID: e-mail or password breaks a rule;
 * ERR_CONFLICT: the e-mail is taken. */
bool operator_create_admin(struct call *call, const char *email, const char *password,
                           struct user *ret_user, struct err *err) MUST_CHECK;

/* Every session of a user, and what they let clients do. ERR_NOT_FOUND. */
bool operator_end_sessions(struct call *call, const char *uid, struct err *err) MUST_CHECK;

#endif
