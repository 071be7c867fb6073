/* ready.h: whether the service can do its work now. */
#ifndef AUTH_ACTIONS_READY_H
#define AUTH_ACTIONS_READY_H

#include "auth/actions/auth.h"

bool auth_is_ready(struct auth *app, struct err *err);

#endif
