/*
 * seed_read.h: a row of a seed file into a plain struct, by a table of keys. Keys that the table
 * does not have are mistakes: a misspelt limit must not become no limit.
 */
#ifndef YAML_SEED_READ_H
#define YAML_SEED_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "yaml/yaml_tree.h"

enum seed_kind {
    SEED_TEXT, /* const char *, of the tree; NULL: absent or null */
    SEED_I64,  /* struct param_i64 */
    SEED_DEC,  /* struct param_dec */
    SEED_BOOL, /* struct param_bool */
    SEED_JSON, /* const char *, in the arena: the node as JSON text */
    SEED_NODE, /* const struct tree_node *: the value as it is */
    SEED_MAP   /* a map whose keys are in `fields`, into the same struct */
};

struct seed_field {
    const char *key;
    enum seed_kind kind;
    size_t offset;
    const struct seed_field *fields; /* SEED_MAP */
};

/* The table ends with key NULL. Two rows may share an offset (names of older versions). */
bool seed_read(const struct tree_node *row, const struct seed_field *fields, struct arena *arena,
               void *ret_draft, struct err *err) MUST_CHECK;

/* The node as JSON: plain whole numbers and true, false stay what they are, the rest is text. */
void seed_json(struct str *out, const struct tree_node *node);

#endif
