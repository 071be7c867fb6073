/*
 * order_accept.h: orders, cancels and amends on their way in: group commit.
 *
 * Handlers of concurrent requests put their `struct intake` into the accept queue; one writer drains
 * it (up to ACCEPT_BATCH_MAX), checks and locks the funds of all of them in one transaction, appends
 * their commands to the journal of their markets, commits, and calls done() of each. A request that
 * fails (funds, state, unknown order) fails alone; a transaction that fails is answered to all with
 * 503 and has changed nothing.
 *
 * done() runs on the writer's thread, exactly once for each intake that was pushed; it must be
 * quick (http_resume()). The intake stays the caller's memory until then.
 */
#ifndef ACCOUNTING_ACTIONS_ORDER_ACCEPT_H
#define ACCOUNTING_ACTIONS_ORDER_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/market.h"
#include "accounting/domain/order.h"
#include "base/err.h"

struct accounting;
struct accept_queue;

enum intake_kind {
    INTAKE_SUBMIT,     /* order: filled but for id, uuid, locked, seq, times */
    INTAKE_CANCEL,     /* order.id or order.uuid (by_uuid); order.member_id 0: anybody's */
    INTAKE_CANCEL_ALL, /* market_id; member_id 0: everybody; side or SIDE_BOTH */
    INTAKE_AMEND,      /* order.id or uuid, member_id; new_price, new_volume (total) */
    INTAKE_HALT,       /* market_id: command to the worker, when a market closes */
    INTAKE_RESUME
};

struct intake {
    enum intake_kind kind;
    struct order order;               /* in: see above; out: the order as it is after the commit */
    struct market market;             /* the rules that it was validated with: a copy */
    bool base_is_coin, quote_is_coin; /* of the market, for the ledger codes */
    bool by_uuid;
    enum side side;                   /* INTAKE_CANCEL_ALL */
    struct dec new_price, new_volume; /* INTAKE_AMEND; 0: as it is */
    struct err
        refusal; /* unless ERR_NONE: refused already (a thin book), but asked for with a client
                         * order id, which may be known: then its order is the answer */
    struct dec
        estimate; /* market buys: what the book walk says it may cost; capped at the balance */

    bool ok;        /* out */
    bool replayed;  /* out: the client order id was known; `order` is the one it made */
    struct err err; /* out, unless ok */

    void (*done)(struct intake *intake);
    void *user;

    bool found;              /* the writer's own: the order exists and is the member's */
    uint64_t settled_seq;    /* the writer's own: amends */
    struct intake *original; /* the writer's own: the same client order id, earlier in the batch */
    uint64_t replayed_id;    /* the writer's own: the order to read back */
};

struct accept_queue *accept_queue_new(void);
void accept_queue_free(struct accept_queue *queue); /* NULL is fine */

/* ERR_TOO_MANY when the queue is full, ERR_BUSY when the service stops. Any thread. */
bool accept_push(struct accept_queue *queue, struct intake *intake, struct err *err) MUST_CHECK;

/* The same, waiting for the end: for worker threads (admin, management). */
bool accept_wait(struct accept_queue *queue, struct intake *intake, struct err *err) MUST_CHECK;

/* ---- the writer ---- */

/* Runs until app->stopping: the thread of group commit. Opens its own connection. */
void accept_writer_run(struct accounting *app);

#endif
