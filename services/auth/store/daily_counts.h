/* daily_counts.h: how often something happened on each day. */
#ifndef AUTH_STORE_DAILY_COUNTS_H
#define AUTH_STORE_DAILY_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"

enum { DAYS_MAX = 3660 };

struct daily_count {
    char date[11]; /* "2020-06-01", UTC */
    uint64_t count;
};

enum daily_kind { DAILY_SIGNUPS, DAILY_LOGINS, DAILY_FAILED_LOGINS, DAILY_KIND_MAX };

/* In the order of days, those without any left out, in the arena. Between the seconds, both inclusive,
 * where they are given. */
bool daily_counts(struct db *db, struct arena *arena, enum daily_kind kind, struct param_i64 from_s,
                  struct param_i64 to_s, struct daily_count **ret_days, size_t *ret_count,
                  struct err *err) MUST_CHECK;

/* Users whose documents wait to be looked at. */
bool pending_documents_count(struct db *db, uint64_t *ret_count, struct err *err) MUST_CHECK;

#endif
