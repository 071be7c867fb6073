/* seed_files.h: which seed files there are, what their rows hold, and how one row is added. */
#ifndef ACCOUNTING_ACTIONS_SEED_FILES_H
#define ACCOUNTING_ACTIONS_SEED_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "yaml/seed_read.h"
#include "base/err.h"

enum { SEED_LINE_SIZE = 400 };

struct seed {
    struct change change;
    void (*say)(const char *line);
    uint64_t booker_id; /* the member in whose name balances are booked; 0: none yet */
    size_t added, mistakes;
};

void seed_say(const struct seed *seed, const char *format, ...) PRINTF(2, 3);
/* Counts and says it, with the place of the node unless the story has one. */
void seed_mistake(struct seed *seed, const struct tree_node *node, const struct err *err);

struct seed_file {
    const char *name; /* "markets.yml" */
    const struct seed_field *fields;
    size_t draft_size;
    /* Adds the row unless it is there. ret_label: "market btcusd", SEED_LINE_SIZE bytes. */
    bool (*add)(struct seed *seed, void *draft, bool *ret_added, char *ret_label, struct err *err);
};

extern const struct seed_file seed_catalog_files[]; /* in this order; ends with name NULL */
extern const struct seed_file seed_members_file;

#endif
