/*
 * book_stream.h: the order-book stream of the websocket gateway (reference 5.5): snapshots and
 * numbered increments of every market. Pure but for event_out.
 *
 * The relay keeps books of its own, as of the outbox row that it is at, so that a snapshot fits its
 * number exactly. A market counts from 1; each increment is one more than the number before it, and
 * a snapshot carries the number of the increment that it includes.
 *
 * A snapshot goes out first of all, again before an increment when SNAPSHOT_AFTER_... says so, and
 * whenever book_stream_renew() was called: messages may have been lost.
 */
#ifndef ACCOUNTING_BUS_BOOK_STREAM_H
#define ACCOUNTING_BUS_BOOK_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/bus/event_message.h"
#include "contract/protocol.h"
#include "decimal/dec.h"

enum {
    SNAPSHOT_LEVELS_MAX = 301,
    SNAPSHOT_INCREMENTS = 20,
    SNAPSHOT_BUSY_US = 10000000,  /* SNAPSHOT_INCREMENTS or more: after more than this */
    SNAPSHOT_QUIET_US = 60000000, /* fewer: after this */
    BOOK_STREAM_MARKETS_MAX = 4096
};

struct book_stream;

struct book_stream *book_stream_new(void);
void book_stream_free(struct book_stream *stream); /* NULL is fine */

/* Sets a level without telling: the state to begin with. */
void book_stream_load(struct book_stream *stream, const char *market_id, enum side side,
                      struct dec price, struct dec volume);
/* Makes a market that may have no level at all. */
void book_stream_add(struct book_stream *stream, const char *market_id);
/* Forgets all books and begins again at 1. */
void book_stream_clear(struct book_stream *stream);

/* Sends the snapshots that are due at once: of new markets, and after book_stream_renew(). */
bool book_stream_begin(struct book_stream *stream, struct event_out *out, int64_t monotonic_us,
                       struct err *err) MUST_CHECK;
void book_stream_renew(struct book_stream *stream);

/* The level holds `volume` now; 0: it is gone. Sends the increment. */
bool book_stream_level(struct book_stream *stream, struct event_out *out, const char *market_id,
                       enum side side, struct dec price, struct dec volume, int64_t monotonic_us,
                       struct err *err) MUST_CHECK;

#endif
