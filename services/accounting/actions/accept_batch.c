/*
 * Inside of the group commit. Read downwards: prepare what may be read before the transaction, lock,
 * decide one intake after the other against the locked rows, write, send on.
 */
#include "accounting/actions/accept_batch.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accept_decide.h"
#include "accounting/actions/accept_memory.h"
#include "accounting/actions/accounting.h"
#include "accounting/actions/limits.h"
#include "accounting/actions/parcel.h"
#include "accounting/domain/event.h"
#include "accounting/domain/seal.h"
#include "accounting/store/journal.h"
#include "accounting/store/journal_sql.h"
#include "accounting/store/order_row.h"
#include "accounting/store/sql.h"
#include "base/auto.h"
#include "base/queue.h"

#define WRITER "accept"

DEFINE_AUTO(struct db_result, db_result_free);

struct accept_batch *accept_batch_new(struct accounting *app)
{
    struct accept_batch *batch = calloc(1, sizeof(*batch));
    if (!batch)
        return NULL;
    batch->app = app;
    batch->sql = STR_INIT(ACCEPT_SQL_BYTES_MAX);
    batch->seal_text = STR_INIT(ACCEPT_SQL_BYTES_MAX);
    batch->events = STR_INIT(EVENTS_BYTES_MAX);
    batch->wire = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    return batch;
}

void accept_batch_free(struct accept_batch *batch)
{
    if (!batch)
        return;
    str_release(&batch->sql);
    str_release(&batch->seal_text);
    str_release(&batch->events);
    str_release(&batch->wire);
    free(batch);
}

/* ---- before the transaction ---- */

static bool reserve_ids(struct accept_batch *batch, struct db *db, struct err *err)
{
    /* Ids of a transaction are consecutive: a block that is nearly used up is left behind. */
    if (batch->order_ids_end - batch->order_id_next < batch->count) {
        if (!sequence_reserve(db, "orders", ID_BLOCK, &batch->order_id_next, err))
            return false;
        batch->order_ids_end = batch->order_id_next + ID_BLOCK;
    }
    if (batch->journal_ids_end - batch->journal_id_next < batch->count) {
        if (!sequence_reserve(db, "journal", ID_BLOCK, &batch->journal_id_next, err))
            return false;
        batch->journal_ids_end = batch->journal_id_next + ID_BLOCK;
    }
    return true;
}

static bool is_about_an_order(const struct intake *intake)
{
    return intake->kind == INTAKE_CANCEL || intake->kind == INTAKE_AMEND;
}

/* Appends the ids, or the uuids, of the orders that the batch is about. Gives how many. */
static size_t add_order_keys(struct accept_batch *batch, struct db *db, bool uuids)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct intake *intake = batch->intakes[i];
        if (!is_about_an_order(intake) || intake->by_uuid != uuids)
            continue;
        str_add(&batch->sql, count++ > 0 ? "," : "");
        if (uuids)
            db_sql(db, &batch->sql, "?",
                   DB_ARGS(DB_BYTES(intake->order.uuid.bytes, sizeof(intake->order.uuid.bytes))));
        else
            str_add_u64(&batch->sql, intake->order.id);
    }
    return count;
}

static void take_order(struct accept_batch *batch, const struct order *order)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct intake *intake = batch->intakes[i];
        if (!is_about_an_order(intake) || intake->found)
            continue;
        bool same = intake->by_uuid
                        ? memcmp(&intake->order.uuid, &order->uuid, sizeof(order->uuid)) == 0
                        : intake->order.id == order->id;
        /* Somebody else's order is as good as none. */
        if (!same || (intake->order.member_id && intake->order.member_id != order->member_id))
            continue;
        intake->order = *order;
        intake->found = true;
    }
}

/*
 * Cancels and amends name an order; its market tells which journal the command goes to. Owner and
 * market never change, so that they may be read before the transaction; the state that is read here
 * is only what the answer to a cancel shows.
 */
