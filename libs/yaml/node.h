/* node.h: the node as the reader builds it and the questions of yaml_tree.c see it. */
#ifndef YAML_NODE_H
#define YAML_NODE_H

#include "base/str.h"
#include "yaml/yaml_tree.h"

struct tree_node {
    enum tree_kind kind;
    unsigned line;
    const char *file;
    const char *key;  /* of a value of a map */
    const char *text; /* TREE_TEXT */
    size_t count;     /* of a list or map */
    struct tree_node *first, *last, *next;
};

#endif
