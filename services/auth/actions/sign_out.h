/* sign_out.h: a session is ended by who has it. */
#ifndef AUTH_ACTIONS_SIGN_OUT_H
#define AUTH_ACTIONS_SIGN_OUT_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "base/err.h"

/* `cookie` NULL: none came. ERR_NOT_FOUND with the key identity.session.not_found. */
bool sign_out(struct call *call, const char *cookie, struct err *err) MUST_CHECK;

#endif
