/* seed_files.h: which seed files there are, and what the adders of their rows work with. */
#ifndef ACCOUNTING_ACTIONS_SEED_FILES_H
#define ACCOUNTING_ACTIONS_SEED_FILES_H

#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "seed/seed.h"

struct seeding {
    struct change change;
    uint64_t booker_id; /* the member in whose name balances are booked; 0: none yet */
};

static inline struct seeding *seeding_of(const struct seed *seed)
{
    return seed->context;
}

extern const struct seed_file seed_catalog_files[]; /* ends with name NULL, as the next */
extern const struct seed_file seed_members_files[];

#endif
