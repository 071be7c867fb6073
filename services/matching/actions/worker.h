/*
 * worker.h: the state of the matching worker. All of it belongs to one thread (bus/worker_thread.c)
 * but for `status`, which has its own lock.
 *
 * The way of a command: bus/on_commands.c -> commands_apply() -> engine -> results_*() -> broker. A
 * market's results gather in an open batch; results_seal() turns it into a parcel, which is kept
 * until the broker confirmed it, and published again if the connection breaks before.
 */
#ifndef MATCHING_ACTIONS_WORKER_H
#define MATCHING_ACTIONS_WORKER_H

#include <pthread.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "bus/bus.h"
#include "contract/protocol.h"
#include "fetch/fetch.h"
#include "matching/engine/book.h"
#include "matching/state/config.h"
#include "matching/state/limits.h"
#include "matching/state/metrics.h"
#include "token/token.h"

/* A command batch that came before its turn. */
struct early_batch {
    uint64_t first_seq;
    size_t length;
    void *bytes;
};

struct market {
    char id[MARKET_ID_SIZE];
    struct book *book;  /* NULL: not loaded yet */
    struct str results; /* the open batch; empty: none */
    uint32_t results_count;
    struct early_batch early[EARLY_BATCHES_MAX];
    size_t early_count;
    int64_t gap_us;      /* since when commands are missing; 0: none are */
    bool wants_load;     /* at start, and when accounting asks for a repeat */
    int64_t next_try_us; /* of loading, or of closing the gap */
    uint32_t pause_ms;   /* until the try after that */
    unsigned seq_gauge, orders_gauge, hash_gauge;
};

/* A result batch on its way to the broker. */
struct parcel {
    struct str bytes;
    uint64_t publish_tag; /* 0: not handed out yet, or to a connection that is gone */
    uint64_t ack_tag;     /* deliveries up to this one are done with it; 0: others follow */
};

/* Whether /ready says yes, and why not. */
struct status {
    pthread_mutex_t lock;
    bool is_ready;
    struct err why;
};

struct worker {
    const struct matching_config *config;
    const struct clock *clock;
    struct metrics *metrics;

    struct fetch *fetch;
    struct token_signer *signer;
    struct str token; /* of the calls to accounting */
    int64_t token_until_us;

    struct bus *consumer, *publisher; /* an alarm of the broker blocks publishers only */
    struct market markets[MARKETS_MAX];
    size_t markets_count;
    bool has_list, wants_list; /* of the markets: read once; to be read (again) */
    int64_t list_us;           /* when it was tried last; 0: never */
    uint32_t list_pause_ms;    /* until the next try */

    struct command commands[PROTOCOL_COMMANDS_MAX]; /* of the batch at hand */
    struct str scratch;                             /* their results */

    struct parcel parcels[PARCELS_MAX]; /* a ring, oldest first */
    size_t parcels_first, parcels_count, parcels_sent;
    uint64_t taken_tag, acked_tag; /* deliveries taken from, and acked to, the consumer */

    struct status status;
};

bool worker_init(struct worker *worker, const struct matching_config *config,
                 const struct clock *clock, struct metrics *metrics, struct err *err) MUST_CHECK;
void worker_release(struct worker *worker); /* zeroed is fine */

struct market *market_find(struct worker *worker, const char *market_id); /* NULL: not known */
void market_tell(struct worker *worker, const struct market *market);     /* its metrics */

/* ---- status ---- */

void status_set(struct status *status, bool is_ready, const struct err *why);
bool status_get(struct status *status, struct err *err); /* false with the reason */

#endif
