/*
 * outbox.h: the rows that wait to be told to the world (domain/event.h says what is in them).
 *
 * Ids are given when a row is written and become visible when its transaction commits, so a lower
 * id may appear after a higher one. Readers therefore never ask for "above the last one": a row is
 * deleted when it was told, and the first rows that are there are the next.
 *
 * Events are structs, of which three bytes in four are zero, so rows are stored packed: a run of
 * zeros is one zero and its length. That is a good part of what a transaction writes.
 */
#ifndef ACCOUNTING_STORE_OUTBOX_H
#define ACCOUNTING_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

struct outbox_row {
    uint64_t id;
    const void *events; /* in the caller's room; length 0: what is stored can't be unpacked */
    size_t length;
};

/* Appends the packed form, at most twice as long. */
void outbox_pack(struct str *out, const void *bytes, size_t length);
/* Appends what was packed; false, with `out` as it was: malformed, or it does not fit. */
bool outbox_unpack(struct str *out, const void *bytes, size_t length);

/*
 * Reads the first rows, by id, into `room`, which is cleared first: at most `rows_max`, and no more
 * than fit `bytes_max` (but one, however big). Rows in `skip` are left out.
 */
bool outbox_read(struct db *db, size_t rows_max, size_t bytes_max, const uint64_t *skip,
                 size_t skip_count, struct str *room, struct outbox_row *ret_rows,
                 size_t *ret_count, struct err *err) MUST_CHECK;

bool outbox_delete(struct db *db, const uint64_t *ids, size_t count, struct err *err) MUST_CHECK;

/*
 * Which rows a snapshot has seen: those up to `last`, but for the gaps below it. What comes into a
 * gap later, or above `last`, is news.
 */
enum { OUTBOX_GAPS_MAX = 1024 };

struct outbox_mark {
    uint64_t last;
    struct {
        uint64_t first, last;
    } gaps[OUTBOX_GAPS_MAX];
    size_t gaps_count;
};

/* Inside db_snapshot(). ERR_INTERNAL: more gaps than OUTBOX_GAPS_MAX. */
bool outbox_mark_read(struct db *db, struct outbox_mark *ret_mark, struct err *err) MUST_CHECK;
bool outbox_mark_has(const struct outbox_mark *mark, uint64_t id);

#endif
