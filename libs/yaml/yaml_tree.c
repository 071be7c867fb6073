#include "yaml/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "yaml/node.h"

enum tree_kind tree_kind(const struct tree_node *node)
{
    return node ? node->kind : TREE_NULL;
}

unsigned tree_line(const struct tree_node *node)
{
    return node ? node->line : 0;
}

const struct tree_node *tree_member(const struct tree_node *map, const char *key)
{
    if (tree_kind(map) != TREE_MAP)
        return NULL;
    TREE_EACH(item, map)
    {
        if (strcmp(item->key, key) == 0)
            return item;
    }
    return NULL;
}

size_t tree_count(const struct tree_node *node)
{
    return node ? node->count : 0;
}

const struct tree_node *tree_items(const struct tree_node *node)
{
    return node ? node->first : NULL;
}

const struct tree_node *tree_next(const struct tree_node *item)
{
    return item ? item->next : NULL;
}

const char *tree_key(const struct tree_node *item)
{
    return item ? item->key : NULL;
}

const char *tree_text(const struct tree_node *node)
{
    return tree_kind(node) == TREE_TEXT ? node->text : NULL;
}

bool tree_bool(const struct tree_node *node, bool *ret_value)
{
    static const char *const words[][2] = {{"false", "true"}, {"no", "yes"}, {"off", "on"}};
    const char *text = tree_text(node);
    for (size_t i = 0; text && i < ARRAY_LEN(words); i++)
        for (size_t value = 0; value < 2; value++)
            if (strcasecmp(text, words[i][value]) == 0) {
                *ret_value = value == 1;
                return true;
            }
    return false;
}

bool tree_i64(const struct tree_node *node, int64_t *ret_number)
{
    const char *text = tree_text(node);
    return text && str_to_i64(text, ret_number);
}

bool tree_dec(const struct tree_node *node, struct dec *ret_value)
{
    const char *text = tree_text(node);
    return text && dec_parse(text, ret_value);
}

bool tree_fail(const struct tree_node *node, struct err *err, const char *format, ...)
{
    char what[sizeof(err->what)];
    va_list args;
    assert(node != NULL);
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    return err_set(err, ERR_CONFIG, "%s:%u: %s", tree_name_shown(node->file), node->line, what);
}
