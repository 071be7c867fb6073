/* seeds.h: rows of the seeds that are added unless they are there. */
#ifndef AUTH_STORE_SEEDS_H
#define AUTH_STORE_SEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"

bool seed_level(struct db *db, int64_t id, const char *key, const char *value,
                const char *description, bool *ret_added, struct err *err) MUST_CHECK;

struct permission_seed {
    const char *role, *verb, *path, *action, *topic;
};
bool seed_permission(struct db *db, const struct permission_seed *row, bool *ret_added,
                     struct err *err) MUST_CHECK;

struct restriction_seed {
    const char *category, *scope, *value, *state;
    struct param_i64 code;
};
bool seed_restriction(struct db *db, const struct restriction_seed *row, bool *ret_added,
                      struct err *err) MUST_CHECK;

/* Tells running services that permissions, restrictions and levels may have changed. */
bool seed_announce(struct db *db, struct err *err) MUST_CHECK;

#endif