static bool read_orders(struct accept_batch *batch, struct db *db, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    str_clear(&batch->sql);
    str_add(&batch->sql, "SELECT " ORDER_COLUMNS " FROM orders o WHERE o.id IN (");
    size_t count = add_order_keys(batch, db, false);
    str_add(&batch->sql, count > 0 ? ")" : "0)");
    str_add(&batch->sql, " UNION ALL SELECT " ORDER_COLUMNS " FROM orders o WHERE o.uuid IN (");
    size_t uuids = add_order_keys(batch, db, true);
    str_add(&batch->sql, uuids > 0 ? ")" : "'')");
    if (count + uuids == 0)
        return true;
    if (!db_query_str(db, &batch->sql, &rows, err))
        return false;
    while (db_row_next(rows)) {
        struct order order;
        order_from_row(rows, 0, &order);
        take_order(batch, &order);
    }
    return true;
}

/* ---- the first round trip: lock ---- */

static void add_market(struct accept_batch *batch, const char *market_id)
{
    for (size_t i = 0; i < batch->markets_count; i++)
        if (strcmp(batch->markets[i].id, market_id) == 0)
            return;
    struct market_commands *market = &batch->markets[batch->markets_count++];
    memset(market, 0, sizeof(*market));
    memcpy(market->id, market_id, strnlen(market_id, MARKET_ID_SIZE - 1));
}

static int compare_markets(const void *a, const void *b)
{
    return strcmp(((const struct market_commands *)a)->id, ((const struct market_commands *)b)->id);
}

static void collect_keys(struct accept_batch *batch)
{
    batch->markets_count = batch->keys_count = batch->amends_count = batch->clients_count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct intake *intake = batch->intakes[i];
        if (is_about_an_order(intake) && !intake->found)
            continue;
        const struct order *order = &intake->order;
        add_market(batch, is_about_an_order(intake) ? order->market_id : intake->market.id);
        if (intake->kind == INTAKE_SUBMIT) {
            batch->keys[batch->keys_count++] =
                account_key(order->member_id, order_outcome(&intake->market, order->side));
            batch->clients_count += order->client_order_id[0] != '\0';
        } else if (intake->kind == INTAKE_AMEND) {
            batch->amends_count++;
            batch->keys[batch->keys_count++] =
                account_key(order->member_id, order_outcome(&intake->market, order->side));
        }
    }
    batch->keys_count = account_keys_sort(batch->keys, batch->keys_count);
    qsort(batch->markets, batch->markets_count, sizeof(batch->markets[0]), compare_markets);
}

static void add_client_keys(struct accept_batch *batch, struct db *db)
{
    bool first = true;
    str_add(&batch->sql, "SELECT c.member_id, c.client_order_id, c.order_id, c.request_digest FROM "
                         "(WITH k (m, c) AS (VALUES ");
    for (size_t i = 0; i < batch->count; i++) {
        const struct order *order = &batch->intakes[i]->order;
        if (batch->intakes[i]->kind != INTAKE_SUBMIT || !order->client_order_id[0])
            continue;
        db_sql_row(db, &batch->sql, first,
                   DB_ARGS(DB_U64(order->member_id), DB_TEXT(order->client_order_id)));
        first = false;
    }
    str_add(&batch->sql, ") SELECT * FROM k) n STRAIGHT_JOIN client_orders c ON c.member_id = n.m "
                         "AND c.client_order_id = CONVERT(n.c USING ascii) COLLATE ascii_bin;");
}

