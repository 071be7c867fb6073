/*
 * The trading pipeline in one process on a real MariaDB: random orders, cancels and amends go through
 * the group commit, the engine and the settler; results come twice, in parts, and with gaps. At the
 * end the books are derived again with SQL that shares nothing with the pipeline.
 *
 * Needs the environment of bourse-accounting (DB_*) and an empty schema: tests/integration/run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/actions/accept_batch.h"
#include "accounting/actions/accounting.h"
#include "accounting/actions/journal_prune.h"
#include "accounting/actions/limits.h"
#include "accounting/actions/parcel.h"
#include "accounting/actions/pnl.h"
#include "accounting/actions/results_settle.h"
#include "accounting/actions/seed.h"
#include "accounting/domain/conversion.h"
#include "accounting/marketdata/market_data.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "accounting/store/command_batches.h"
#include "accounting/store/matching_read.h"
#include "accounting/store/operations_read.h"
#include "accounting/store/sql.h"
#include "base/arena.h"
#include "base/queue.h"
#include "db/db.h"
#include "matching/engine/book.h"

enum { MEMBERS = 4, ROUNDS = 150, OPEN_MAX = 4096 };
#define MARKET "btcusd"

struct world {
    struct accounting app;
    struct db *db, *root;
    struct accept_batch *batch;
    struct settlement *settlement;
    struct book *book;
    struct str results[ROUNDS * 2];
    size_t results_count;
    uint64_t members[MEMBERS];
    uint64_t open[OPEN_MAX];
    size_t open_count;
    uint64_t random;
};

static uint64_t draw(struct world *world, uint64_t below)
{
    world->random = world->random * 6364136223846793005ull + 1442695040888963407ull;
    return (world->random >> 33) % below;
}

static void must(bool ok, const struct err *err)
{
    if (!ok)
        fail_msg("%s: %s", err_name(err->code), err->what);
}

static uint64_t query_u64(struct world *world, const char *sql)
{
    struct db_result *rows = NULL;
    struct err err;
    must(db_query(world->root, sql, DB_NONE, &rows, &err), &err);
    assert_true(db_row_next(rows));
    uint64_t value = db_get_u64(rows, 0);
    db_result_free(rows);
    return value;
}

static struct db *open_as(const char *user, const char *password)
{
    const struct db_config config = {.socket = getenv("DB_SOCKET"),
                                     .user = user,
                                     .password = password,
                                     .name = getenv("DB_NAME")};
    struct db *db = NULL;
    struct err err;
    must(db_open(&config, &db, &err), &err);
    return db;
}

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct accounting *app = &world->app;
    struct err err;
    *state = world;
    world->random = 42;
    world->root = open_as(getenv("DB_MIGRATE_USER"), getenv("DB_MIGRATE_PASSWORD"));
    must(db_migrate(world->root, "services/accounting/migrations", NULL, &err), &err);
    must(seed_run(world->root, "deploy/seed", &clock_real, NULL, &err), &err);
    world->db = open_as(getenv("DB_USER"), getenv("DB_PASSWORD"));
    app->clock = &clock_real;
    app->metrics = metrics_new("test", accounting_metrics, METRIC_MAX);
    app->catalogs = catalogs_new();
    app->market_data = market_data_new();
    app->parcels = queue_new(PARCELS_MAX);
    app->outbox_signal = queue_new(1);
    must(catalog_reload(app->catalogs, world->db, &err), &err);
    world->batch = accept_batch_new(app);
    world->settlement = settlement_new(app);
    world->book = book_new(1 << 16);
    struct db_result *rows = NULL;
    must(db_query(world->db, "SELECT id FROM members ORDER BY id", DB_NONE, &rows, &err), &err);
    for (size_t i = 0; i < MEMBERS; i++) {
        assert_true(db_row_next(rows));
        world->members[i] = db_get_u64(rows, 0);
    }
    db_result_free(rows);
    return 0;
}

static int world_free(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->results_count; i++)
        str_release(&world->results[i]);
    book_free(world->book);
    settlement_free(world->settlement);
    accept_batch_free(world->batch);
    queue_free(world->app.outbox_signal);
    queue_free(world->app.parcels);
    market_data_free(world->app.market_data);
    catalogs_free(world->app.catalogs);
    metrics_free(world->app.metrics);
    db_close(world->db);
    db_close(world->root);
    free(world);
    return 0;
}

/* ---- making intakes ---- */

