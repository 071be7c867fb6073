/*
 * settlement.h: the state of one settling transaction, shared by the two halves of the action:
 * results_settle.c (the transaction) and settle_apply.c (what a result does to the books).
 */
#ifndef ACCOUNTING_ACTIONS_SETTLEMENT_H
#define ACCOUNTING_ACTIONS_SETTLEMENT_H

#include "accounting/actions/limits.h"
#include "accounting/actions/results_settle.h"
#include "accounting/domain/event.h"
#include "accounting/domain/ledger.h"
#include "accounting/domain/order.h"
#include "accounting/marketdata/market_data.h"
#include "accounting/state/catalog.h"
#include "accounting/store/accounts.h"
#include "accounting/store/candles.h"
#include "accounting/store/journal_sql.h"
#include "accounting/store/order_row.h"
#include "base/str.h"

enum { SETTLE_BATCHES_MAX = 512, SETTLE_MARKETS_MAX = 64 };

/* One market in this transaction. */
struct settling_market {
    char id[MARKET_ID_SIZE];
    struct market market; /* copied from the catalog */
    bool base_is_coin, quote_is_coin;
    uint64_t settled_before, settled_seq; /* as locked; as it will be */
    uint64_t command_seq;                 /* where the journal ends: no result lies above it */
    struct dec last_price;
    bool halted, has_gap, is_stuck;
    bool was_missed; /* results were settled that this settler did not feed to the market data */
    uint64_t state_hash;
    struct err reason; /* is_stuck */
    struct seal_head seal;
    struct str seal_text;
    uint64_t first_journal_id, last_journal_id; /* 0: it added nothing */
};

/* Up to where the market data of a market were fed by this settler. */
struct fed_market {
    char id[MARKET_ID_SIZE];
    uint64_t seq;
};

struct level_change {
    size_t market;
    enum side side;
    struct dec price, volume;
};

struct settlement {
    struct accounting *app;
    const struct catalog *catalog; /* while a commit runs */
    int64_t now_us;

    /* What was added, and the part of each batch that this transaction settles: results with their
     * items between two offsets. A batch above SETTLE_ITEMS_MAX takes several transactions. */
    struct batch batches[SETTLE_BATCHES_MAX];
    size_t begin[SETTLE_BATCHES_MAX], end[SETTLE_BATCHES_MAX];
    size_t batches_count, results_count, items_count;

    uint64_t journal_id_next, journal_ids_end, journal_ids_used;

    struct settling_market markets[SETTLE_MARKETS_MAX];
    size_t markets_count;
    struct fed_market fed[MARKETS_MAX];
    size_t fed_count;

    /* The orders that results name, locked, by id; `index` finds them. Changed ones are marked. */
    struct order *orders;
    bool *changed;
    size_t orders_count;
    uint64_t *order_ids;
    size_t order_ids_count;
    unsigned order_changes; /* enum order_changes: what happened to any of them */
    uint32_t *index;
    uint32_t index_mask; /* of this transaction: as many slots as it needs */

    struct trade *trades;
    struct ledger_entry *entries;
    struct account_delta *deltas;
    struct level_change *levels;
    const struct order **updates;
    size_t trades_count, entries_count, deltas_count, levels_count;
    struct candle_batch *candles;

    struct str sql, events;
};

/* The index of a market in `markets`, added if it is new; SETTLE_MARKETS_MAX: no room. */
size_t settlement_market(struct settlement *settlement, const char *id);
/* Puts orders[at] into the index, whose slots up to index_mask were cleared. */
void settlement_index_order(struct settlement *settlement, size_t at);
/* The order, or NULL. */
struct order *settlement_order(struct settlement *settlement, uint64_t id);

/*
 * Applies one result (its items start at *offset of the batch) to the rows in memory. On a failure
 * the rows may be half changed: the caller settles nothing of this transaction and starts again
 * without this market.
 */
bool settle_apply_result(struct settlement *settlement, size_t market, const struct batch *batch,
                         size_t *offset, const struct result *result, struct err *err) MUST_CHECK;

/* Writes the applied rows and commits; part of a transaction that holds their locks. */
bool settle_write(struct settlement *settlement, struct db *db, struct err *err) MUST_CHECK;

#endif
