/* label_counts.h: how often each private label is. */
#ifndef AUTH_STORE_LABEL_COUNTS_H
#define AUTH_STORE_LABEL_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/domain/label.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { LABEL_COUNTS_MAX = 10000 };

struct label_count {
    char key[LABEL_TEXT_SIZE], value[LABEL_TEXT_SIZE];
    uint64_t count;
};

/* In the order of the keys; at most LABEL_COUNTS_MAX, in the arena. */
bool label_counts(struct db *db, struct arena *arena, struct label_count **ret_counts,
                  size_t *ret_count, struct err *err) MUST_CHECK;

#endif
