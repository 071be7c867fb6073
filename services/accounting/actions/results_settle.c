/*
 * Step 4 of 5 in the life of an order: settled. Before: bus/on_results.c. After: bus/event_relay.c.
 * Two round trips for any number of results: lock and read; write and commit. What a result means is
 * in settle_apply.c.
 */
#include "accounting/actions/results_settle.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/settlement.h"
#include "accounting/domain/seal.h"
#include "accounting/state/metrics.h"
#include "accounting/store/journal.h"
#include "accounting/store/order_row.h"
#include "accounting/store/sql.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

/* ---- the first round trip: lock ---- */

static int compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Chooses how much of what was added this transaction settles. */
static void choose_window(struct settlement *settlement)
{
    size_t items = 0;
    bool full = false;
    for (size_t b = 0; b < settlement->batches_count; b++) {
        size_t offset = settlement->begin[b];
        struct result result;
        struct result_item item;
        settlement->end[b] = offset;
        while (!full && result_next(&settlement->batches[b], &offset, &result)) {
            full = items > 0 && items + result.items > SETTLE_ITEMS_MAX;
            if (full)
                break;
            items += result.items;
            for (uint32_t i = 0; i < result.items; i++)
                result_item_next(&settlement->batches[b], &offset, &item);
            settlement->end[b] = offset;
        }
    }
}

/* Goes on behind the window. False: all that was added is settled. */
static bool next_window(struct settlement *settlement)
{
    bool left = false;
    for (size_t b = 0; b < settlement->batches_count; b++) {
        settlement->begin[b] = settlement->end[b];
        left = left || settlement->begin[b] < settlement->batches[b].body_length;
    }
    return left;
}

static void add_order_id(struct settlement *settlement, uint64_t id)
{
    assert(settlement->order_ids_count < SETTLE_ORDERS_MAX);
    if (id != 0)
        settlement->order_ids[settlement->order_ids_count++] = id;
}

static void collect_orders(struct settlement *settlement)
{
    settlement->order_ids_count = 0;
    for (size_t b = 0; b < settlement->batches_count; b++) {
        struct result result;
        size_t offset = settlement->begin[b];
        while (offset < settlement->end[b] &&
               result_next(&settlement->batches[b], &offset, &result)) {
            if (result.kind == COMMAND_AMEND)
                add_order_id(settlement, result.order_id);
            for (uint32_t i = 0; i < result.items; i++) {
                struct result_item item;
                result_item_next(&settlement->batches[b], &offset, &item);
                if (item.kind == ITEM_LEVEL)
                    continue;
                add_order_id(settlement, item.order_id);
                if (item.kind == ITEM_TRADE)
                    add_order_id(settlement, item.other_order_id);
            }
        }
    }
    qsort(settlement->order_ids, settlement->order_ids_count, sizeof(uint64_t), compare_ids);
    size_t kept = 0;
    for (size_t i = 0; i < settlement->order_ids_count; i++)
        if (kept == 0 || settlement->order_ids[kept - 1] != settlement->order_ids[i])
            settlement->order_ids[kept++] = settlement->order_ids[i];
    settlement->order_ids_count = kept;
}

static void write_locking_sql(struct settlement *settlement, struct db *db)
{
    struct str *sql = &settlement->sql;
    str_clear(sql);
    str_add(sql, "START TRANSACTION;SELECT s.market_id, s.settled_seq, s.last_price, s.halted, "
                 "h.seq, h.digest, (SELECT c.command_seq FROM market_commands c WHERE "
                 "c.market_id = s.market_id) FROM market_settlements s LEFT JOIN seal_heads h ON "
                 "h.writer = CONCAT('settle:', s.market_id) WHERE s.market_id IN (");
    for (size_t i = 0; i < settlement->markets_count; i++)
        db_sql(db, sql, i == 0 ? "?" : ",?", DB_ARGS(DB_TEXT(settlement->markets[i].id)));
    str_add(sql, ") ORDER BY s.market_id FOR UPDATE;");
    if (settlement->order_ids_count == 0)
        return;
    str_add(sql, "SELECT " ORDER_COLUMNS " FROM orders o WHERE o.id IN (");
    for (size_t i = 0; i < settlement->order_ids_count; i++) {
        str_add(sql, i == 0 ? "" : ",");
        str_add_u64(sql, settlement->order_ids[i]);
    }
    str_add(sql, ") ORDER BY o.id FOR UPDATE;");
}