static struct dec number(uint64_t units, unsigned scale)
{
    struct dec value = DEC_ZERO;
    assert_true(dec_from_scaled(units, scale, &value));
    return value;
}

static void make_submit(struct world *world, struct intake *intake)
{
    const struct catalog *catalog = catalog_take(world->app.catalogs);
    const struct market *market = catalog_market(catalog, MARKET);
    assert_non_null(market);
    memset(intake, 0, sizeof(*intake));
    intake->kind = INTAKE_SUBMIT;
    intake->market = *market;
    intake->base_is_coin = true;
    struct order *order = &intake->order;
    memcpy(order->market_id, market->id, sizeof(order->market_id));
    order->member_id = world->members[draw(world, MEMBERS)];
    order->side = draw(world, 2) ? SIDE_SELL : SIDE_BUY;
    order->price = number(5000000 + draw(world, 40) * 100, 2);
    order->volume = order->origin_volume = number(1 + draw(world, 500), 4);
    order->maker_fee = number(1, 3);
    order->taker_fee = number(2, 3);
    order->stp = (enum stp_mode)(draw(world, 10) < 3 ? draw(world, 4) : 0);
    uint64_t kind = draw(world, 20);
    if (kind < 3) {
        order->time_in_force = (enum time_in_force)(1 + draw(world, 3));
    } else if (kind < 5) {
        order->type = TYPE_MARKET;
        order->price = DEC_ZERO;
        intake->estimate = number(50000 + draw(world, 5000), 0);
    } else if (kind < 7) {
        order->type = draw(world, 2) ? TYPE_STOP_LIMIT : TYPE_STOP_MARKET;
        order->stop_price = number(5000000 + draw(world, 40) * 100, 2);
        if (order->type == TYPE_STOP_MARKET)
            order->price = DEC_ZERO;
    }
    catalog_give_back(catalog);
}

static void make_other(struct world *world, struct intake *intake)
{
    uint64_t id = world->open[draw(world, world->open_count)];
    bool amend = draw(world, 3) == 0;
    make_submit(world, intake);
    struct dec price = intake->order.price, volume = intake->order.volume;
    struct db_result *rows = NULL;
    struct err err;
    must(db_query(world->db, "SELECT member_id, side FROM orders WHERE id = ?", DB_ARGS(DB_U64(id)),
                  &rows, &err),
         &err);
    assert_true(db_row_next(rows));
    memset(&intake->order, 0, sizeof(intake->order));
    intake->order.id = id;
    intake->order.member_id = db_get_u64(rows, 0);
    intake->order.side = (enum side)db_get_u64(rows, 1);
    db_result_free(rows);
    intake->kind = amend ? INTAKE_AMEND : INTAKE_CANCEL;
    intake->new_price = draw(world, 2) ? price : DEC_ZERO;
    intake->new_volume = volume;
}

/* ---- one round: accept, match, settle ---- */

