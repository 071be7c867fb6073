/* admin_action.h: the form of what administrators do to a row. */
#ifndef AUTH_ACTIONS_ADMIN_ACTION_H
#define AUTH_ACTIONS_ADMIN_ACTION_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* `draft`: the struct that the parameters of the route fill; the header of the action says which. */
typedef bool admin_action(struct call *call, const struct user *admin, const void *draft,
                          struct err *err);

#endif
