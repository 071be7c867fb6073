#include "auth/actions/comment_save.h"

#include <stddef.h>
#include <string.h>

#include "auth/actions/audit.h"
#include "auth/domain/text.h"
#include "auth/store/comments.h"
#include "auth/store/users.h"

static const struct json_field audit_fields[] = {
    {"id", JSON_U64, offsetof(struct comment, id)},
    {"title", JSON_TEXT, offsetof(struct comment, title)},
    {"data", JSON_TEXT, offsetof(struct comment, data)},
    {NULL},
};

struct change {
    struct call *call;
    const struct user *admin;
    const struct comment_draft *draft;
    struct user user;
};

static bool fill(const struct comment_draft *draft, struct comment *comment, struct err *err)
{
    if (draft->title && text_length(draft->title) > COMMENT_TITLE_MAX)
        return err_set_key(err, ERR_INVALID, "admin.comments.title_too_long", "title too long");
    if (draft->data && strlen(draft->data) > COMMENT_DATA_MAX)
        return err_set_key(err, ERR_INVALID, "admin.comments.data_too_long", "data too long");
    if (draft->title)
        comment->title = draft->title;
    if (draft->data)
        comment->data = draft->data;
    return true;
}

static bool record(const struct change *change, const char *action, const struct comment *before,
                   const struct comment *after, struct err *err)
{
    struct audit audit = {.topic = "users",
                          .action = action,
                          .target_uid = change->user.uid,
                          .fields = audit_fields,
                          .before = before,
                          .after = after};
    return audit_record(change->call, change->admin, &audit, err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    const struct call *call = change->call;
    if (!users_by_uid(db, call->arena, change->draft->uid, &change->user, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "admin.user.doesnt_exist";
        return false;
    }
    struct comment comment = {.user_id = change->user.id,
                              .author_uid = change->admin->uid,
                              .created_at = call->now_us,
                              .updated_at = call->now_us};
    return fill(change->draft, &comment, err) && comments_insert(db, &comment, err) &&
           record(change, "create", NULL, &comment, err);
}

static bool lock(struct change *change, struct comment *ret_comment, struct err *err)
{
    struct call *call = change->call;
    int64_t id = change->draft->id.value;
    return comments_lock(call->db, call->arena, id < 0 ? 0 : (uint64_t)id, ret_comment, err) &&
           users_by_id(call->db, call->arena, ret_comment->user_id, &change->user, err);
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct comment before, comment;
    if (!lock(change, &before, err))
        return false;
    comment = before;
    comment.updated_at = change->call->now_us;
    return fill(change->draft, &comment, err) && comments_update(db, &comment, err) &&
           record(change, "update", &before, &comment, err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct comment comment;
    return lock(change, &comment, err) && comments_delete(db, comment.id, err) &&
           record(change, "delete", &comment, NULL, err);
}

static bool run(db_unit *unit, struct call *call, const struct user *admin,
                const struct comment_draft *draft, struct user *ret_user, struct err *err)
{
    struct change change = {call, admin, draft, {.id = 0}};
    if (!db_transaction(call->db, unit, &change, err))
        return false;
    *ret_user = change.user;
    return true;
}

bool comment_create(struct call *call, const struct user *admin, const struct comment_draft *draft,
                    struct user *ret_user, struct err *err)
{
    return run(create_unit, call, admin, draft, ret_user, err);
}

bool comment_change(struct call *call, const struct user *admin, const struct comment_draft *draft,
                    struct user *ret_user, struct err *err)
{
    return run(change_unit, call, admin, draft, ret_user, err);
}

bool comment_remove(struct call *call, const struct user *admin, const struct comment_draft *draft,
                    struct user *ret_user, struct err *err)
{
    return run(remove_unit, call, admin, draft, ret_user, err);
}