static void accept_round(struct world *world, size_t count)
{
    struct intake *intakes = calloc(count, sizeof(*intakes));
    struct intake *pointers[64];
    struct err err;
    assert_true(count <= ARRAY_LEN(pointers));
    for (size_t i = 0; i < count; i++) {
        pointers[i] = &intakes[i];
        if (world->open_count > 8 && draw(world, 4) == 0)
            make_other(world, &intakes[i]);
        else
            make_submit(world, &intakes[i]);
    }
    must(accept_batch_commit(world->batch, world->db, pointers, count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        if (!intakes[i].ok)
            assert_int_not_equal(intakes[i].err.code, ERR_INTERNAL);
        if (intakes[i].ok && intakes[i].kind == INTAKE_SUBMIT && world->open_count < OPEN_MAX)
            world->open[world->open_count++] = intakes[i].order.id;
    }
    free(intakes);
}

/* The commands that wait become one result batch. */
static void match_round(struct world *world)
{
    void *parcels[PARCELS_MAX];
    size_t count = queue_drain(world->app.parcels, parcels, PARCELS_MAX, 0);
    for (size_t p = 0; p < count; p++) {
        struct parcel *parcel = parcels[p];
        struct batch batch;
        struct err err;
        must(command_batch_read(parcel->bytes, parcel->length, &batch, &err), &err);
        struct str *out = &world->results[world->results_count++];
        *out = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
        result_batch_begin(out, MARKET, batch.header->first_seq);
        for (uint32_t i = 0; i < batch.header->count; i++) {
            struct command command;
            command_get(&batch, i, &command);
            assert_true(book_apply(world->book, &command, out));
        }
        result_batch_end(out, batch.header->count, book_state_hash(world->book));
        free(parcel);
    }
}

static void settle(struct world *world, size_t first, size_t last)
{
    struct err err;
    for (size_t i = first; i < last; i++) {
        struct batch batch;
        must(result_batch_read(world->results[i].data, world->results[i].length, &batch, &err),
             &err);
        assert_true(settlement_add(world->settlement, &batch));
    }
    must(settlement_commit(world->settlement, world->db, &err), &err);
    const char *markets[4];
    const struct err *reasons[4];
    if (settlement_stuck(world->settlement, markets, reasons, 4) > 0)
        fail_msg("stuck: %s", reasons[0]->what);
    settlement_clear(world->settlement);
}

/* ---- what must hold at the end, derived with SQL that shares nothing with the pipeline ---- */

static const char *const nothing_may_be_found[][2] = {
    {"locked is what the open orders lock",
     "SELECT COUNT(*) FROM (SELECT a.member_id, a.currency_id, a.locked, COALESCE(SUM(o.locked), "
     "0) s "
     "FROM accounts a LEFT JOIN markets m ON TRUE LEFT JOIN orders o ON o.member_id = a.member_id "
     "AND "
     "o.state = 100 AND o.market_id = m.id AND a.currency_id = IF(o.side = 0, m.quote_unit, "
     "m.base_unit) GROUP BY 1, 2, 3 HAVING a.locked <> s) x"},
    {"filled orders are filled, open ones are not",
     "SELECT COUNT(*) FROM orders WHERE volume < 0 OR volume > origin_volume OR locked < 0 OR "
     "(state = 200) <> (volume = 0 AND state <> -100)"},
    {"executed volume is the sum of the trades",
     "SELECT COUNT(*) FROM (SELECT o.id, o.origin_volume - o.volume v, o.trades_count c, "
     "COALESCE(SUM(t.amount), 0) s, COUNT(t.id) n FROM orders o LEFT JOIN trades t ON "
     "o.id IN (t.maker_order_id, t.taker_order_id) GROUP BY 1, 2, 3 HAVING v <> s OR c <> n) x"},
    {"total is price times amount", "SELECT COUNT(*) FROM trades WHERE total <> price * amount"},
    {"quote currency is conserved",
     "SELECT COUNT(*) FROM (SELECT c.id, (SELECT SUM(balance + locked) FROM accounts WHERE "
     "currency_id = c.id) l, (SELECT SUM(amount_a) FROM ledger WHERE currency_id = c.id AND code_a "
     "DIV 100 = 1) a, (SELECT COALESCE(SUM(IF(t.quote_unit = c.id, t.seller_fee_amount, 0) + "
     "IF(t.base_unit = c.id, t.buyer_fee_amount, 0)), 0) FROM trades t) r FROM currencies c HAVING "
     "l + r <> a) x"},
};

static void pipeline__random_stream__books_and_hash_agree(void **state)
{
    struct world *world = *state;
    size_t settled = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        accept_round(world, 1 + draw(world, 60));
        match_round(world);
        if (draw(world, 4) == 0)
            continue; /* let results pile up: a larger transaction */
        if (world->results_count - settled > 1 && draw(world, 3) == 0)
            settle(world, settled + 1, world->results_count); /* a gap: nothing may happen */
        settle(world, settled, world->results_count);
        settled = world->results_count;
        if (settled > 2 && draw(world, 3) == 0)
            settle(world, settled - 2, settled); /* again: nothing may happen */
    }
    settle(world, settled, world->results_count);
    assert_int_equal(query_u64(world,
                               "SELECT settled_seq FROM market_settlements WHERE market_id = "
                               "'" MARKET "'"),
                     book_seq(world->book));
    assert_true(query_u64(world, "SELECT COUNT(*) FROM trades") > 100);
    for (size_t i = 0; i < ARRAY_LEN(nothing_may_be_found); i++)
        if (query_u64(world, nothing_may_be_found[i][1]) != 0)
            fail_msg("not true: %s", nothing_may_be_found[i][0]);
    assert_int_equal(query_u64(world, "SELECT COUNT(*) FROM orders WHERE state = 100 AND market_id "
                                      "= '" MARKET "'"),
                     book_orders(world->book));
}

