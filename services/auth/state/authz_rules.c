#include "auth/state/authz_rules.h"

#include <stdlib.h>
#include <string.h>

#include "yaml/yaml_tree.h"

struct authz_rule_file {
    struct tree_node *root; /* owns the texts */
    struct authz_rules rules;
};

static bool read_list(const struct tree_node *list, const char **prefixes, struct err *err)
{
    size_t count = 0;
    TREE_EACH(item, list)
    {
        const char *text = tree_text(item);
        /* An empty prefix would be every path. */
        if (!text || text[strspn(text, "/")] == '\0')
            return tree_fail(item, err, "a prefix of paths is missing");
        if (count == AUTHZ_PREFIXES_MAX)
            return tree_fail(item, err, "more than %d prefixes", AUTHZ_PREFIXES_MAX);
        prefixes[count++] = text + strspn(text, "/");
    }
    return true;
}

bool authz_rules_open(const char *path, struct authz_rule_file **ret_file, struct err *err)
{
    struct authz_rule_file *file = calloc(1, sizeof(*file));
    if (!file)
        return err_set(err, ERR_INTERNAL, "no memory");
    bool good = tree_read_file(path, &file->root, err);
    const struct tree_node *rules = good ? tree_member(file->root, "rules") : NULL;
    if (good && tree_kind(rules) != TREE_MAP)
        good = err_set(err, ERR_CONFIG, "%s: there are no `rules`", path);
    good = good && read_list(tree_member(rules, "pass"), file->rules.pass, err) &&
           read_list(tree_member(rules, "block"), file->rules.block, err);
    if (!good) {
        authz_rules_free(file);
        return err_wrap(err, "AUTHZ_RULES_FILE");
    }
    *ret_file = file;
    return true;
}

void authz_rules_free(struct authz_rule_file *file)
{
    if (!file)
        return;
    tree_free(file->root);
    free(file);
}

const struct authz_rules *authz_rules_of(const struct authz_rule_file *file)
{
    return &file->rules;
}