/* Locks in this order: market, orders, accounts, seal. Who only writes, comes to accounts last. */
static void write_locking_sql(struct accept_batch *batch, struct db *db)
{
    struct str *sql = &batch->sql;
    str_clear(sql);
    str_add(sql, "START TRANSACTION;SELECT market_id, command_seq FROM market_commands WHERE "
                 "market_id IN (");
    for (size_t i = 0; i < batch->markets_count; i++)
        db_sql(db, sql, i == 0 ? "?" : ",?", DB_ARGS(DB_TEXT(batch->markets[i].id)));
    str_add(sql, ") ORDER BY market_id FOR UPDATE;");
    if (batch->clients_count > 0)
        add_client_keys(batch, db);
    if (batch->amends_count > 0) {
        bool first = true;
        str_add(sql, "SELECT " ORDER_COLUMNS ", (SELECT s.settled_seq FROM market_settlements s "
                     "WHERE s.market_id = o.market_id) FROM orders o WHERE o.id IN (");
        for (size_t i = 0; i < batch->count; i++)
            if (batch->intakes[i]->kind == INTAKE_AMEND && batch->intakes[i]->found) {
                str_add(sql, first ? "" : ",");
                str_add_u64(sql, batch->intakes[i]->order.id);
                first = false;
            }
        str_add(sql, ") ORDER BY o.id FOR UPDATE;");
    }
    if (batch->keys_count > 0)
        accounts_lock_sql(db, sql, batch->keys, batch->keys_count);
    seal_lock_sql(db, sql, WRITER);
}

static bool take_market_rows(struct accept_batch *batch, struct db_result *rows, struct err *err)
{
    for (size_t i = 0; i < batch->markets_count; i++) {
        struct market_commands *market = &batch->markets[i];
        if (!db_row_next(rows) || strcmp(db_get_text(rows, 0), market->id) != 0)
            return err_set(err, ERR_INTERNAL, "market %s has no row in market_commands",
                           market->id);
        market->command_seq = market->first_seq = db_get_u64(rows, 1);
    }
    return true;
}

static bool lock_rows(struct accept_batch *batch, struct db *db, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    write_locking_sql(batch, db);
    if (!db_query_str(db, &batch->sql, &rows, err) || !take_market_rows(batch, rows, err))
        return false;
    bool more = db_result_next(rows);
    if (batch->clients_count > 0 && more) {
        accept_take_clients(batch, rows);
        more = db_result_next(rows);
    }
    if (batch->amends_count > 0 && more) {
        accept_take_amended(batch, rows);
        more = db_result_next(rows);
    }
    batch->accounts_count = 0;
    if (batch->keys_count > 0 && more) {
        batch->accounts_count = accounts_from_rows(rows, batch->accounts);
        more = db_result_next(rows);
    }
    if (!more)
        return err_set(err, ERR_INTERNAL, "the locked rows did not all come back");
    seal_head_from_rows(rows, &batch->seal);
    return true;
}

/* ---- the second round trip: write ---- */

static void write_client_orders(struct accept_batch *batch, struct db *db)
{
    bool first = true;
    for (size_t i = 0; i < batch->orders_count; i++) {
        const struct order *order = batch->orders[i];
        if (!order->client_order_id[0])
            continue;
        uint8_t digest[32];
        accept_request_digest(order, digest);
        if (first)
            str_add(&batch->sql, "INSERT INTO client_orders (member_id, client_order_id, order_id, "
                                 "request_digest) VALUES ");
        db_sql_row(db, &batch->sql, first,
                   DB_ARGS(DB_U64(order->member_id), DB_TEXT(order->client_order_id),
                           DB_U64(order->id), DB_BYTES(digest, sizeof(digest))));
        first = false;
    }
    if (!first)
        str_add(&batch->sql, ";");
}

static void write_amends(struct accept_batch *batch, struct db *db)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct intake *intake = batch->intakes[i];
        if (intake->kind != INTAKE_AMEND || !intake->ok)
            continue;
        const struct order *order = &intake->order;
        db_sql(db, &batch->sql,
               "UPDATE orders SET locked = ?, origin_locked = ?, amend_seq = ?, updated_at = ? "
               "WHERE id = ?;",
               DB_ARGS(DB_DEC(order->locked), DB_DEC(order->origin_locked),
                       DB_U64(order->amend_seq), DB_TIME(batch->now_us), DB_U64(order->id)));
        sql_expect_rows(&batch->sql, 1);
    }
}

