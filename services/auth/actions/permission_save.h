/*
 * permission_save.h: rows of the permission table (reference barong.md §2.9): by administrators, and
 * all of them at once from a file. One transaction each; the caches of every process drop the table.
 */
#ifndef AUTH_ACTIONS_PERMISSION_SAVE_H
#define AUTH_ACTIONS_PERMISSION_SAVE_H

#include <stdbool.h>

#include "auth/actions/admin_action.h"
#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "auth/store/permission_rows.h"
#include "base/err.h"
#include "contract/param_value.h"

struct permission_draft {
    struct param_i64 id;                             /* of a change */
    const char *role, *verb, *path, *action, *topic; /* NULL: unchanged */
};

/* Drafts: struct permission_draft. ERR_INVALID: "admin.permissions.invalid_verb", "admin.permissions.invalid_action",
 * "admin.permission.role_doesnt_exist" (a role is what has permissions already). */
admin_action permission_create MUST_CHECK;
/* ERR_NOT_FOUND, "admin.permission.doesnt_exist". */
admin_action permission_change MUST_CHECK;
admin_action permission_remove MUST_CHECK;

#endif
