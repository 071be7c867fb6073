/*
 * reconcile.h: the coins on one chain are compared with the books (domain/reconcile.h), and what follows is
 * written down: a run with its lines, how each currency of the chain stands, and, when that changes, an
 * event (model.reconciliation.updated). A currency that is stopped is left alone by whoever sends payments
 * (store/reconcile.h: RECONCILE_NOT_STOPPED).
 *
 * Both sides are read at the same event of the gateway, so that nothing is between them; when they don't
 * meet within a few tries, or a node is away, there is no verdict: that is said, and nothing else changes.
 * A check that is killed is made again from its beginning.
 */
#ifndef ACCOUNTING_ACTIONS_RECONCILE_H
#define ACCOUNTING_ACTIONS_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/actions/chain_event.h"
#include "accounting/store/reconcile.h"
#include "base/err.h"

enum { RECONCILE_CURRENCIES_MAX = 256 /* of one chain */ };

struct reconcile_news {
    char currency_id[CURRENCY_ID_SIZE];
    enum reconcile_state from, to;
    char difference[COINS_TEXT_SIZE];
};

struct reconcile_outcome {
    int64_t height;     /* that was checked */
    bool has_no_blocks; /* custody: its height never moves */
    size_t judged, not_judged;
    char no_verdict[160]; /* the first of them; "" none */
    struct reconcile_news news[RECONCILE_CURRENCIES_MAX];
    size_t news_count;
};

/* One chain. False: no verdict for any of its currencies, and the story is in their rows, too (if the
 * database takes it). */
bool reconcile_chain(struct accounting *app, const struct change *change,
                     const struct catalog *catalog, const char *blockchain_key,
                     struct reconcile_outcome *ret_outcome, struct err *err) MUST_CHECK;

/* ---- operators ---- */

struct reconcile_decision {
    const char *blockchain_key, *currency_id, *amount, *comment;
    uint64_t member_id;
};

/* Takes the difference on, once enough operators (RECONCILE_APPROVALS) have. ERR_STATE_CONFLICT: the
 * difference is another one by now, or there is none; ERR_NOT_FOUND: such a currency was never checked. */
bool reconcile_acknowledge(struct accounting *app, const struct change *change,
                           const struct reconcile_decision *decision, struct reconcile_row *ret_row,
                           struct err *err) MUST_CHECK;
/* How much of a difference is nothing. ERR_INVALID: no amount, or below zero. */
bool reconcile_tolerate(struct accounting *app, const struct change *change,
                        const struct reconcile_decision *decision, struct reconcile_row *ret_row,
                        struct err *err) MUST_CHECK;

/* The gauge of a currency. Any thread. */
void reconcile_gauge(struct accounting *app, const struct reconcile_row *row);

#endif
