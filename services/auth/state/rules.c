#include "auth/state/rules.h"

#include <stdlib.h>
#include <string.h>

#include "yaml/yaml_tree.h"

static const char *const list_names[RULES_LIST_COUNT] = {
    [RULES_DOCUMENT_TYPES] = "document_types",
    [RULES_STORAGE_TITLES] = "user_storage_titles",
    [RULES_CAPTCHA_ENDPOINTS] = "captcha_protected_endpoints",
    [RULES_PROFILE_VERIFICATION_ROLES] = "profile_verification_roles",
};

struct rules {
    struct tree_node *tree; /* owns every text */
    struct label_requirement activation[RULES_LIST_MAX];
    struct label_trigger triggers[RULES_LIST_MAX];
    struct label_rules labels;
    const char *words[RULES_LIST_COUNT][RULES_LIST_MAX];
    size_t words_count[RULES_LIST_COUNT];
};

static bool no_room(const struct tree_node *node, struct err *err)
{
    return tree_fail(node, err, "more than %d entries", RULES_LIST_MAX);
}

static bool read_activation(struct rules *rules, const struct tree_node *map, struct err *err)
{
    size_t count = 0;
    TREE_EACH(value, map)
    {
        if (!tree_key(value) || !tree_text(value))
            return tree_fail(value, err, "activation_requirements is a map of labels");
        if (count == RULES_LIST_MAX)
            return no_room(value, err);
        rules->activation[count++] =
            (struct label_requirement){.key = tree_key(value), .value = tree_text(value)};
    }
    rules->labels.activation_count = count;
    return true;
}

static bool read_triggers(struct rules *rules, const struct tree_node *map, struct err *err)
{
    size_t count = 0;
    TREE_EACH(state, map)
    {
        if (!tree_key(state) || tree_kind(state) != TREE_LIST)
            return tree_fail(state, err, "state_triggers is a map of states to lists of labels");
        TREE_EACH(key, state)
        {
            if (!tree_text(key))
                return tree_fail(key, err, "a label is a text");
            if (count == RULES_LIST_MAX)
                return no_room(key, err);
            rules->triggers[count++] =
                (struct label_trigger){.state = tree_key(state), .key = tree_text(key)};
        }
    }
    rules->labels.triggers_count = count;
    return true;
}

static bool read_list(struct rules *rules, enum rules_list list, struct err *err)
{
    const struct tree_node *node = tree_member(rules->tree, list_names[list]);
    if (tree_kind(node) != TREE_NULL && tree_kind(node) != TREE_LIST)
        return tree_fail(node, err, "%s must be a list", list_names[list]);
    TREE_EACH(item, node)
    {
        if (!tree_text(item))
            return tree_fail(item, err, "%s is a list of texts", list_names[list]);
        if (rules->words_count[list] == RULES_LIST_MAX)
            return no_room(item, err);
        rules->words[list][rules->words_count[list]++] = tree_text(item);
    }
    return true;
}

static bool read_all(struct rules *rules, struct err *err)
{
    for (enum rules_list list = 0; list < RULES_LIST_COUNT; list++)
        if (!read_list(rules, list, err))
            return false;
    return read_activation(rules, tree_member(rules->tree, "activation_requirements"), err) &&
           read_triggers(rules, tree_member(rules->tree, "state_triggers"), err);
}

bool rules_open(const char *path, struct rules **ret_rules, struct err *err)
{
    struct rules *rules = calloc(1, sizeof(*rules));
    if (!rules)
        return err_set(err, ERR_INTERNAL, "no memory");
    rules->labels.activation = rules->activation;
    rules->labels.triggers = rules->triggers;
    if (!tree_read_file(path, &rules->tree, err) || !read_all(rules, err)) {
        rules_free(rules);
        return false;
    }
    *ret_rules = rules;
    return true;
}

void rules_free(struct rules *rules)
{
    if (!rules)
        return;
    tree_free(rules->tree);
    free(rules);
}

const struct label_rules *rules_of_labels(const struct rules *rules)
{
    return &rules->labels;
}

bool rules_has(const struct rules *rules, enum rules_list list, const char *word)
{
    for (size_t i = 0; i < rules->words_count[list]; i++)
        if (strcmp(rules->words[list][i], word) == 0)
            return true;
    return false;
}