static uint32_t slot_of(const struct settlement *settlement, uint64_t id)
{
    return (uint32_t)(id * 0x9e3779b97f4a7c15ull >> 40) & settlement->index_mask;
}

static void index_clear(struct settlement *settlement)
{
    uint32_t slots = 16;
    while (slots < 2 * settlement->order_ids_count)
        slots *= 2;
    assert(slots <= SETTLE_INDEX);
    settlement->index_mask = slots - 1;
    memset(settlement->index, 0, slots * sizeof(settlement->index[0]));
}

void settlement_index_order(struct settlement *settlement, size_t at)
{
    uint32_t slot = slot_of(settlement, settlement->orders[at].id);
    while (settlement->index[slot])
        slot = (slot + 1) & settlement->index_mask;
    settlement->index[slot] = (uint32_t)at + 1;
}

struct order *settlement_order(struct settlement *settlement, uint64_t id)
{
    uint32_t slot = slot_of(settlement, id);
    for (; settlement->index[slot]; slot = (slot + 1) & settlement->index_mask)
        if (settlement->orders[settlement->index[slot] - 1].id == id)
            return &settlement->orders[settlement->index[slot] - 1];
    return NULL;
}

static bool take_market_row(struct settlement *settlement, struct db_result *rows, struct err *err)
{
    size_t at = settlement_market(settlement, db_get_text(rows, 0));
    assert(at < settlement->markets_count);
    struct settling_market *settling = &settlement->markets[at];
    const struct market *market = catalog_market(settlement->catalog, settling->id);
    if (!market)
        return err_set(err, ERR_INTERNAL, "market %s is not in the catalog", settling->id);
    settling->market = *market;
    const struct currency *base = catalog_currency(settlement->catalog, market->base);
    const struct currency *quote = catalog_currency(settlement->catalog, market->quote);
    assert(base && quote); /* foreign keys */
    settling->base_is_coin = base->is_coin;
    settling->quote_is_coin = quote->is_coin;
    settling->settled_before = settling->settled_seq = db_get_u64(rows, 1);
    settling->last_price = db_get_dec(rows, 2);
    settling->halted = db_get_bool(rows, 3);
    settling->seal.seq = db_get_u64(rows, 4);
    memset(settling->seal.digest, 0, sizeof(settling->seal.digest));
    if (!db_is_null(rows, 5)) {
        size_t length;
        const void *digest = db_get_bytes(rows, 5, &length);
        assert(length == sizeof(settling->seal.digest));
        memcpy(settling->seal.digest, digest, length);
    }
    settling->command_seq = db_get_u64(rows, 6);
    settling->first_journal_id = settling->last_journal_id = 0;
    settling->has_gap = false;
    str_clear(&settling->seal_text);
    return true;
}

static bool lock_rows(struct settlement *settlement, struct db *db, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    size_t found = 0;
    write_locking_sql(settlement, db);
    if (!db_query_str(db, &settlement->sql, &rows, err))
        return false;
    for (; db_row_next(rows); found++)
        if (!take_market_row(settlement, rows, err))
            return false;
    if (found != settlement->markets_count)
        return err_set(err, ERR_INTERNAL, "%zu of %zu markets have no row in market_settlements",
                       settlement->markets_count - found, settlement->markets_count);
    index_clear(settlement);
    settlement->orders_count = 0;
    if (settlement->order_ids_count > 0 && db_result_next(rows))
        while (db_row_next(rows)) {
            size_t at = settlement->orders_count++;
            order_from_row(rows, 0, &settlement->orders[at]);
            settlement->changed[at] = false;
            settlement_index_order(settlement, at);
        }
    return true;
}

/* ---- applying ---- */

