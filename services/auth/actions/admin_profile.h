/* admin_profile.h: what administrators do to what belongs to a user: they judge a profile, remove a
 * data storage. One transaction each, with its audit row. */
#ifndef AUTH_ACTIONS_ADMIN_PROFILE_H
#define AUTH_ACTIONS_ADMIN_PROFILE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/profile.h"
#include "auth/domain/user.h"
#include "base/err.h"

/* The user's submitted profile gets the state. ERR_NOT_FOUND, "admin.user.doesnt_exist",
 * "admin.profiles.doesnt_exist_or_not_editable"; ERR_INVALID, "admin.profiles.superadmin_change" and,
 * where a second pair of eyes is asked for, "admin.profiles.second_admin_approval". */
bool admin_profile_judge(struct call *call, const struct user *admin, const char *uid,
                         enum profile_state state, struct profile *ret_profile, struct err *err)
    MUST_CHECK;

/* For the audit of a profile that an administrator filed: inside its transaction. */
bool admin_profile_record(struct call *call, const struct user *admin, const struct user *user,
                          const struct profile *before, const struct profile *after,
                          struct err *err) MUST_CHECK;

/* ERR_NOT_FOUND, "admin.user.doesnt_exist", "admin.storage.doesnt_exist". Its label stays. */
bool admin_storage_remove(struct call *call, const struct user *admin, const char *uid,
                          const char *title, struct user *ret_user, struct err *err) MUST_CHECK;

#endif