static void accept__same_client_order_id__makes_one_order(void **state)
{
    struct world *world = *state;
    struct intake intakes[3];
    struct intake *pointers[3] = {&intakes[0], &intakes[1], &intakes[2]};
    struct err err;
    for (size_t i = 0; i < 3; i++) {
        world->random = 7; /* the same order each time */
        do
            make_submit(world, &intakes[i]);
        while (intakes[i].order.type != TYPE_LIMIT || intakes[i].order.time_in_force != TIF_GTC);
        memcpy(intakes[i].order.client_order_id, "twin-1", sizeof("twin-1"));
    }
    intakes[2].order.volume = intakes[2].order.origin_volume = number(77, 4);
    uint64_t before = query_u64(world, "SELECT COUNT(*) FROM orders");
    must(accept_batch_commit(world->batch, world->db, pointers, 3, &err), &err);
    assert_true(intakes[0].ok && intakes[1].ok);
    assert_false(intakes[2].ok);
    assert_int_equal(intakes[2].err.code, ERR_CLIENT_ID_REUSED);
    assert_true(intakes[1].replayed);
    assert_int_equal(intakes[0].order.id, intakes[1].order.id);
    must(accept_batch_commit(world->batch, world->db, &pointers[1], 1, &err), &err);
    assert_true(intakes[1].ok && intakes[1].replayed);
    assert_int_equal(intakes[0].order.id, intakes[1].order.id);
    assert_int_equal(query_u64(world, "SELECT COUNT(*) FROM orders"), before + 1);
    match_round(world);
    settle(world, world->results_count - 1, world->results_count);
}

static void expect_rows__another_count__fails_before_the_commit(void **state)
{
    struct world *world = *state;
    struct str sql = STR_INIT(1024);
    struct err err;
    for (size_t rows = 0; rows < 3; rows++) {
        str_clear(&sql);
        str_add(&sql,
                "START TRANSACTION; UPDATE market_settlements SET state_hash = state_hash + 1 "
                "WHERE market_id = '" MARKET "';");
        sql_expect_rows(&sql, rows);
        str_add(&sql, "COMMIT");
        uint64_t before = query_u64(world, "SELECT SUM(state_hash) FROM market_settlements");
        assert_int_equal(db_exec_str(world->db, &sql, NULL, &err), rows == 1);
        if (rows != 1)
            must(db_exec(world->db, "ROLLBACK", DB_NONE, NULL, &err), &err);
        assert_int_equal(query_u64(world, "SELECT SUM(state_hash) FROM market_settlements"),
                         before + (rows == 1));
    }
    must(db_exec(world->db,
                 "UPDATE market_settlements SET state_hash = state_hash - 1 WHERE "
                 "market_id = '" MARKET "'",
                 DB_NONE, NULL, &err),
         &err);
    str_release(&sql);
}

