/*
 * What is read from a long journal, and what leaves it: the lists of operations without a walk, profit
 * and loss, the pruning of commands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/actions/journal_prune.h"
#include "accounting/actions/pnl.h"
#include "accounting/domain/conversion.h"
#include "accounting/state/config.h"
#include "accounting/store/command_batches.h"
#include "accounting/store/matching_read.h"
#include "accounting/store/operations_read.h"
#include "base/arena.h"
#include "tests/integration/pipeline/pipeline_world.h"

static int traded_world_new(void **state)
{
    int failed = world_new(state);
    if (failed == 0)
        run_stream(*state);
    return failed;
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
        cmocka_unit_test(operations__rare_rows_among_many__are_found_without_a_walk),
        cmocka_unit_test(operations__other_times__are_not_walked_through),
        cmocka_unit_test(pnl__no_market_of_the_two__goes_by_the_path),
        cmocka_unit_test(pnl__excluded_roles__have_none),
        cmocka_unit_test(prune__young_or_near_or_not_settled__stays),
        cmocka_unit_test(prune__worker_after_it__loads_the_same_book),
        cmocka_unit_test(prune__much_to_delete__is_done_in_rounds),
    };
    return cmocka_run_group_tests_name("journal", tests, traded_world_new, world_free);
}
