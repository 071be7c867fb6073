#include "auth/actions/permission_save.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "auth/actions/audit.h"
#include "auth/domain/permission.h"
#include "auth/store/changes.h"
#include "db/db.h"

#define AT(member) offsetof(struct permission_row, member)
static const struct json_field audit_fields[] = {
    {"id", JSON_U64, AT(id)},
    {"action", JSON_TEXT, AT(action)},
    {"role", JSON_TEXT, AT(role)},
    {"verb", JSON_TEXT, AT(verb)},
    {"path", JSON_TEXT, AT(path)},
    {"topic", JSON_TEXT, AT(topic)},
    {NULL},
};
#undef AT

struct change {
    struct call *call;
    const struct user *admin;
    const struct permission_draft *draft;
};

static bool refuse(struct err *err, const char *key)
{
    return err_set_key(err, ERR_INVALID, key, "%s", key);
}

/* The words of the table are in upper case. NULL: no memory. */
static const char *upper(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *c = copy; c && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

/* What the draft says replaces what the row says. */
static bool fill(const struct change *change, struct permission_row *row, struct err *err)
{
    const struct permission_draft *draft = change->draft;
    enum permission_action action;
    enum permission_verb verb;
    if (draft->verb && !permission_verb_parse(draft->verb, &verb))
        return refuse(err, "admin.permissions.invalid_verb");
    if (draft->action && !permission_action_parse(draft->action, &action))
        return refuse(err, "admin.permissions.invalid_action");
    if (draft->role && strlen(draft->role) >= USER_WORD_SIZE)
        return refuse(err, "admin.permission.role_doesnt_exist");
    if (draft->path && strlen(draft->path) > PERMISSION_PATH_MAX - 1)
        return refuse(err, "path.too_long");
    if (draft->topic && strlen(draft->topic) > PERMISSION_TOPIC_MAX)
        return refuse(err, "topic.too_long");
    if (draft->verb)
        row->verb = upper(change->call->arena, draft->verb);
    if (draft->action)
        row->action = upper(change->call->arena, draft->action);
    if (draft->role)
        row->role = draft->role;
    if (draft->path) /* rules are written without a slash in front */
        row->path = draft->path + strspn(draft->path, "/");
    if (draft->topic)
        row->topic = draft->topic[0] ? draft->topic : NULL;
    return (row->verb && row->action) || err_set(err, ERR_BUSY, "no memory for a permission");
}

static bool end(const struct change *change, const char *action,
                const struct permission_row *before, const struct permission_row *after,
                struct err *err)
{
    struct audit audit = {.topic = "permissions",
                          .action = action,
                          .fields = audit_fields,
                          .before = before,
                          .after = after};
    return change_announce(change->call->db, CHANGE_PERMISSIONS, "", err) &&
           audit_record(change->call, change->admin, &audit, err);
}

static bool create_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct permission_row row = {.created_at = change->call->now_us,
                                 .updated_at = change->call->now_us};
    bool known;
    if (!fill(change, &row, err) || !permissions_know_role(db, row.role, &known, err))
        return false;
    if (!known)
        return refuse(err, "admin.permission.role_doesnt_exist");
    return permissions_insert(db, &row, err) && end(change, "create", NULL, &row, err);
}

static bool lock(const struct change *change, struct permission_row *ret_row, struct err *err)
{
    int64_t id = change->draft->id.value;
    if (permissions_lock(change->call->db, change->call->arena, id < 0 ? 0 : (uint64_t)id, ret_row,
                         err))
        return true;
    if (err->code == ERR_NOT_FOUND)
        err->key = "admin.permission.doesnt_exist";
    return false;
}

static bool change_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct permission_row before, row;
    if (!lock(change, &before, err))
        return false;
    row = before;
    row.updated_at = change->call->now_us;
    return fill(change, &row, err) && permissions_update(db, &row, err) &&
           end(change, "update", &before, &row, err);
}

static bool remove_unit(struct db *db, void *arg, struct err *err)
{
    struct change *change = arg;
    struct permission_row row;
    return lock(change, &row, err) && permissions_delete(db, row.id, err) &&
           end(change, "delete", &row, NULL, err);
}

static bool run(db_unit *unit, struct call *call, const struct user *admin,
                const struct permission_draft *draft, struct err *err)
{
    struct change change = {call, admin, draft};
    return db_transaction(call->db, unit, &change, err);
}

bool permission_create(struct call *call, const struct user *admin, const void *draft,
                       struct err *err)
{
    return run(create_unit, call, admin, draft, err);
}

bool permission_change(struct call *call, const struct user *admin, const void *draft,
                       struct err *err)
{
    return run(change_unit, call, admin, draft, err);
}

bool permission_remove(struct call *call, const struct user *admin, const void *draft,
                       struct err *err)
{
    return run(remove_unit, call, admin, draft, err);
}