static void accept__more_orders_than_funds__refuses_those_alone(void **state)
{
    struct world *world = *state;
    static struct intake intakes[50];
    struct intake *pointers[50];
    struct err err;
    size_t accepted = 0;
    struct db_result *rows = NULL;
    must(db_query(world->db,
                  "SELECT balance FROM accounts WHERE member_id = ? AND currency_id = "
                  "'btc'",
                  DB_ARGS(DB_U64(world->members[0])), &rows, &err),
         &err);
    assert_true(db_row_next(rows));
    struct dec balance = db_get_dec(rows, 0), cut;
    db_result_free(rows);
    assert_true(dec_round_to(balance, 4, DEC_DOWN, &cut));
    for (size_t i = 0; i < 50; i++) {
        make_submit(world, &intakes[i]);
        struct order *order = &intakes[i].order;
        order->type = TYPE_LIMIT;
        order->time_in_force = TIF_GTC;
        order->side = SIDE_SELL;
        order->member_id = world->members[0];
        order->price = number(900000, 0);
        order->stop_price = DEC_ZERO;
        order->volume = order->origin_volume = cut; /* all of it, fifty times */
        pointers[i] = &intakes[i];
    }
    must(accept_batch_commit(world->batch, world->db, pointers, 50, &err), &err);
    for (size_t i = 0; i < 50; i++) {
        accepted += intakes[i].ok;
        if (!intakes[i].ok)
            assert_int_equal(intakes[i].err.code, ERR_FUNDS_INSUFFICIENT);
    }
    assert_int_equal(accepted, 1);
}

/* ---- lists of operations ---- */

/* Rows that the service's connection has read so far. */
static uint64_t rows_read(struct world *world)
{
    struct db_result *rows = NULL;
    struct err err;
    must(db_query(world->db,
                  "SELECT SUM(CAST(variable_value AS UNSIGNED)) FROM"
                  " information_schema.session_status WHERE variable_name LIKE 'HANDLER\\_READ%'",
                  DB_NONE, &rows, &err),
         &err);
    assert_true(db_row_next(rows));
    uint64_t count = db_get_u64(rows, 0);
    db_result_free(rows);
    return count;
}

static bool always_coin(const void *arg, const char *currency_id)
{
    (void)arg;
    (void)currency_id;
    return true;
}

/* How many operations the list has; *ret_read: rows that were read for it. */
static size_t list_count(struct world *world, struct operations_filter filter, uint64_t *ret_read)
{
    struct arena *arena = arena_new(64 << 20);
    struct operation *operations;
    struct err err;
    size_t count;
    filter.is_coin = always_coin;
    uint64_t before = rows_read(world);
    uint64_t of_asking = rows_read(world) - before;
    before = rows_read(world);
    must(operations_list(world->db, arena, &filter, &operations, &count, &err), &err);
    *ret_read = rows_read(world) - before - of_asking;
    for (size_t i = 1; i < count; i++)
        assert_true(filter.ascending ? operations[i - 1].id < operations[i].id
                                     : operations[i - 1].id > operations[i].id);
    arena_free(arena);
    return count;
}

static void run_sql(struct world *world, const char *sql)
{
    struct err err;
    must(db_exec(world->root, sql, DB_NONE, NULL, &err), &err);
}

#define LEGS(condition)                                                                            \
    "SELECT COALESCE(SUM(IF(code_a " condition ", 1, 0) + IF(code_b " condition ", 1, 0)), 0) "    \
    "FROM ledger"

static void operations__rare_rows_among_many__are_found_without_a_walk(void **state)
{
    struct world *world = *state;
    enum { FEW_READS = 400 };
    uint64_t all = query_u64(world, "SELECT (SELECT COUNT(*) FROM ledger) + COUNT(*) FROM trades");
    uint64_t assets = query_u64(world, LEGS("DIV 100 = 1"));
    uint64_t read, order = query_u64(world, "SELECT MIN(id) FROM orders WHERE state = 200");
    assert_true(all > 5 * FEW_READS && assets > 0);
    struct operations_filter filter = {.limit = 1000};

    filter.type = ACCOUNT_ASSET;
    assert_int_equal(list_count(world, filter, &read), assets);
    assert_true(read < FEW_READS);
    filter.limit = 2;
    filter.offset = assets - 1; /* the last page */
    assert_int_equal(list_count(world, filter, &read), 1);
    assert_true(read < FEW_READS);
    filter = (struct operations_filter){.type = ACCOUNT_EXPENSE, .limit = 1000};
    assert_int_equal(list_count(world, filter, &read), 0);
    assert_true(read < FEW_READS);

    filter = (struct operations_filter){
        .type = ACCOUNT_LIABILITY, .limit = 1000, .reference_type = "adjustment"};
    assert_int_equal(list_count(world, filter, &read),
                     query_u64(world, LEGS("DIV 100 = 2") " WHERE reference_type = 'adjustment'"));
    assert_true(read < FEW_READS);
    filter.reference_type = "order";
    filter.reference_id = order;
    assert_true(list_count(world, filter, &read) >= 2);
    assert_true(read < all / 2); /* of one of four members */

    filter = (struct operations_filter){.type = ACCOUNT_LIABILITY, .limit = 25};
    assert_int_equal(list_count(world, filter, &read), 25);
    assert_true(read < FEW_READS);
}

