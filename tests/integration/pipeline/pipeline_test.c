/*
 * Random orders, cancels and amends go through the group commit, the engine and the settler; results
 * come twice, in parts, and with gaps. At the end the books are derived again with SQL that shares
 * nothing with the pipeline.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/actions/accept_decide.h"
#include "accounting/store/accounts.h"
#include "accounting/store/orders_read.h"
#include "accounting/store/sql.h"
#include "tests/integration/pipeline/pipeline_world.h"

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
    run_stream(world);
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

/* What is left out of a statement because the row has it anyway is there all the same. */
static void accept__rows_of_orders__are_the_orders_that_were_answered(void **state)
{
    struct world *world = *state;
    static struct intake intakes[20];
    struct intake *pointers[20];
    struct err err;
    size_t found = 0;
    for (size_t most = 1; most <= 20; most += 19) { /* one order; orders of many kinds */
        for (size_t i = 0; i < most; i++) {
            make_submit(world, &intakes[i]);
            pointers[i] = &intakes[i];
        }
        must(accept_batch_commit(world->batch, world->db, pointers, most, &err), &err);
        for (size_t i = 0; i < most; i++) {
            const struct order *order = &intakes[i].order;
            struct order row;
            if (!intakes[i].ok)
                continue;
            must(order_find(world->db, &(struct order_ref){.id = order->id}, 0, &row, &err), &err);
            assert_int_equal(row.created_at, order->created_at);
            assert_int_equal(row.updated_at, order->updated_at);
            assert_int_equal(row.type, order->type);
            assert_int_equal(row.time_in_force, order->time_in_force);
            assert_int_equal(row.stp, order->stp);
            assert_int_equal(row.state, ORDER_WAIT);
            assert_int_equal(row.waiting, order->waiting);
            assert_true(dec_cmp(row.price, order->price) == 0);
            assert_true(dec_cmp(row.stop_price, order->stop_price) == 0);
            assert_true(dec_cmp(row.locked, order->locked) == 0);
            assert_int_equal(row.queue_rank, order->queue_rank);
            found++;
        }
    }
    assert_true(found > 1);
    match_round(world);
    settle(world, world->results_count - 1, world->results_count);
}

static void make_limit_orders(struct world *world, struct intake *intakes, struct intake **pointers,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        do
            make_submit(world, &intakes[i]);
        while (intakes[i].order.type != TYPE_LIMIT);
        pointers[i] = &intakes[i];
    }
}

/* Each decides from what it remembers, which the other has made wrong. */
static void accept__two_writers_in_turns__one_journal(void **state)
{
    struct world *world = *state;
    static struct intake intakes[20];
    struct intake *pointers[20];
    struct accept_batch *other = accept_batch_new(&world->app);
    struct err err;
    assert_non_null(other);
    for (const char *turn = "abaabbbabaaa"; *turn; turn++) {
        struct accept_batch *batch = *turn == 'a' ? world->batch : other;
        batch->reads_left = 0; /* a wrong guess does not keep it from the next one */
        make_limit_orders(world, intakes, pointers, ARRAY_LEN(intakes));
        must(accept_batch_commit(batch, world->db, pointers, ARRAY_LEN(intakes), &err), &err);
        for (size_t i = 0; i < ARRAY_LEN(intakes); i++)
            if (!intakes[i].ok)
                assert_int_equal(intakes[i].err.code, ERR_FUNDS_INSUFFICIENT);
        match_round(world);
        settle(world, world->results_count - 1, world->results_count);
    }
    accept_batch_free(other);
    assert_int_equal(query_u64(world, "SELECT command_seq FROM market_commands WHERE market_id = "
                                      "'" MARKET "'"),
                     book_seq(world->book));
    assert_int_equal(query_u64(world, "SELECT SUM(last_seq - first_seq + 1) FROM command_batches "
                                      "WHERE market_id = '" MARKET "'"),
                     book_seq(world->book));
    assert_int_equal(query_u64(world, "SELECT COUNT(*) FROM seals WHERE writer = 'accept'"),
                     query_u64(world, "SELECT seq FROM seal_heads WHERE writer = 'accept'"));
    for (size_t i = 0; i < ARRAY_LEN(nothing_may_be_found); i++)
        if (query_u64(world, nothing_may_be_found[i][1]) != 0)
            fail_msg("not true: %s", nothing_may_be_found[i][0]);
}

/* Deltas of one sign and of two are different statements: neither makes an account or an overdraft. */
static void accounts__below_nothing_or_not_there__fails_before_the_commit(void **state)
{
    struct world *world = *state;
    const uint64_t member = world->members[1], nobody = 999999;
    const struct dec one = number(1, 0), more = number(1000000000000, 0);
    const struct {
        uint64_t members[2];
        struct dec balances[2], locked[2];
        bool fits;
    } rows[] = {
        {{member, member}, {dec_neg(one), dec_neg(one)}, {one, one}, true},
        {{member, member}, {one, one}, {dec_neg(one), dec_neg(one)}, true},
        {{member, member}, {dec_neg(one), one}, {one, dec_neg(one)}, true},
        {{member, member}, {one, dec_neg(one)}, {dec_neg(one), one}, true},
        {{member, member}, {dec_neg(one), dec_neg(more)}, {one, more}, false},
        {{member, member}, {one, one}, {dec_neg(one), dec_neg(more)}, false},
        {{member, member}, {one, dec_neg(more)}, {dec_neg(one), more}, false},
        {{member, nobody}, {dec_neg(one), dec_neg(one)}, {one, one}, false},
        {{member, nobody}, {one, one}, {dec_neg(one), dec_neg(one)}, false},
        {{member, nobody}, {one, dec_neg(one)}, {dec_neg(one), one}, false},
    };
    const char *sum = "SELECT CAST(SUM(balance + 3 * locked) * 10000 AS UNSIGNED) FROM accounts";
    struct str sql = STR_INIT(4096);
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct account_delta deltas[2];
        uint64_t before = query_u64(world, sum);
        for (size_t k = 0; k < 2; k++)
            deltas[k] =
                (struct account_delta){.key = account_key(rows[i].members[k], k ? "usd" : "btc"),
                                       .balance = rows[i].balances[k],
                                       .locked = rows[i].locked[k]};
        str_clear(&sql);
        str_add(&sql, "START TRANSACTION;");
        accounts_update_sql(world->db, &sql, deltas, 2, clock_now_us(&clock_real));
        str_add(&sql, "COMMIT");
        if (db_exec_str(world->db, &sql, NULL, &err) != rows[i].fits)
            fail_msg("row %zu: %s", i, rows[i].fits ? err.what : "went through");
        if (!rows[i].fits) {
            must(db_exec(world->db, "ROLLBACK", DB_NONE, NULL, &err), &err);
            assert_int_equal(query_u64(world, sum), before);
        }
    }
    assert_int_equal(query_u64(world, "SELECT COUNT(*) FROM accounts WHERE member_id = 999999"), 0);
    str_release(&sql);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipeline__random_stream__books_and_hash_agree),
        cmocka_unit_test(accept__same_client_order_id__makes_one_order),
        cmocka_unit_test(accept__more_orders_than_funds__refuses_those_alone),
        cmocka_unit_test(accept__rows_of_orders__are_the_orders_that_were_answered),
        cmocka_unit_test(accept__two_writers_in_turns__one_journal),
        cmocka_unit_test(accounts__below_nothing_or_not_there__fails_before_the_commit),
        cmocka_unit_test(expect_rows__another_count__fails_before_the_commit),
    };
    return cmocka_run_group_tests_name("pipeline", tests, world_new, world_free);
}