static bool apply_batch(struct settlement *settlement, size_t index, size_t at, struct err *err)
{
    const struct batch *batch = &settlement->batches[at];
    struct settling_market *settling = &settlement->markets[index];
    struct result result;
    size_t offset = settlement->begin[at];
    while (offset < settlement->end[at] && result_next(batch, &offset, &result)) {
        /* A command is in the journal before a worker hears of it. */
        if (result.seq > settling->command_seq)
            return err_set(err, ERR_PROTOCOL, "result %lu, the journal ends at %lu",
                           (unsigned long)result.seq, (unsigned long)settling->command_seq);
        if (result.seq == settling->settled_seq + 1) {
            if (!settle_apply_result(settlement, index, batch, &offset, &result, err))
                return false;
            settling->settled_seq = result.seq;
            continue;
        }
        if (result.seq > settling->settled_seq) {
            settling->has_gap = true;
            return true;
        }
        struct result_item item; /* settled before: walk over it */
        for (uint32_t i = 0; i < result.items; i++)
            result_item_next(batch, &offset, &item);
    }
    uint64_t last = batch->header->first_seq + batch->header->count - 1;
    if (last == settling->settled_seq)
        settling->state_hash = batch->header->state_hash;
    return true;
}

/* Market after market, so that the journal ids of one market are consecutive (its seal). */
static bool apply_all(struct settlement *settlement, struct err *err)
{
    settlement->trades_count = settlement->entries_count = settlement->deltas_count = 0;
    settlement->levels_count = 0;
    settlement->order_changes = 0;
    settlement->journal_ids_used = 0;
    events_begin(&settlement->events);
    candles_begin(settlement->candles);
    for (size_t m = 0; m < settlement->markets_count; m++) {
        struct settling_market *settling = &settlement->markets[m];
        for (size_t b = 0; b < settlement->batches_count && !settling->is_stuck; b++) {
            if (strncmp(settlement->batches[b].header->market_id, settling->id, MARKET_ID_SIZE) !=
                0)
                continue;
            if (!apply_batch(settlement, m, b, err)) {
                settling->is_stuck = true;
                settling->reason = *err;
                return false;
            }
        }
    }
    return true;
}

static bool attempt(struct db *db, void *arg, struct err *err)
{
    struct settlement *settlement = arg;
    bool news = false;
    if (!lock_rows(settlement, db, err) || !apply_all(settlement, err))
        return false;
    for (size_t m = 0; m < settlement->markets_count; m++)
        news = news || settlement->markets[m].settled_seq != settlement->markets[m].settled_before;
    if (!news)
        return db_exec(db, "ROLLBACK", DB_NONE, NULL, err);
    return settle_write(settlement, db, err);
}

/* ---- after the commit ---- */

/* Whether the market data saw everything up to where this transaction began. */
static void note_fed(struct settlement *settlement, struct settling_market *settling)
{
    struct fed_market *fed = NULL;
    for (size_t i = 0; i < settlement->fed_count && !fed; i++)
        if (strcmp(settlement->fed[i].id, settling->id) == 0)
            fed = &settlement->fed[i];
    if (!fed) {
        assert(settlement->fed_count < MARKETS_MAX);
        fed = &settlement->fed[settlement->fed_count++];
        memcpy(fed->id, settling->id, sizeof(fed->id));
    } else if (fed->seq != settling->settled_before) {
        settling->was_missed = true;
    }
    fed->seq = settling->settled_seq;
}

static void feed_market_data(struct settlement *settlement)
{
    struct market_data *data = settlement->app->market_data;
    for (size_t m = 0; m < settlement->markets_count; m++)
        note_fed(settlement, &settlement->markets[m]);
    for (size_t i = 0; i < settlement->levels_count; i++) {
        const struct level_change *level = &settlement->levels[i];
        market_data_level(data, settlement->markets[level->market].id, level->side, level->price,
                          level->volume);
    }
    for (size_t i = 0; i < settlement->trades_count; i++) {
        const struct trade *trade = &settlement->trades[i];
        struct public_trade seen = {trade->id,    trade->price,      trade->amount,
                                    trade->total, trade->taker_side, trade->created_at};
        market_data_trade(data, trade->market_id, &seen);
    }
    for (size_t m = 0; m < settlement->markets_count; m++)
        if (market_data_is_short(data, settlement->markets[m].id))
            settlement->markets[m].was_missed = true;
}