static void operations__other_times__are_not_walked_through(void **state)
{
    struct world *world = *state;
    enum { FEW_READS = 600 };
    uint64_t read;
    /* A day for what took seconds. */
    run_sql(world,
            "SET @last = (SELECT MAX(id) FROM ledger), @t = NOW(6);"
            "UPDATE ledger SET created_at = @t - INTERVAL 20 * (@last - id) SECOND;"
            "UPDATE trades SET created_at = @t - INTERVAL 20 * (CAST(@last AS INT) - id) SECOND");
    struct operations_filter filter = {
        .type = ACCOUNT_LIABILITY, .currency_id = "btc", .limit = OPERATIONS_PAGE_MAX};
    size_t all = list_count(world, filter, &read);
    assert_true(read > 5 * FEW_READS && all < OPERATIONS_PAGE_MAX);
    int64_t middle_us = (int64_t)query_u64(
        world, "SELECT CAST(UNIX_TIMESTAMP(created_at) * 1000000 AS UNSIGNED) FROM ledger WHERE "
               "id >= (SELECT MAX(id) / 2 FROM ledger) ORDER BY id LIMIT 1");
    filter.from_us = middle_us;
    size_t young = list_count(world, filter, &read);
    filter.from_us = 0;
    filter.to_us = middle_us - 1;
    size_t old = list_count(world, filter, &read);
    assert_int_equal(young + old, all);
    assert_true(young > all / 4 && old > all / 4);

    filter.limit = 25; /* a page that begins in the middle of the journal */
    assert_int_equal(list_count(world, filter, &read), 25);
    assert_true(read < FEW_READS);
    filter.to_us = 1000000; /* before everything */
    assert_int_equal(list_count(world, filter, &read), 0);
    assert_true(read < FEW_READS);
    filter = (struct operations_filter){
        .type = ACCOUNT_LIABILITY, .limit = 25, .from_us = clock_now_us(&clock_real) * 2};
    assert_int_equal(list_count(world, filter, &read), 0);
    assert_true(read < FEW_READS);
}

/* ---- profit and loss ---- */

static void keep_pnl(struct world *world, const char *paths, const char *exclude_roles)
{
    struct accounting_config config = {.pnl_exclude_roles = exclude_roles};
    struct conversion_paths conversions;
    struct err err;
    run_sql(world, "DELETE FROM stats_member_pnl; DELETE FROM stats_member_pnl_idx");
    must(conversion_paths_parse(paths, &conversions, &err), &err);
    world->app.config = &config;
    world->app.conversions = &conversions;
    must(pnl_update(&world->app, world->db, "eur", &err), &err);
    world->app.config = NULL;
    world->app.conversions = NULL;
}

/* The value in eur of a thousand usd that came in by trades. */
static uint64_t value_of_usd(struct world *world)
{
    return query_u64(
        world, "SELECT CAST(1000 * (SELECT SUM(total_credit_value) FROM stats_member_pnl WHERE"
               " currency_id = 'usd') / (SELECT SUM(total - seller_fee_amount) FROM trades WHERE"
               " quote_unit = 'usd' AND created_at < NOW() - INTERVAL 1 MINUTE) AS UNSIGNED)");
}

