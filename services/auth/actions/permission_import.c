#include "auth/actions/permission_import.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "auth/domain/permission.h"
#include "auth/domain/user.h"
#include "auth/store/changes.h"
#include "auth/store/permission_rows.h"
#include "db/db.h"
#include "yaml/seed_read.h"
#include "yaml/yaml_tree.h"

struct importing {
    struct call *call;
    const struct tree_node *root;
    uint64_t count;
};

#define ROW(name)                                                                                  \
    {                                                                                              \
        .key = #name, .kind = SEED_TEXT, .offset = offsetof(struct permission_row, name)           \
    }
static const struct seed_field fields[] = {ROW(role),   ROW(verb),  ROW(path),
                                           ROW(action), ROW(topic), {.key = NULL}};

static const char *upper(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *c = copy; c && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

static bool read_row(struct importing *importing, const struct tree_node *node,
                     struct permission_row *row, struct err *err)
{
    struct call *call = importing->call;
    enum permission_action action;
    enum permission_verb verb;
    *row = (struct permission_row){.created_at = call->now_us, .updated_at = call->now_us};
    if (!seed_read(node, fields, call->arena, row, err))
        return false;
    if (!row->role || strlen(row->role) >= USER_WORD_SIZE || !row->path ||
        strlen(row->path) >= PERMISSION_PATH_MAX)
        return tree_fail(node, err, "a permission has a role and a path");
    if (!row->verb || !permission_verb_parse(row->verb, &verb) || !row->action ||
        !permission_action_parse(row->action, &action))
        return tree_fail(node, err, "a permission has a verb and an action (accept, drop, audit)");
    row->verb = upper(call->arena, row->verb);
    row->action = upper(call->arena, row->action);
    return (row->verb && row->action) || err_set(err, ERR_INTERNAL, "no memory");
}

static bool import_unit(struct db *db, void *arg, struct err *err)
{
    struct importing *importing = arg;
    struct permission_row row;
    bool superadmin = false;
    importing->count = 0;
    if (!permissions_delete_all(db, err))
        return false;
    TREE_EACH(node, importing->root)
    {
        if (!read_row(importing, node, &row, err) || !permissions_insert(db, &row, err))
            return false;
        superadmin |= strcmp(row.role, "superadmin") == 0 && strcmp(row.action, "ACCEPT") == 0;
        importing->count++;
    }
    if (!superadmin)
        return err_set(err, ERR_INVALID, "no row accepts anything of superadmin");
    return change_announce(db, CHANGE_PERMISSIONS, "", err);
}

bool permission_import(struct call *call, const char *path, uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(tree_free) struct tree_node *root = NULL;
    if (!tree_read_file(path, &root, err))
        return false;
    if (tree_kind(root) != TREE_LIST)
        return err_set(err, ERR_CONFIG, "%s: must be a list", path);
    struct importing importing = {.call = call, .root = root};
    if (!db_transaction(call->db, import_unit, &importing, err))
        return false;
    *ret_count = importing.count;
    return true;
}
