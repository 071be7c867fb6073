/*
 * book.h: the order book of one market, a pure function of its commands.
 *
 * book_apply() takes command n+1 after command n and appends exactly one result; the same commands
 * give the same bytes on every machine and compiler: no clock, no random, no floating point, no
 * I/O. The rules are in deploy/protocol/matching.md; their tests are tests/scenarios/matching/.
 *
 * Invariants between two commands: best bid < best ask; every price level is a queue by rank, never
 * empty, its total the sum of its orders; state_hash covers all that the next answer depends on.
 *
 * Memory: address space for `orders_max` orders is reserved by book_new(), pages are used as orders
 * come (nothing is allocated per order; idle books are small). A full book closes what would rest.
 * A book belongs to one thread at a time. The caller owns it and what it appends to.
 *
 *     struct book *book = book_new(ORDERS_PER_MARKET_MAX);
 *     if (!book || !book_restore(book, &header, orders, err)) ...
 *     result_batch_begin(&out, "btcusd", command.seq);
 *     if (book_apply(book, &command, &out))
 *         result_batch_end(&out, 1, book_state_hash(book));
 */
#ifndef MATCHING_ENGINE_BOOK_H
#define MATCHING_ENGINE_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "contract/protocol.h"

struct book;

enum {
    BOOK_ORDERS_MAX = 1 << 24,
    /* Room that book_apply() wants in its output before it starts. */
    BOOK_RESULT_BYTES_MAX =
        (int)(sizeof(struct result) + PROTOCOL_ITEMS_MAX * sizeof(struct result_item))
};

struct book *book_new(uint32_t orders_max); /* at sequence 0, empty; NULL: no memory */
void book_free(struct book *book);          /* NULL is fine */

/*
 * Applies the next command and appends its struct result and items. The sequence number must be
 * book_seq() + 1. False: `out` has no room for BOOK_RESULT_BYTES_MAX, and nothing happened.
 */
bool book_apply(struct book *book, const struct command *command, struct str *out) MUST_CHECK;

/*
 * The same for consecutive commands, faster: it fetches what the next ones will touch. Stops when
 * `out` has no room for one more; the number applied.
 */
size_t book_apply_many(struct book *book, const struct command *commands, size_t count,
                       struct str *out);

/*
 * Fills a book that is new from a snapshot that snapshot_read() accepted. False: too many orders,
 * an order twice, or a crossed book; free the book then.
 */
bool book_restore(struct book *book, const struct snapshot_header *header, const uint8_t *orders,
                  struct err *err) MUST_CHECK;

/* Appends the snapshot of this moment. */
void book_snapshot(const struct book *book, const char *market_id, struct str *out);

/* Makes the memory of the next `orders` orders present, so that no page fault hits a command. */
void book_warm(struct book *book, uint32_t orders);

/* ---- asking ---- */

uint64_t book_state_hash(const struct book *book);
uint64_t book_seq(const struct book *book);       /* of the last command that was applied */
uint32_t book_orders(const struct book *book);    /* resting and waiting */
int64_t book_last_price(const struct book *book); /* 0: no trade yet */
bool book_is_halted(const struct book *book);

struct book_level {
    int64_t price, amount; /* amounts above INT64_MAX are told as INT64_MAX */
};

/* The best levels of a side, best first; the number of them. */
size_t book_depth(const struct book *book, enum side side, struct book_level *ret_levels,
                  size_t levels_max);

/* Asserts the invariants by walking everything: for tests. */
void book_check(const struct book *book);

#endif