static void pnl__no_market_of_the_two__goes_by_the_path(void **state)
{
    struct world *world = *state;
    /* The one trade for eur is older than all others. */
    run_sql(world, "INSERT INTO trades SELECT 1, 'btceur', 1, 45000, 1, 45000, 'btc', 'eur',"
                   " taker_side, maker_order_id, taker_order_id, maker_id, taker_id, maker_fee,"
                   " taker_fee, 0, 0, 0, 0, '2020-01-01' FROM trades ORDER BY id LIMIT 1");
    keep_pnl(world, "", "");
    assert_int_equal(value_of_usd(world), 0);
    assert_true(query_u64(world, "SELECT COUNT(*) FROM stats_member_pnl WHERE currency_id = 'btc'"
                                 " AND total_credit_value > 0") > 0); /* has its market */

    keep_pnl(world, "usd/eur:btc/eur,_btc/usd", "");
    assert_in_range(value_of_usd(world), 880, 905); /* 45,000 by 50,000; the first minute is 0 */

    keep_pnl(world, "usd/eur:btc/eur,_eth/btc,_btc/usd", ""); /* nobody traded eth */
    assert_int_equal(value_of_usd(world), 0);
    keep_pnl(world, "btc/eur:btc/usd", ""); /* the path goes before the market */
    assert_true(query_u64(world, "SELECT MIN(total_debit_value > 49000 * (total_debit - 1)) FROM"
                                 " stats_member_pnl WHERE currency_id = 'btc'") == 1);
}

static void pnl__excluded_roles__have_none(void **state)
{
    struct world *world = *state;
    keep_pnl(world, "", "nobody,trader");
    uint64_t some = query_u64(world, "SELECT COUNT(*) FROM stats_member_pnl");
    assert_true(some > 0);
    keep_pnl(world, "", "superadmin,admin,member,trader,broker,maker");
    assert_int_equal(query_u64(world, "SELECT COUNT(*) FROM stats_member_pnl"), 0);
    assert_true(query_u64(world, "SELECT MAX(last_id) FROM stats_member_pnl_idx") > 0);
}

/* ---- pruning of the journal ---- */

static bool prune(struct world *world, uint64_t kept_commands)
{
    struct err err;
    bool more = false;
    must(journal_prune(&world->app, world->db, 1, kept_commands, &more, &err), &err);
    return more;
}

/* ERR_NONE, or how asking for the commands from `from` on fails. */
static enum err_code ask_commands(struct world *world, uint64_t from, struct str *out)
{
    struct err err;
    str_clear(out);
    return matching_commands(world->db, MARKET, from, out, &err) ? ERR_NONE : err.code;
}

#define COUNT_OF "SELECT COUNT(*) FROM command_batches WHERE market_id = '" MARKET "' AND "
#define MAKE_OLD                                                                                   \
    "UPDATE command_batches SET created_at = created_at - INTERVAL 2 HOUR WHERE market_id = "      \
    "'" MARKET "'"
#define SETTLED "(SELECT settled_seq FROM market_settlements WHERE market_id = '" MARKET "')"

static void prune__young_or_near_or_not_settled__stays(void **state)
{
    struct world *world = *state;
    match_round(world);
    settle(world, world->results_count - 1, world->results_count);
    accept_round(world, 20); /* not settled */
    uint64_t all = query_u64(world, COUNT_OF "TRUE");
    assert_true(query_u64(world, COUNT_OF "last_seq > " SETTLED) > 0);

    prune(world, 0); /* nothing is older than an hour */
    assert_int_equal(query_u64(world, COUNT_OF "TRUE"), all);

    run_sql(world, MAKE_OLD);
    prune(world, UINT64_MAX / 2); /* everything is near the end */
    assert_int_equal(query_u64(world, COUNT_OF "TRUE"), all);

    uint64_t near = query_u64(world, COUNT_OF "last_seq > " SETTLED " - 500");
    prune(world, 500);
    assert_int_equal(query_u64(world, COUNT_OF "TRUE"), near);
    assert_true(near < all);

    prune(world, 0);
    assert_int_equal(query_u64(world, COUNT_OF "last_seq <= " SETTLED), 0);
    assert_true(query_u64(world, COUNT_OF "TRUE") > 0);
}

