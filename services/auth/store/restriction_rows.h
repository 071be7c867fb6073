/* restriction_rows.h: the table of restrictions as administrators edit it. Authz reads all of it into
 * memory; whoever changes a row announces CHANGE_RESTRICTIONS in the same transaction. */
#ifndef AUTH_STORE_RESTRICTION_ROWS_H
#define AUTH_STORE_RESTRICTION_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"
#include "db/listing.h"

struct restriction_row {
    uint64_t id;
    const char *category, *scope, *value, *state;
    int64_t code; /* 0: the default of its category and scope */
    int64_t created_at, updated_at;
};

/* NULL, "" and what is not given: any. */
struct restrictions_filter {
    const char *category, *scope;
    bool by_update;
    struct param_i64 from, to; /* Unix seconds, both inclusive */
};

/* By id. */
bool restrictions_list(struct db *db, const struct restrictions_filter *filter,
                       struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;
/* For a change, in its transaction. ERR_NOT_FOUND. */
bool restrictions_lock(struct db *db, struct arena *arena, uint64_t id,
                       struct restriction_row *ret_row, struct err *err) MUST_CHECK;
/* ERR_CONFLICT: category, scope and value are there already. */
bool restrictions_insert(struct db *db, struct restriction_row *row, struct err *err) MUST_CHECK;
bool restrictions_update(struct db *db, const struct restriction_row *row, struct err *err)
    MUST_CHECK;
bool restrictions_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;

#endif
