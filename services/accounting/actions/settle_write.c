/*
 * The second round trip of settling: everything that settle_apply.c changed in memory becomes one
 * batch of statements that ends with COMMIT.
 */
#include <string.h>

#include "accounting/actions/settlement.h"
#include "accounting/domain/seal.h"
#include "accounting/store/order_row.h"
#include "accounting/store/settlements.h"

/* The rows of a market's chain, trades and entries merged by id. */
static void seal_market(struct settlement *settlement, struct settling_market *settling)
{
    size_t t = 0, e = 0;
    uint64_t first = settling->first_journal_id, last = settling->last_journal_id;
    while (t < settlement->trades_count && settlement->trades[t].id < first)
        t++;
    while (e < settlement->entries_count && settlement->entries[e].id < first)
        e++;
    for (uint64_t id = first; id <= last; id++) {
        if (t < settlement->trades_count && settlement->trades[t].id == id)
            seal_add_trade(&settling->seal_text, &settlement->trades[t++]);
        else if (e < settlement->entries_count && settlement->entries[e].id == id)
            seal_add_entry(&settling->seal_text, &settlement->entries[e++]);
        else
            UNREACHABLE("every journal id of the market is a trade or an entry");
    }
}

static void write_market(struct settlement *settlement, struct db *db,
                         struct settling_market *settling)
{
    if (settling->settled_seq == settling->settled_before)
        return;
    if (settling->first_journal_id) {
        char writer[8 + MARKET_ID_SIZE];
        snprintf(writer, sizeof(writer), "settle:%s", settling->id);
        seal_market(settlement, settling);
        seal_write_sql(db, &settlement->sql, writer, &settling->seal, &settling->seal_text,
                       settling->first_journal_id, settling->last_journal_id);
    }
    const struct settled settled = {
        .market_id = settling->id,
        .from_seq = settling->settled_before,
        .to_seq = settling->settled_seq,
        .last_price = settling->last_price,
        .halted = settling->halted,
        .state_hash = settling->state_hash,
    };
    settled_update_sql(db, &settlement->sql, &settled, settlement->now_us);
}

/* A transaction beyond one statement text: what there is goes out, the rest follows. */
static bool flush_sql(struct settlement *settlement, struct db *db, struct err *err)
{
    if (settlement->sql.length < SETTLE_FLUSH_BYTES)
        return true;
    bool sent = db_exec_str(db, &settlement->sql, NULL, err);
    str_clear(&settlement->sql);
    return sent;
}

static bool write_events(struct settlement *settlement, struct db *db, struct err *err)
{
    for (size_t i = 0; i < settlement->deltas_count; i++) {
        struct event_balance event = {.member_id = settlement->deltas[i].key.member_id};
        memcpy(event.currency_id, settlement->deltas[i].key.currency_id, sizeof(event.currency_id));
        events_add(&settlement->events, EVENT_BALANCE, &event, sizeof(event));
    }
    outbox_insert_sql(db, &settlement->sql, &settlement->events, settlement->now_us);
    return flush_sql(settlement, db, err);
}

bool settle_write(struct settlement *settlement, struct db *db, struct err *err)
{
    struct str *sql = &settlement->sql;
    size_t updates = 0;
    str_clear(sql);
    for (size_t i = 0; i < settlement->orders_count; i++)
        if (settlement->changed[i])
            settlement->updates[updates++] = &settlement->orders[i];
    settlement->deltas_count = account_deltas_merge(settlement->deltas, settlement->deltas_count);
    orders_update_sql(db, sql, settlement->updates, updates, settlement->order_changes,
                      settlement->now_us);
    if (!flush_sql(settlement, db, err))
        return false;
    trades_insert_sql(db, sql, settlement->trades, settlement->trades_count);
    ledger_insert_sql(db, sql, settlement->entries, settlement->entries_count);
    candles_write(db, sql, settlement->candles);
    if (!flush_sql(settlement, db, err) || !write_events(settlement, db, err))
        return false;
    for (size_t m = 0; m < settlement->markets_count; m++)
        if (!settlement->markets[m].is_stuck)
            write_market(settlement, db, &settlement->markets[m]);
    /* Last: new orders of the same members wait for these rows. */
    accounts_update_sql(db, sql, settlement->deltas, settlement->deltas_count, settlement->now_us);
    str_add(sql, "COMMIT");
    return db_exec_str(db, sql, NULL, err);
}