static void count_metrics(struct settlement *settlement, int64_t took_us)
{
    struct metrics *metrics = settlement->app->metrics;
    int64_t results = 0;
    for (size_t m = 0; m < settlement->markets_count; m++) {
        const struct settling_market *settling = &settlement->markets[m];
        results += (int64_t)(settling->settled_seq - settling->settled_before);
        unsigned child = metric_label(metrics, METRIC_SETTLED_SEQ, settling->id);
        metric_set_labelled(metrics, METRIC_SETTLED_SEQ, child, (int64_t)settling->settled_seq);
        child = metric_label(metrics, METRIC_STATE_HASH, settling->id);
        metric_set_labelled(metrics, METRIC_STATE_HASH, child,
                            (int64_t)(settling->state_hash & ((1ull << 52) - 1)));
        child = metric_label(metrics, METRIC_MARKET_STUCK, settling->id);
        metric_set_labelled(metrics, METRIC_MARKET_STUCK, child, settling->is_stuck);
    }
    metric_add(metrics, METRIC_RESULTS_SETTLED, results);
    metric_add(metrics, METRIC_TRADES_SETTLED, (int64_t)settlement->trades_count);
    metric_add(metrics, METRIC_SETTLE_BATCHES, 1);
    metric_observe_us(metrics, METRIC_SETTLE_SECONDS, took_us);
}

static bool reserve_journal_ids(struct settlement *settlement, struct db *db, struct err *err)
{
    /* One id for each item and each result (an amend that failed) is the most that can be needed. */
    uint64_t most = SETTLE_ROOM + SETTLE_RESULTS_MAX;
    if (settlement->journal_ids_end - settlement->journal_id_next >= most)
        return true;
    uint64_t block = 4 * most;
    if (!sequence_reserve(db, "journal", block, &settlement->journal_id_next, err))
        return false;
    settlement->journal_ids_end = settlement->journal_id_next + block;
    return true;
}

static size_t count_stuck(const struct settlement *settlement)
{
    size_t count = 0;
    for (size_t m = 0; m < settlement->markets_count; m++)
        count += settlement->markets[m].is_stuck;
    return count;
}

/* Settles one window. */
static bool commit_window(struct settlement *settlement, struct db *db, struct err *err)
{
    int64_t began_us = clock_monotonic_us(settlement->app->clock);
    size_t stuck;
    bool done;
    choose_window(settlement);
    collect_orders(settlement);
    if (!reserve_journal_ids(settlement, db, err))
        return false;
    settlement->now_us = clock_now_us(settlement->app->clock);
    do { /* again without a market whose results were refused; at most once for each */
        stuck = count_stuck(settlement);
        done = db_retry(db, attempt, settlement, err);
    } while (!done && count_stuck(settlement) > stuck);
    if (!done) {
        /* Whether it was committed may be unknown: its ids are not used again. */
        settlement->journal_ids_end = settlement->journal_id_next = 0;
        return false;
    }
    settlement->journal_id_next += settlement->journal_ids_used;
    feed_market_data(settlement);
    count_metrics(settlement, clock_monotonic_us(settlement->app->clock) - began_us);
    accounting_outbox_wake(settlement->app);
    return true;
}

bool settlement_commit(struct settlement *settlement, struct db *db, struct err *err)
{
    assert(!settlement_is_empty(settlement));
    settlement->catalog = catalog_take(settlement->app->catalogs);
    bool done;
    do
        done = commit_window(settlement, db, err);
    while (done && next_window(settlement));
    catalog_give_back(settlement->catalog);
    settlement->catalog = NULL;
    return done;
}

size_t settlement_gaps(const struct settlement *settlement, const char **ret_markets, size_t max)
{
    size_t count = 0;
    for (size_t m = 0; m < settlement->markets_count && count < max; m++)
        if (settlement->markets[m].has_gap)
            ret_markets[count++] = settlement->markets[m].id;
    return count;
}

size_t settlement_missed(const struct settlement *settlement, const char **ret_markets, size_t max)
{
    size_t count = 0;
    for (size_t m = 0; m < settlement->markets_count && count < max; m++)
        if (settlement->markets[m].was_missed)
            ret_markets[count++] = settlement->markets[m].id;
    return count;
}

size_t settlement_stuck(const struct settlement *settlement, const char **ret_markets,
                        const struct err **ret_reasons, size_t max)
{
    size_t count = 0;
    for (size_t m = 0; m < settlement->markets_count && count < max; m++)
        if (settlement->markets[m].is_stuck) {
            ret_markets[count] = settlement->markets[m].id;
            ret_reasons[count++] = &settlement->markets[m].reason;
        }
    return count;
}
