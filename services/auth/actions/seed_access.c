/* seed_access.c: permissions.yml and restrictions.yml. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "auth/actions/seed_files.h"
#include "auth/store/seeds.h"
#include "contract/param_value.h"

#define KEY(type, name, kind_, member_)                                                            \
    {                                                                                              \
        .key = (name), .kind = (kind_), .offset = offsetof(struct type, member_)                   \
    }

static bool is_one_of(const char *text, const char *const *words)
{
    for (; text && *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static const char *upper(struct arena *arena, const char *text)
{
    char *copy = text ? arena_strdup(arena, text) : NULL;
    for (char *c = copy; c && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return copy;
}

static const struct seed_field permission_keys[] = {
    KEY(permission_seed, "role", SEED_TEXT, role),
    KEY(permission_seed, "verb", SEED_TEXT, verb),
    KEY(permission_seed, "path", SEED_TEXT, path),
    KEY(permission_seed, "action", SEED_TEXT, action),
    KEY(permission_seed, "topic", SEED_TEXT, topic),
    {.key = NULL},
};

static bool permission_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                           struct err *err)
{
    static const char *const verbs[] = {"GET",  "POST",  "PUT", "DELETE",
                                        "HEAD", "PATCH", "ALL", NULL};
    static const char *const actions[] = {"ACCEPT", "DROP", "AUDIT", NULL};
    struct permission_seed *row = from;
    row->verb = upper(seed->arena, row->verb);
    row->action = upper(seed->arena, row->action);
    if (!row->role || row->role[0] == '\0' || !row->path)
        return err_set(err, ERR_INVALID, "a permission has a role and a path");
    if (!is_one_of(row->verb, verbs) || !is_one_of(row->action, actions))
        return err_set(err, ERR_INVALID,
                       "a permission has a verb and an action (accept, drop, audit)");
    snprintf(ret_label, SEED_LINE_SIZE, "permission %s %s %s %s", row->role, row->action, row->verb,
             row->path);
    return seed_permission(seed->db, row, ret_added, err);
}

static const struct seed_field restriction_keys[] = {
    KEY(restriction_seed, "category", SEED_TEXT, category),
    KEY(restriction_seed, "scope", SEED_TEXT, scope),
    KEY(restriction_seed, "value", SEED_TEXT, value),
    KEY(restriction_seed, "state", SEED_TEXT, state),
    KEY(restriction_seed, "code", SEED_I64, code),
    {.key = NULL},
};

static bool restriction_add(struct seed *seed, void *from, bool *ret_added, char *ret_label,
                            struct err *err)
{
    static const char *const categories[] = {"whitelist", "maintenance", "blacklist", "blocklogin",
                                             NULL};
    static const char *const scopes[] = {"continent", "country", "ip", "ip_subnet", "all", NULL};
    static const char *const states[] = {"enabled", "disabled", NULL};
    const struct restriction_seed *row = from;
    if (!is_one_of(row->category, categories) || !is_one_of(row->scope, scopes) ||
        !is_one_of(row->state, states) || !row->value)
        return err_set(err, ERR_INVALID, "a restriction has category, scope, value and state");
    snprintf(ret_label, SEED_LINE_SIZE, "restriction %s %s %s", row->category, row->scope,
             row->value);
    return seed_restriction(seed->db, row, ret_added, err);
}

const struct seed_file seed_access_files[] = {
    {"permissions.yml", permission_keys, sizeof(struct permission_seed), permission_add},
    {"restrictions.yml", restriction_keys, sizeof(struct restriction_seed), restriction_add},
    {.name = NULL},
};