/* One row of the journal for each market: its commands of this batch, as they will be sent. */
static void write_commands(struct accept_batch *batch, struct db *db)
{
    struct command commands[ACCEPT_BATCH_MAX];
    for (size_t m = 0; m < batch->markets_count; m++) {
        const struct market_commands *market = &batch->markets[m];
        size_t count = 0;
        for (size_t i = 0; i < batch->commands_count; i++)
            if (batch->command_market[i] == m)
                commands[count++] = batch->commands[i];
        if (count == 0)
            continue;
        str_clear(&batch->wire);
        command_batch_write(&batch->wire, market->id, commands, count);
        assert(str_ok(&batch->wire));
        db_sql(
            db, &batch->sql,
            "INSERT INTO command_batches (market_id, last_seq, first_seq, batch, created_at) "
            "VALUES (?, ?, ?, ?, ?);",
            DB_ARGS(DB_TEXT(market->id), DB_U64(market->command_seq), DB_U64(market->first_seq + 1),
                    DB_BYTES(str_data(&batch->wire), batch->wire.length), DB_TIME(batch->now_us)));
        batch->parcels[m] = parcel_new(market->id, market->first_seq + 1, market->command_seq,
                                       str_data(&batch->wire), batch->wire.length);
    }
}

/* The markets, which everybody locks first, move on from where they were locked or remembered. */
static void write_markets(struct accept_batch *batch, struct db *db)
{
    for (size_t m = 0; m < batch->markets_count; m++) {
        const struct market_commands *market = &batch->markets[m];
        if (market->command_seq == market->first_seq)
            continue;
        db_sql(
            db, &batch->sql,
            "UPDATE market_commands SET command_seq = ? WHERE market_id = ? AND command_seq = ?;",
            DB_ARGS(DB_U64(market->command_seq), DB_TEXT(market->id), DB_U64(market->first_seq)));
        sql_expect_rows(&batch->sql, 1);
    }
}

static void write_everything(struct accept_batch *batch, struct db *db)
{
    struct str *sql = &batch->sql;
    write_markets(batch, db);
    batch->deltas_count = account_deltas_merge(batch->deltas, batch->deltas_count);
    orders_insert_sql(db, sql, batch->orders, batch->orders_count);
    write_client_orders(batch, db);
    write_amends(batch, db);
    write_commands(batch, db);

    str_clear(&batch->seal_text);
    for (size_t i = 0; i < batch->entries_count; i++)
        seal_add_entry(&batch->seal_text, &batch->entries[i]);
    ledger_insert_sql(db, sql, batch->entries, batch->entries_count);
    if (batch->entries_count > 0)
        seal_write_sql(db, sql, WRITER, &batch->seal, &batch->seal_text, batch->entries[0].id,
                       batch->entries[batch->entries_count - 1].id);

    events_begin(&batch->events);
    for (size_t i = 0; i < batch->orders_count; i++) {
        struct event_order event;
        memset(&event, 0, sizeof(event));
        event.order = *batch->orders[i];
        event.change = ORDER_CREATED;
        events_add(&batch->events, EVENT_ORDER, &event, sizeof(event));
    }
    for (size_t i = 0; i < batch->deltas_count; i++) {
        struct event_balance event = {.member_id = batch->deltas[i].key.member_id};
        memcpy(event.currency_id, batch->deltas[i].key.currency_id, sizeof(event.currency_id));
        events_add(&batch->events, EVENT_BALANCE, &event, sizeof(event));
    }
    outbox_insert_sql(db, sql, &batch->events, batch->now_us);
    accounts_create_sql(db, sql, batch->new_keys, batch->new_keys_count, batch->now_us);
    accounts_update_sql(db, sql, batch->deltas, batch->deltas_count, batch->now_us);
    str_add(sql, "COMMIT"); /* at once: the settler waits for these rows of accounts */
}

