/*
 * outbox.h: the events that wait to be signed and published (reference barong.md §4).
 *
 *     if (!outbox_record(db, "system.session.create", str_data(&record), NULL, err)) return false;
 *
 * Called inside the transaction of what happened. actions/event.h makes the records of users and
 * labels and calls this; a new kind of event has its own maker beside it.
 *
 * Ids become visible when their transaction commits: readers take the first rows that are there and
 * delete them when the broker has confirmed. Records may hold tokens of mails: never log one.
 */
#ifndef AUTH_STORE_OUTBOX_H
#define AUTH_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

/* `name`: "model.user.updated". `record`: a JSON object. `changes`: the former values of what
 * changed, a JSON object; NULL: none. */
bool outbox_record(struct db *db, const char *name, const char *record, const char *changes,
                   struct err *err) MUST_CHECK;

struct outbox_row {
    uint64_t id;
    const char *name, *record, *changes; /* in the arena */
    int64_t created_at;
};

/* The first rows, at most rows_max; the array is in the arena. */
bool outbox_read(struct db *db, struct arena *arena, size_t rows_max, struct outbox_row **ret_rows,
                 size_t *ret_count, struct err *err) MUST_CHECK;
/* Of all processes one relays, so that events leave in their order: it holds a named lock of the
 * database, as long as its connection lives. Takes it if it is free. */
bool outbox_is_ours(struct db *db, bool *ret_is_ours, struct err *err) MUST_CHECK;
bool outbox_delete(struct db *db, const uint64_t *ids, size_t count, struct err *err) MUST_CHECK;

#endif
