/*
 * admin_user.h: what administrators do to users (reference barong.md §1.4). Each is one transaction:
 * the change, what follows from it, its event, its audit row.
 *
 * Guards, in this order: the user must exist (ERR_NOT_FOUND, "admin.user.doesnt_exist"); only a
 * superadmin touches a superadmin ("admin.user.superadmin_change"); nobody changes his own row
 * ("admin.user.update_himself").
 */
#ifndef AUTH_ACTIONS_ADMIN_USER_H
#define AUTH_ACTIONS_ADMIN_USER_H

#include <stdbool.h>

#include "auth/actions/admin_action.h"
#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "contract/param_value.h"

struct admin_user_draft {
    const char *uid;
    const char *email, *state, *role; /* NULL: unchanged */
    struct param_bool otp;
};

/* One of email, state, otp. A second factor can be switched off only; its label goes with it. */
admin_action admin_user_update MUST_CHECK;
/* The role must be one that has permissions: "role.doesnt_exist". */
admin_action admin_user_set_role MUST_CHECK;

/* For others who write for a user: finds and locks him, and asks the first two guards. */
bool admin_user_lock(struct call *call, const struct user *admin, const char *uid,
                     struct user *ret_user, struct err *err) MUST_CHECK;

#endif
