/* management_config.h: the configuration of the management API as management.c uses it. */
#ifndef API_MANAGEMENT_CONFIG_H
#define API_MANAGEMENT_CONFIG_H

#include "api/management.h"
#include "token/token.h"
#include "yaml/yaml_tree.h"

struct management_scope {
    const char *name;
    const char *permitted[MANAGEMENT_SIGNERS_MAX + 1]; /* ends with NULL */
    uint32_t mandatory;                                /* bits of `permitted` */
};

struct management {
    struct tree_node *tree; /* owns the names */
    struct token_keys *keys;
    struct token_seen *seen;
    struct token_rules rules;
    const char *audience[MANAGEMENT_SIGNERS_MAX + 1];
    struct management_scope scopes[MANAGEMENT_SCOPES_MAX];
    size_t scopes_count;
};

#endif
