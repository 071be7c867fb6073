/*
 * book_cache.h: order books that were dear to read. The database has no index by price, so the best
 * orders of a market cost it a walk over all open ones: 6 ms for 2,000 of them, 40 for 10,000, a
 * second and more for 200,000. A public endpoint must not sell that at the price of a GET; an index
 * by price would be paid by every order instead.
 *
 * A book that took at least BOOK_DEAR_US is kept for BOOK_KEEP_TIMES as long as it took (at most
 * BOOK_KEEP_MAX_US), and while somebody reads it anew the others get the old one, unless it is older
 * than BOOK_STALE_MAX_US. A book that is quick to read is never kept: it is always as of now.
 *
 * Thread-safe. Bounded: BOOK_CACHE_MARKETS, each with at most BOOK_ORDERS_MAX orders a side.
 */
#ifndef ACCOUNTING_HTTP_BOOK_CACHE_H
#define ACCOUNTING_HTTP_BOOK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "contract/protocol.h"

enum {
    BOOK_ORDERS_MAX = 200,
    BOOK_CACHE_MARKETS = 64,
    BOOK_TEXT_BYTES_MAX = 1 << 20,
    BOOK_DEAR_US = 4000,
    BOOK_KEEP_TIMES = 4,
    BOOK_KEEP_MAX_US = 3000000,
    BOOK_STALE_MAX_US = 10000000
};

/* Orders as JSON text, one after the other; `ends` says where each stops. */
struct book_side {
    struct str text;
    size_t ends[BOOK_ORDERS_MAX];
    size_t count;
};

struct book_text {
    struct book_side sides[2]; /* by enum side */
};

void book_text_init(struct book_text *book);
void book_text_release(struct book_text *book);
/* Appends {"asks":[...],"bids":[...]} of the first orders of each side. */
void book_text_write(struct str *out, const struct book_text *book, size_t asks, size_t bids);

struct book_cache;

struct book_cache *book_cache_new(void);
void book_cache_free(struct book_cache *cache); /* NULL is fine */

/* Writes the kept book of the market. False: there is none, the caller reads the book and tells
 * what it took with book_cache_put(); book_cache_give_up() if that failed. */
bool book_cache_get(struct book_cache *cache, const char *market_id, int64_t monotonic_us,
                    struct str *out, size_t asks, size_t bids);
/* Takes over the texts of a dear book; `book` is empty then. Drops what was kept of a quick one. */
void book_cache_put(struct book_cache *cache, const char *market_id, int64_t monotonic_us,
                    int64_t took_us, struct book_text *book);
void book_cache_give_up(struct book_cache *cache, const char *market_id);

#endif
