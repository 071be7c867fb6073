/*
 * worker.h: the markets of one matching worker: their books, what they loaded from accounting, and
 * the results that wait to be confirmed. Used by the worker's one thread; the counters of struct
 * worker that other threads read are atomic.
 */
#ifndef MATCHING_ACTIONS_WORKER_H
#define MATCHING_ACTIONS_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "contract/protocol.h"
#include "fetch/fetch.h"
#include "matching/engine/book.h"
#include "matching/state/config.h"
#include "metrics/metrics.h"
#include "token/token.h"

enum { WORKER_MARKETS_MAX = 256, SNAPSHOT_BYTES_MAX = 1 << 30, TOKEN_LIFETIME_S = 300 };

struct worker_market {
    char id[MARKET_ID_SIZE];
    struct book *book;  /* NULL: not loaded yet */
    struct str results; /* a result batch that is being filled */
    uint64_t results_first;
    uint32_t results_count;                       /* 0: none is open */
    unsigned seq_child, orders_child, hash_child; /* of the metrics */
};

struct worker {
    const struct matching_config *config;
    const struct clock *clock;
    struct metrics *metrics;
    struct fetch *fetch;
    struct token_signer *signer;
    struct str token; /* for accounting; renewed before it expires */
    int64_t token_expires_us;
    struct worker_market markets[WORKER_MARKETS_MAX];
    size_t markets_count;
    /* Sends the open result batch of a market and gives it room again; set by bus/on_commands.c. */
    bool (*send)(struct worker *worker, struct worker_market *market, struct err *err);
    void *sender;
    _Atomic bool ready, stopping;
};

struct worker *worker_new(const struct matching_config *config, const struct clock *clock,
                          struct metrics *metrics, struct err *err);
void worker_free(struct worker *worker); /* NULL is fine */

/* Reads the list of markets from accounting; loads those that are new and ours. */
bool worker_load_markets(struct worker *worker, struct err *err) MUST_CHECK;
/* Throws the book away and loads the market again: snapshot, then the commands above it, whose
 * results are sent (again). */
bool worker_load_market(struct worker *worker, struct worker_market *market, struct err *err)
    MUST_CHECK;
struct worker_market *worker_market_find(struct worker *worker, const char *id); /* or NULL */
/* Whether the market belongs to this worker by MARKETS. */
bool worker_market_is_ours(const struct worker *worker, const char *id);

/*
 * Applies a checked command batch: command n+1 after command n; what came before is dropped; a gap
 * is filled from the journal of accounting. Results are gathered in market->results, and sent when
 * that is full.
 */
bool worker_apply(struct worker *worker, struct worker_market *market, const struct batch *batch,
                  struct err *err) MUST_CHECK;

/* Applies what the journal of accounting has beyond the book. */
bool worker_catch_up(struct worker *worker, struct worker_market *market, struct err *err)
    MUST_CHECK;

/* Closes and sends every open result batch. */
bool worker_flush(struct worker *worker, struct err *err) MUST_CHECK;

#endif
