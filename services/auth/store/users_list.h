/*
 * users_list.h: users as administrators and other servers list them: filtered, ordered, paged, each
 * once however many profiles or labels match.
 */
#ifndef AUTH_STORE_USERS_LIST_H
#define AUTH_STORE_USERS_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/domain/user.h"
#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"
#include "db/listing.h"

/* NULL, "" and what is not given: any. */
struct users_filter {
    const char *uid, *email, *role, *state;
    const char *country; /* of one of the profiles */
    struct param_i64 level;
    bool by_update;            /* from and to speak of updated_at, else of created_at */
    struct param_i64 from, to; /* Unix seconds, both inclusive */
    const char *label_key, *label_value, *label_scope;
    bool documents_pending; /* with the private label `document` at pending or replaced; the one
                               that waits longest comes first */
};

/* listing: arena, order_by, descending, limit, offset. Rows are struct user, with `data`. */
bool users_list(struct db *db, const struct users_filter *filter, struct listing *listing,
                struct listed *ret_listed, struct err *err) MUST_CHECK;

/* Whether a list can be ordered by it. */
bool users_can_be_ordered_by(const char *column);

#endif
