/*
 * yaml_tree.h: a configuration file (seeds, abilities, keychains) as a read-only tree of texts,
 * lists and maps, over libyaml's events.
 *
 * Scalars stay text: what `no`, `1_000` or `65000.10` means is asked of each value by its reader
 * (tree_bool, tree_i64, tree_dec), so a currency called `no` is no falsehood and money meets no
 * double. A plain `null`, `~` or nothing is TREE_NULL.
 *
 * Refused, with file and line: duplicate keys, keys that are no text, anchors and aliases (a page
 * of them unfolds to gigabytes), tags, a second document, NUL, and what is above the limits.
 *
 * The prefix is tree_, not yaml_: libyaml exports names such as yaml_free() and calls them itself.
 *
 * The root owns the tree: tree_free(root) releases it all. Reading it is safe in any thread.
 * Every question may be asked of NULL, which answers like an absent value:
 *
 *     AUTO_FREE(tree_free) struct tree_node *root = NULL;
 *     if (!tree_read_file("seed/markets.yml", &root, err))
 *         return false;
 *     TREE_EACH(market, root) {
 *         const char *id = tree_text(tree_member(market, "id"));
 *         if (!id || !tree_dec(tree_member(market, "min_price"), &min_price))
 *             return tree_fail(market, err, "needs id and min_price");
 *     }
 */
#ifndef YAML_YAML_TREE_H
#define YAML_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "decimal/dec.h"

enum {
    TREE_BYTES_MAX = 1024 * 1024,
    TREE_NODES_MAX = 100 * 1000,
    TREE_KEYS_MAX = 4096, /* of one map: looking up a key walks them */
    TREE_DEPTH_MAX = 16
};

enum tree_kind { TREE_NULL, TREE_TEXT, TREE_LIST, TREE_MAP };

struct tree_node;

/* ---- reading; failures are ERR_CONFIG, "FILE:LINE: what is wrong" ---- */

/* An empty file gives a root of kind TREE_NULL. */
bool tree_read_file(const char *path, struct tree_node **ret_root, struct err *err) MUST_CHECK;
/* `name` stands for the file in messages. */
bool tree_read_text(const char *name, const char *text, size_t length, struct tree_node **ret_root,
                    struct err *err) MUST_CHECK;
void tree_free(struct tree_node *root); /* NULL is fine */
DEFINE_AUTO(struct tree_node, tree_free);

/* ---- the tree ---- */

enum tree_kind tree_kind(const struct tree_node *node); /* of NULL: TREE_NULL */
unsigned tree_line(const struct tree_node *node);       /* from 1; of NULL: 0 */

/* The value of a key; NULL: no such key, or no map. */
const struct tree_node *tree_member(const struct tree_node *map, const char *key);

/* The items of a list, the values of a map, in the order of the file. */
size_t tree_count(const struct tree_node *node);
const struct tree_node *tree_items(const struct tree_node *node); /* the first; NULL: none */
const struct tree_node *tree_next(const struct tree_node *item);  /* NULL: that was the last */
const char *tree_key(const struct tree_node *item); /* of a map's value; NULL: no map's value */

#define TREE_EACH(item, node)                                                                      \
    for (const struct tree_node *item = tree_items(node); item != NULL; item = tree_next(item))

/* ---- values ---- */

const char *tree_text(const struct tree_node *node); /* NULL: null, list or map */
bool tree_bool(const struct tree_node *node, bool *ret_value) MUST_CHECK; /* true/false/yes/no */
bool tree_i64(const struct tree_node *node, int64_t *ret_number) MUST_CHECK;
bool tree_dec(const struct tree_node *node, struct dec *ret_value) MUST_CHECK;

/* Sets "FILE:LINE: ..." with the place of the node (not NULL), ERR_CONFIG. Always false. */
bool tree_fail(const struct tree_node *node, struct err *err, const char *format, ...) PRINTF(3, 4);

#endif
