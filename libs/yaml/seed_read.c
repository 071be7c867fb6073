#include "yaml/seed_read.h"

#include <string.h>

#include "contract/param_value.h"
#include "json/field.h"

enum { JSON_BYTES_MAX = 64 * 1024 };

static const struct seed_field *field_find(const struct seed_field *fields, const char *key)
{
    for (; fields->key; fields++)
        if (strcmp(fields->key, key) == 0)
            return fields;
    return NULL;
}

static bool read_json(const struct tree_node *node, struct arena *arena, const char **ret_text,
                      struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(JSON_BYTES_MAX);
    seed_json(&json, node);
    const char *text = str_ok(&json) ? arena_strdup(arena, str_data(&json)) : NULL;
    if (!text)
        return tree_fail(node, err, "%s is too large", tree_key(node));
    *ret_text = text;
    return true;
}

static bool read_value(const struct tree_node *node, const struct seed_field *field,
                       struct arena *arena, void *draft, struct err *err)
{
    void *slot = (char *)draft + field->offset;
    struct param_i64 *number = slot;
    struct param_dec *dec = slot;
    struct param_bool *flag = slot;

    if (tree_kind(node) == TREE_NULL)
        return true;
    switch (field->kind) {
    case SEED_TEXT:
        if (!tree_text(node))
            return tree_fail(node, err, "%s must be text", field->key);
        *(const char **)slot = tree_text(node);
        return true;
    case SEED_I64:
        number->given = tree_i64(node, &number->value);
        return number->given || tree_fail(node, err, "%s must be a whole number", field->key);
    case SEED_DEC:
        dec->given = tree_dec(node, &dec->value);
        return dec->given || tree_fail(node, err, "%s must be a plain decimal", field->key);
    case SEED_BOOL:
        flag->given = tree_bool(node, &flag->value);
        return flag->given || tree_fail(node, err, "%s must be true or false", field->key);
    case SEED_JSON:
        return read_json(node, arena, slot, err);
    case SEED_NODE:
        *(const struct tree_node **)slot = node;
        return true;
    case SEED_MAP:
        return seed_read(node, field->fields, arena, draft, err);
    }
    return err_set(err, ERR_INTERNAL, "a seed table has no such kind");
}

bool seed_read(const struct tree_node *row, const struct seed_field *fields, struct arena *arena,
               void *ret_draft, struct err *err)
{
    if (tree_kind(row) != TREE_MAP)
        return tree_fail(row, err, "must be a map of keys and values");
    TREE_EACH(value, row)
    {
        const struct seed_field *field = field_find(fields, tree_key(value));
        if (!field)
            return tree_fail(value, err, "no such key: %s", tree_key(value));
        if (!read_value(value, field, arena, ret_draft, err))
            return false;
    }
    return true;
}

static void json_scalar(struct str *out, const char *text)
{
    int64_t number;
    bool is_plain = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    /* "007" and "-0" are no numbers for whoever wrote them. */
    if (!is_plain && str_to_i64(text, &number) && (text[0] != '0' || text[1] == '\0') &&
        text[0] != '-' && text[0] != '+')
        is_plain = true;
    if (is_plain)
        str_add(out, text);
    else
        json_write_string(out, text);
}

void seed_json(struct str *out, const struct tree_node *node)
{
    bool is_map = tree_kind(node) == TREE_MAP;
    switch (tree_kind(node)) {
    case TREE_NULL:
        str_add(out, "null");
        return;
    case TREE_TEXT:
        json_scalar(out, tree_text(node));
        return;
    case TREE_LIST:
    case TREE_MAP:
        break;
    }
    str_add_char(out, is_map ? '{' : '[');
    TREE_EACH(item, node)
    {
        if (item != tree_items(node))
            str_add_char(out, ',');
        if (is_map) {
            json_write_string(out, tree_key(item));
            str_add_char(out, ':');
        }
        seed_json(out, item); /* as deep as TREE_DEPTH_MAX */
    }
    str_add_char(out, is_map ? '}' : ']');
}
