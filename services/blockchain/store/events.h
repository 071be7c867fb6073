/*
 * events.h: the outbox of the gateway: numbered events without holes.
 *
 * event_add() runs inside of the transaction whose effect it tells. It locks the one row that numbers
 * are taken from until the commit, so it comes last in a transaction, behind all other work.
 */
#ifndef BLOCKCHAIN_STORE_EVENTS_H
#define BLOCKCHAIN_STORE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/random.h"
#include "db/db.h"

enum { EVENT_NAME_SIZE = 33, EVENT_BODY_BYTES_MAX = 256 * 1024 };

struct event_row {
    uint64_t seq;
    struct uuid jti;
    const char *name; /* "transfer.seen" */
    const char *body; /* the JSON object `event` of the claims, with its name in it */
    int64_t created_at;
};

/* `members`: the members of the object behind `name`, as JSON text without braces: "\"chain\":\"ltc\"". */
bool event_add(struct db *db, const char *name, const char *members, int64_t now_us,
               struct err *err) MUST_CHECK;

/* Rows above `after`, by number, in the arena. */
bool events_read(struct db *db, struct arena *arena, uint64_t after, size_t max,
                 struct event_row **ret_rows, size_t *ret_count, struct err *err) MUST_CHECK;
/* The last number given, and the last one that is known to be published. */
bool events_head(struct db *db, uint64_t *ret_seq, uint64_t *ret_published, struct err *err)
    MUST_CHECK;
/* Accounting has all up to `seq`, for it asks for what comes behind; a number that was never given is not
 * believed. */
bool events_confirmed(struct db *db, uint64_t seq, struct err *err) MUST_CHECK;
/* The last one that is gone; 0: none. */
bool events_pruned(struct db *db, uint64_t *ret_seq, struct err *err) MUST_CHECK;
/* Deletes the oldest, at most `max`, that are from before `before_us`, published and confirmed. */
bool events_prune(struct db *db, int64_t before_us, size_t max, size_t *ret_count, struct err *err)
    MUST_CHECK;
bool events_published(struct db *db, uint64_t seq, struct err *err) MUST_CHECK;

#endif
