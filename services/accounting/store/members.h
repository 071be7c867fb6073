/* members.h: the table of members. One function a statement; the rules are the callers'. */
#ifndef ACCOUNTING_STORE_MEMBERS_H
#define ACCOUNTING_STORE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/member.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* ERR_NOT_FOUND. */
bool members_by_id(struct db *db, uint64_t id, struct member *ret_member, struct err *err)
    MUST_CHECK;
bool members_by_uid(struct db *db, const char *uid, struct member *ret_member, struct err *err)
    MUST_CHECK;

bool members_by_email(struct db *db, const char *email, struct member *ret_member, struct err *err)
    MUST_CHECK;

/* Calls take() for each of these members that exists; `ids` may repeat. */
bool members_by_ids(struct db *db, const uint64_t *ids, size_t count,
                    void (*take)(void *arg, const struct member *member), void *arg,
                    struct err *err) MUST_CHECK;

/* Inserts uid, email, username, level, role, state; the group is the column's default.
 * ERR_CONFLICT: uid, email or username is taken. */
bool members_insert(struct db *db, const struct member *member, struct err *err) MUST_CHECK;
/* Overwrites what tokens say: email, username, level, role, state. ERR_CONFLICT as above. */
bool members_update(struct db *db, const struct member *member, struct err *err) MUST_CHECK;
bool members_set_group(struct db *db, uint64_t id, const char *group, struct err *err) MUST_CHECK;

/* Exact filters; NULL: any. */
struct members_filter {
    const char *uid, *email, *role, *group, *state;
    const char *time_column; /* "created_at" or "updated_at" */
    int64_t from_us, to_us;  /* inclusive; 0: open */
    const char *order_by;    /* a column of the table; another name sorts by id */
    bool ascending;
    uint64_t limit, offset;
};

/* The page in the arena, and how many rows the filters leave. */
bool members_list(struct db *db, struct arena *arena, const struct members_filter *filter,
                  struct member **ret_members, size_t *ret_count, uint64_t *ret_total,
                  struct err *err) MUST_CHECK;

#endif