static void prune__worker_after_it__loads_the_same_book(void **state)
{
    struct world *world = *state;
    struct str body = STR_INIT(4 << 20);
    struct err err;
    uint64_t settled = query_u64(world, "SELECT " SETTLED);
    assert_int_equal(ask_commands(world, 1, &body), ERR_GONE);
    assert_int_equal(ask_commands(world, settled, &body), ERR_GONE);
    assert_int_equal(ask_commands(world, settled + 1, &body), ERR_NONE);
    assert_true(body.length > 0);
    assert_int_equal(ask_commands(world, settled + 1000, &body), ERR_NONE);
    assert_int_equal(body.length, 0);

    const struct catalog *catalog = catalog_take(world->app.catalogs);
    must(matching_snapshot(world->db, catalog_market(catalog, MARKET), &body, &err), &err);
    catalog_give_back(catalog);
    struct snapshot_header header;
    const uint8_t *orders;
    must(snapshot_read(body.data, body.length, &header, &orders, &err), &err);
    struct book *book = book_new(1 << 16);
    must(book_restore(book, &header, orders, &err), &err);
    assert_int_equal(ask_commands(world, book_seq(book) + 1, &body), ERR_NONE);
    struct str out = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    for (size_t at = 0; at < body.length;) {
        struct batch_header next;
        struct batch batch;
        memcpy(&next, body.data + at, sizeof(next));
        must(command_batch_read(body.data + at, next.bytes, &batch, &err), &err);
        for (uint32_t i = 0; i < batch.header->count; i++) {
            struct command command;
            command_get(&batch, i, &command);
            assert_true(book_apply(book, &command, &out));
        }
        at += next.bytes;
    }
    match_round(world);
    assert_int_equal(book_seq(book), book_seq(world->book));
    assert_int_equal(book_state_hash(book), book_state_hash(world->book));
    settle(world, world->results_count - 1, world->results_count);
    book_free(book);
    str_release(&out);
    str_release(&body);
}

static void prune__much_to_delete__is_done_in_rounds(void **state)
{
    struct world *world = *state;
    run_sql(world, "INSERT INTO command_batches (market_id, last_seq, first_seq, batch, created_at)"
                   " WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                   " SELECT 'ethusd', i, i, '', NOW(6) - INTERVAL 2 DAY FROM n;"
                   "UPDATE market_settlements SET settled_seq = 300 WHERE market_id = 'ethusd'");
    uint64_t first = query_u64(world, "SELECT MIN(last_seq) FROM command_batches WHERE "
                                      "market_id = 'ethusd'");
    assert_int_equal(first, 1);
    assert_true(prune(world, 0));
    assert_int_equal(query_u64(world, "SELECT MIN(last_seq) FROM command_batches WHERE "
                                      "market_id = 'ethusd'"),
                     COMMAND_BATCHES_PRUNE_MAX + 1);
    assert_false(prune(world, 0));
    assert_int_equal(
        query_u64(world, "SELECT COUNT(*) FROM command_batches WHERE market_id = 'ethusd'"), 0);
    struct str text = STR_INIT(1 << 20);
    metrics_print(world->app.metrics, &text);
    assert_non_null(strstr(text.data, "journal_first_seq{market=\"ethusd\"} 0"));
    assert_null(strstr(text.data, "journal_batches_pruned_total 0"));
    str_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipeline__random_stream__books_and_hash_agree),
        cmocka_unit_test(accept__same_client_order_id__makes_one_order),
        cmocka_unit_test(accept__more_orders_than_funds__refuses_those_alone),
        cmocka_unit_test(expect_rows__another_count__fails_before_the_commit),
        cmocka_unit_test(operations__rare_rows_among_many__are_found_without_a_walk),
        cmocka_unit_test(operations__other_times__are_not_walked_through),
        cmocka_unit_test(pnl__no_market_of_the_two__goes_by_the_path),
        cmocka_unit_test(pnl__excluded_roles__have_none),
        cmocka_unit_test(prune__young_or_near_or_not_settled__stays),
        cmocka_unit_test(prune__worker_after_it__loads_the_same_book),
        cmocka_unit_test(prune__much_to_delete__is_done_in_rounds),
    };
    return cmocka_run_group_tests_name("pipeline", tests, world_new, world_free);
}
