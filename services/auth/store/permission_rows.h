/* permission_rows.h: the table of permissions as administrators edit it. Authz reads all of it into
 * memory; whoever changes a row announces CHANGE_PERMISSIONS in the same transaction. */
#ifndef AUTH_STORE_PERMISSION_ROWS_H
#define AUTH_STORE_PERMISSION_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

struct permission_row {
    uint64_t id;
    const char *action, *role, *verb, *path, *topic; /* topic NULL: from the path */
    int64_t created_at, updated_at;
};

/* By id. */
bool permissions_list(struct db *db, struct listing *listing, struct listed *ret_listed,
                      struct err *err) MUST_CHECK;
/* For a change, in its transaction. ERR_NOT_FOUND. */
bool permissions_lock(struct db *db, struct arena *arena, uint64_t id,
                      struct permission_row *ret_row, struct err *err) MUST_CHECK;
bool permissions_insert(struct db *db, struct permission_row *row, struct err *err) MUST_CHECK;
bool permissions_update(struct db *db, const struct permission_row *row, struct err *err)
    MUST_CHECK;
bool permissions_delete(struct db *db, uint64_t id, struct err *err) MUST_CHECK;
bool permissions_delete_all(struct db *db, struct err *err) MUST_CHECK;

/* Whether the role has a permission at all: what makes it a role. */
bool permissions_know_role(struct db *db, const char *role, bool *ret_known, struct err *err)
    MUST_CHECK;

#endif
