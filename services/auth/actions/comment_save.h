/* comment_save.h: administrators note something about a user; one transaction each, with its audit
 * row. */
#ifndef AUTH_ACTIONS_COMMENT_SAVE_H
#define AUTH_ACTIONS_COMMENT_SAVE_H

#include <stdbool.h>

#include "auth/actions/call.h"
#include "auth/domain/user.h"
#include "base/err.h"
#include "contract/param_value.h"

struct comment_draft {
    const char *uid;          /* of a new one: about whom */
    struct param_i64 id;      /* of a change */
    const char *title, *data; /* NULL: unchanged */
};

/* All give the user whom the comment is about. ERR_NOT_FOUND, "admin.user.doesnt_exist"; ERR_INVALID,
 * "admin.comments.title_too_long", "admin.comments.data_too_long". */
bool comment_create(struct call *call, const struct user *admin, const struct comment_draft *draft,
                    struct user *ret_user, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND. */
bool comment_change(struct call *call, const struct user *admin, const struct comment_draft *draft,
                    struct user *ret_user, struct err *err) MUST_CHECK;
bool comment_remove(struct call *call, const struct user *admin, const struct comment_draft *draft,
                    struct user *ret_user, struct err *err) MUST_CHECK;

#endif
