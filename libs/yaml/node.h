/* node.h: the node as the reader builds it and the questions of yaml_tree.c see it. */
#ifndef YAML_NODE_H
#define YAML_NODE_H

#include <string.h>

#include "base/str.h"
#include "yaml/yaml_tree.h"

enum { TREE_NAME_SHOWN_MAX = 80 };

/* The end of a long path, which has the file's name: what a message has room for. */
static inline const char *tree_name_shown(const char *name)
{
    size_t length = strlen(name);
    return length > TREE_NAME_SHOWN_MAX ? name + length - TREE_NAME_SHOWN_MAX : name;
}

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
