/* seed_files.h: which seed files there are, what their rows hold, and how one row is added. */
#ifndef AUTH_ACTIONS_SEED_FILES_H
#define AUTH_ACTIONS_SEED_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/actions/call.h"
#include "base/err.h"
#include "yaml/seed_read.h"
#include "yaml/yaml_tree.h"

enum { SEED_LINE_SIZE = 400 };

struct seed {
    struct call call;
    void (*say)(const char *line);
    const struct tree_node *passwords; /* e-mail: password; NULL: none */
    size_t added, mistakes;
};

struct seed_file {
    const char *name; /* "levels.yml" */
    const struct seed_field *fields;
    size_t draft_size;
    /* Adds the row unless it is there. ret_label: "level 1", SEED_LINE_SIZE bytes. */
    bool (*add)(struct seed *seed, void *draft, bool *ret_added, char *ret_label, struct err *err);
};

extern const struct seed_file seed_access_files[]; /* permissions, restrictions; ends with NULL */
extern const struct seed_file seed_people_files[]; /* levels, users; ends with NULL */

#endif