static void drop_parcels(struct accept_batch *batch)
{
    for (size_t m = 0; m < batch->markets_count; m++) {
        free(batch->parcels[m]);
        batch->parcels[m] = NULL;
    }
}

static bool attempt(struct db *db, void *arg, struct err *err)
{
    struct accept_batch *batch = arg;
    drop_parcels(batch);
    if (!lock_rows(batch, db, err))
        return false;
    accept_decide(batch);
    if (batch->commands_count == 0)
        return db_exec(db, "ROLLBACK", DB_NONE, NULL, err);
    str_clear(&batch->sql);
    write_everything(batch, db);
    return db_exec_str(db, &batch->sql, NULL, err);
}

/* The same in one round trip, from memory. */
static bool attempt_recalled(struct db *db, void *arg, struct err *err)
{
    struct accept_batch *batch = arg;
    drop_parcels(batch);
    str_clear(&batch->sql);
    batch->seal = batch->known_seal;
    str_add(&batch->sql, "START TRANSACTION;");
    write_everything(batch, db);
    return db_exec_str(db, &batch->sql, NULL, err);
}

/* Whether it was committed from memory. A failure that tells that the memory was wrong is none: what it
 * refused is decided again. */
static bool commit_recalled(struct accept_batch *batch, struct db *db, bool *ret_again,
                            struct err *err)
{
    *ret_again = true;
    if (!accept_recall(batch))
        return false;
    accept_decide(batch);
    if (batch->commands_count == 0 || !accept_recall_holds(batch))
        return false;
    if (db_retry(db, attempt_recalled, batch, err))
        return true;
    accept_forget(batch);
    *ret_again = err->code == ERR_INTERNAL || err->code == ERR_CONFLICT;
    return false;
}

/* ---- after the commit ---- */

/* A replayed request shows the order that it made the first time. */
static bool read_original(struct db *db, struct intake *intake, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT " ORDER_COLUMNS " FROM orders o WHERE o.id = ?",
                  DB_ARGS(DB_U64(intake->replayed_id)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "a client order id without its order");
    order_from_row(rows, 0, &intake->order);
    return true;
}

static void answer_replayed(struct accept_batch *batch, struct db *db)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct intake *intake = batch->intakes[i];
        if (!intake->ok || !intake->replayed)
            continue;
        if (intake->original)
            intake->order = intake->original->order;
        else
            intake->ok = read_original(db, intake, &intake->err);
    }
}

static void send_on(struct accept_batch *batch)
{
    for (size_t m = 0; m < batch->markets_count; m++) {
        /* A full queue loses nothing: the relay reads what it missed from the journal. */
        if (batch->parcels[m] && queue_push(batch->app->parcels, batch->parcels[m]))
            batch->parcels[m] = NULL;
    }
    drop_parcels(batch);
    accounting_outbox_wake(batch->app);
}

bool accept_batch_commit(struct accept_batch *batch, struct db *db, struct intake **intakes,
                         size_t count, struct err *err)
{
    assert(count > 0 && count <= ACCEPT_BATCH_MAX);
    batch->intakes = intakes;
    batch->count = count;
    batch->now_us = clock_now_us(batch->app->clock);
    for (size_t i = 0; i < count; i++)
        intakes[i]->found = false;
    if (!reserve_ids(batch, db, err) || !read_orders(batch, db, err))
        return false;
    collect_keys(batch);
    if (batch->markets_count == 0) { /* cancels of orders that nobody has */
        accept_decide(batch);
        return true;
    }
    bool again;
    if (!commit_recalled(batch, db, &again, err) &&
        (!again || !db_retry(db, attempt, batch, err))) {
        drop_parcels(batch);
        accept_forget(batch);
        /* Whether it was committed may be unknown: its ids are not used again. */
        batch->order_ids_end = batch->order_id_next = 0;
        batch->journal_ids_end = batch->journal_id_next = 0;
        return false;
    }
    accept_remember(batch);
    accept_commit_ids(batch);
    send_on(batch);
    answer_replayed(batch, db);
    return true;
}
