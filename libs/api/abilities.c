#include "api/abilities.h"

#include "json/field.h"
#include "yaml/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

struct abilities {
    struct tree_node *root;
    const struct tree_node *roles, *sides[2]; /* by enum ability_side */
};

/* ---- reading ---- */

static bool check_item(const struct tree_node *item, struct err *err)
{
    if (tree_kind(item) == TREE_TEXT)
        return true;
    if (tree_kind(item) != TREE_MAP || tree_count(item) != 1 ||
        tree_kind(tree_items(item)) != TREE_LIST)
        return tree_fail(item, err, "a subject, or {Subject: [attribute, ...]}");
    TREE_EACH(attribute, tree_items(item))
    {
        if (tree_kind(attribute) != TREE_TEXT)
            return tree_fail(attribute, err, "an attribute is a name");
    }
    return true;
}

static bool check_role(const struct abilities *abilities, const struct tree_node *role,
                       struct err *err)
{
    if (!abilities_has_role(abilities, tree_key(role)))
        return tree_fail(role, err, "role %s is not in roles", tree_key(role));
    if (tree_kind(role) != TREE_MAP)
        return tree_kind(role) == TREE_NULL || tree_fail(role, err, "a map of actions");
    TREE_EACH(action, role)
    {
        if (tree_kind(action) != TREE_LIST)
            return tree_fail(action, err, "%s: a list of subjects", tree_key(action));
        TREE_EACH(item, action)
        {
            if (!check_item(item, err))
                return false;
        }
    }
    return true;
}

static bool check(struct abilities *abilities, struct err *err)
{
    const struct tree_node *root = abilities->root;
    if (tree_kind(root) != TREE_MAP)
        return err_set(err, ERR_CONFIG, "abilities: needs roles and admin_permissions");
    abilities->roles = tree_member(root, "roles");
    abilities->sides[ABILITY_USER] = tree_member(root, "user_permissions");
    abilities->sides[ABILITY_ADMIN] = tree_member(root, "admin_permissions");
    if (tree_kind(abilities->roles) != TREE_LIST || !abilities->sides[ABILITY_ADMIN])
        return tree_fail(root, err, "needs roles, a list, and admin_permissions");
    for (size_t side = 0; side < ARRAY_LEN(abilities->sides); side++) {
        if (abilities->sides[side] && tree_kind(abilities->sides[side]) != TREE_MAP)
            return tree_fail(root, err, "admin_permissions and user_permissions must be maps");
        TREE_EACH(role, abilities->sides[side])
        {
            if (!check_role(abilities, role, err))
                return false;
        }
    }
    return true;
}

static bool open_tree(struct tree_node *root, struct abilities **ret_abilities, struct err *err)
{
    struct abilities *abilities = calloc(1, sizeof(*abilities));
    if (!abilities) {
        tree_free(root);
        return err_set(err, ERR_INTERNAL, "no memory");
    }
    abilities->root = root;
    if (!check(abilities, err)) {
        abilities_free(abilities);
        return false;
    }
    *ret_abilities = abilities;
    return true;
}

bool abilities_open(const char *path, struct abilities **ret_abilities, struct err *err)
{
    struct tree_node *root;
    return tree_read_file(path, &root, err) && open_tree(root, ret_abilities, err);
}

bool abilities_read_text(const char *text, size_t length, struct abilities **ret_abilities,
                         struct err *err)
{
    struct tree_node *root;
    return tree_read_text("abilities", text, length, &root, err) &&
           open_tree(root, ret_abilities, err);
}

void abilities_free(struct abilities *abilities)
{
    if (!abilities)
        return;
    tree_free(abilities->root);
    free(abilities);
}

/* ---- asking ---- */

static bool list_has(const struct tree_node *list, const char *name)
{
    TREE_EACH(item, list)
    {
        const char *text = tree_text(item);
        if (text && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

bool abilities_has_role(const struct abilities *abilities, const char *role)
{
    return list_has(abilities->roles, role);
}

/* attribute NULL: any. */
static bool item_covers(const struct tree_node *item, const char *subject, const char *attribute)
{
    const struct tree_node *attributes = tree_items(item);
    const char *name = tree_text(item) ? tree_text(item) : tree_key(attributes);
    if (strcmp(name, subject) != 0 && strcmp(name, "all") != 0)
        return false;
    return tree_text(item) || !attribute || list_has(attributes, attribute);
}

static bool action_covers(const struct tree_node *role, const char *action, const char *subject,
                          const char *attribute)
{
    TREE_EACH(item, tree_member(role, action))
    {
        if (item_covers(item, subject, attribute))
            return true;
    }
    return false;
}

static bool permit(const struct abilities *abilities, enum ability_side side, const char *role_name,
                   const char *action, const char *subject, const char *attribute)
{
    const struct tree_node *role = tree_member(abilities->sides[side], role_name);
    return action_covers(role, action, subject, attribute) ||
           action_covers(role, "manage", subject, attribute);
}

bool abilities_permit(const struct abilities *abilities, enum ability_side side, const char *role,
                      const char *action, const char *subject)
{
    return permit(abilities, side, role, action, subject, NULL);
}

bool abilities_permit_attribute(const struct abilities *abilities, enum ability_side side,
                                const char *role, const char *action, const char *subject,
                                const char *attribute)
{
    assert(attribute);
    return permit(abilities, side, role, action, subject, attribute);
}

/* ---- telling ---- */

static void write_texts(const struct tree_node *list, struct str *out)
{
    str_add_char(out, '[');
    TREE_EACH(item, list)
    {
        if (item != tree_items(list))
            str_add_char(out, ',');
        if (tree_text(item)) {
            json_write_string(out, tree_text(item));
            continue;
        }
        str_add_char(out, '{');
        json_write_string(out, tree_key(tree_items(item)));
        str_add_char(out, ':');
        str_add_char(out, '[');
        TREE_EACH(attribute, tree_items(item))
        {
            if (attribute != tree_items(tree_items(item)))
                str_add_char(out, ',');
            json_write_string(out, tree_text(attribute));
        }
        str_add(out, "]}");
    }
    str_add_char(out, ']');
}

void abilities_write_role(const struct abilities *abilities, const char *role_name, struct str *out)
{
    const struct tree_node *role = tree_member(abilities->sides[ABILITY_ADMIN], role_name);
    str_add_char(out, '{');
    TREE_EACH(action, role)
    {
        if (action != tree_items(role))
            str_add_char(out, ',');
        json_write_string(out, tree_key(action));
        str_add_char(out, ':');
        write_texts(action, out);
    }
    str_add_char(out, '}');
}
