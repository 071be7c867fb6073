/*
 * seed.h: the first content of a service, from a folder of YAML files, each a list of rows. A service
 * says which files there are, what their rows hold and how one row is added; this runs them.
 *
 *     static const struct seed_file files[] = {
 *         {"levels.yml", level_keys, sizeof(struct level_seed), level_add},
 *         {.name = NULL},
 *     };
 *     const struct seed_file *const lists[] = {files, NULL};
 *     struct seed seed = {.db = db, .arena = arena, .context = &mine, .say = say};
 *     if (!seed_folder(&seed, lists, folder, err)) ...
 *
 * A row that is there already is left alone, so running it again adds what is new and nothing else;
 * a file that is not there is nothing. Every mistake of every file is said, "FILE:LINE: what is wrong";
 * rows without mistakes are added all the same. Then the call fails. One run at a time (a named lock).
 */
#ifndef SEED_SEED_H
#define SEED_SEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "yaml/seed_read.h"
#include "yaml/yaml_tree.h"

enum { SEED_LINE_SIZE = 400 };

struct seed {
    struct db *db;
    struct arena *arena;           /* of one row: empty again after it */
    void *context;                 /* what the service's `add` works with */
    void (*say)(const char *line); /* a line for each row added and each mistake; NULL: to nobody */
    /* After the last file, under the lock, when rows were added. NULL: nothing to do. */
    bool (*finish)(struct seed *seed, struct err *err);
    size_t added, mistakes;
};

struct seed_file {
    const char *name; /* "markets.yml" */
    const struct seed_field *fields;
    size_t draft_size;
    /* Adds the row unless it is there. ret_label: "market btcusd", SEED_LINE_SIZE bytes. */
    bool (*add)(struct seed *seed, void *draft, bool *ret_added, char *ret_label, struct err *err);
};

/* Lists of files, in this order; each ends with name NULL, the lists with NULL. ERR_CONFIG: mistakes;
 * ERR_BUSY: another run does not end; others: the database failed, and the run ended there. */
bool seed_folder(struct seed *seed, const struct seed_file *const *lists, const char *folder,
                 struct err *err) MUST_CHECK;

/* ---- for `add` ---- */

void seed_say(const struct seed *seed, const char *format, ...) PRINTF(2, 3);
/* Counts and says it, with the place of the node unless the story has one. */
void seed_mistake(struct seed *seed, const struct tree_node *node, const struct err *err);

#endif
