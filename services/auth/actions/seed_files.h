/* seed_files.h: which seed files there are, and what the adders of their rows work with. */
#ifndef AUTH_ACTIONS_SEED_FILES_H
#define AUTH_ACTIONS_SEED_FILES_H

#include "auth/actions/call.h"
#include "seed/seed.h"

struct seeding {
    struct call call;
    const struct tree_node *passwords; /* e-mail: password; NULL: none */
};

static inline struct seeding *seeding_of(const struct seed *seed)
{
    return seed->context;
}

extern const struct seed_file seed_access_files[]; /* permissions, restrictions; ends with NULL */
extern const struct seed_file seed_people_files[]; /* levels, users; ends with NULL */

#endif
