/* admin_label.h: labels as administrators set them, of either scope; one transaction each, with its
 * audit row. Guards: admin_user_lock(). Rules and what follows: label_set.h. */
#ifndef AUTH_ACTIONS_ADMIN_LABEL_H
#define AUTH_ACTIONS_ADMIN_LABEL_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/actions/label_set.h"
#include "auth/domain/user.h"
#include "base/err.h"

struct admin_label_draft {
    const char *uid;
    struct label_change label;
    bool may_create; /* of a change: a label that is not there is made */
};

bool admin_label_add(struct call *call, const struct user *admin,
                     const struct admin_label_draft *draft, struct err *err) MUST_CHECK;
/* Value and description; no description removes it. ERR_NOT_FOUND, "admin.label.doesnt_exist". */
bool admin_label_change(struct call *call, const struct user *admin,
                        const struct admin_label_draft *draft, struct err *err) MUST_CHECK;
bool admin_label_remove(struct call *call, const struct user *admin,
                        const struct admin_label_draft *draft, struct err *err) MUST_CHECK;

#endif
