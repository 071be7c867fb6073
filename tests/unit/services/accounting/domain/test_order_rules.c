/* What an order costs, which orders a market takes, and what an amended one must keep locked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/order_rules.h"
#include "base/check.h"
#include "tests/support/dec.h"

static struct market a_market(void)
{
    return (struct market){.id = "btcusd",
                           .base = "btc",
                           .quote = "usd",
                           .price_precision = 2,
                           .amount_precision = 4,
                           .min_price = dec_of("1"),
                           .max_price = dec_of("100000"),
                           .min_amount = dec_of("0.001")};
}

static struct order limit_order(enum side side, const char *price, const char *volume)
{
    return (struct order){.id = 7,
                          .member_id = 3,
                          .side = side,
                          .type = TYPE_LIMIT,
                          .price = dec_of(price),
                          .volume = dec_of(volume),
                          .origin_volume = dec_of(volume)};
}

/* ---- cost ---- */

static void cost__of_each_kind(void **state)
{
    (void)state;
    static const struct {
        enum side side;
        enum order_type type;
        const char *price, *stop, *volume, *estimate, *balance, *cost;
    } rows[] = {
        {SIDE_SELL, TYPE_LIMIT, "100", "0", "2", "0", "0", "2.0"},
        {SIDE_SELL, TYPE_MARKET, "0", "0", "2", "0", "0", "2.0"},
        {SIDE_SELL, TYPE_STOP_MARKET, "0", "90", "2", "0", "0", "2.0"},
        {SIDE_BUY, TYPE_LIMIT, "100.5", "0", "2", "0", "0", "201.0"},
        {SIDE_BUY, TYPE_STOP_LIMIT, "100", "90", "2", "0", "0", "200.0"},
        {SIDE_BUY, TYPE_MARKET, "0", "0", "2", "220", "1000", "220.0"},
        {SIDE_BUY, TYPE_MARKET, "0", "0", "2", "220", "150", "150.0"},      /* all there is */
        {SIDE_BUY, TYPE_STOP_MARKET, "0", "50", "2", "0", "1000", "110.0"}, /* a tenth more */
        {SIDE_BUY, TYPE_STOP_MARKET, "0", "50", "2", "0", "80", "80.0"},
        /* Rounded up to be comparable, never down: */
        {SIDE_BUY, TYPE_LIMIT, "0.0000000000000001", "0", "0.1", "0", "0", "0.0000000000000001"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct order order = limit_order(rows[i].side, rows[i].price, rows[i].volume);
        struct dec cost;
        struct err err;
        order.type = rows[i].type;
        order.stop_price = dec_of(rows[i].stop);
        assert_true(
            order_cost(&order, dec_of(rows[i].estimate), dec_of(rows[i].balance), &cost, &err));
        assert_dec(cost, rows[i].cost);
    }
}

static void cost__beyond_the_range__is_refused(void **state)
{
    (void)state;
    struct order order = limit_order(SIDE_BUY, "99999999999", "99999999999");
    struct dec cost;
    struct err err;
    assert_false(order_cost(&order, DEC_ZERO, DEC_ZERO, &cost, &err));
    assert_int_equal(err.code, ERR_ORDER_INVALID);
    order.type = TYPE_STOP_MARKET;
    order.stop_price = order.price;
    assert_false(order_cost(&order, DEC_ZERO, DEC_ZERO, &cost, &err));
    order.side = SIDE_SELL; /* locks its volume, whatever the price */
    assert_true(order_cost(&order, DEC_ZERO, DEC_ZERO, &cost, &err));
}

/* ---- the market's rules ---- */

static void to_command__at_the_edges(void **state)
{
    (void)state;
    static const struct {
        const char *price, *volume;
        bool is_taken;
    } rows[] = {
        {"1", "0.001", true},       {"0.99", "0.001", false}, {"1.01", "0.001", true},
        {"1.001", "0.001", false},  {"100000", "1", true},    {"100000.01", "1", false},
        {"1", "0.0009", false},     {"1", "0.0011", true},    {"1", "0.00101", false},
        {"50000", "1000000", true}, {"0", "1", false},
    };
    struct market market = a_market();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct order order = limit_order(SIDE_BUY, rows[i].price, rows[i].volume);
        struct command command;
        struct err err;
        if (order_to_command(&order, &market, &command, &err) != rows[i].is_taken)
            fail_msg("%s at %s: taken %d", rows[i].volume, rows[i].price, !rows[i].is_taken);
        if (!rows[i].is_taken)
            assert_int_equal(err.code, ERR_ORDER_INVALID);
    }
    market.max_price = DEC_ZERO; /* no cap */
    struct order dear = limit_order(SIDE_BUY, "1000000", "1");
    struct command command;
    struct err err;
    assert_true(order_to_command(&dear, &market, &command, &err));
}

static void to_command__fills_the_integers(void **state)
{
    (void)state;
    struct market market = a_market();
    struct order order = limit_order(SIDE_SELL, "123.45", "0.5");
    struct command command;
    struct err err;
    order.time_in_force = TIF_FOK;
    order.stp = STP_DECREMENT;
    order.type = TYPE_STOP_LIMIT;
    order.stop_price = dec_of("120");
    assert_true(order_to_command(&order, &market, &command, &err));
    assert_int_equal(command.kind, COMMAND_SUBMIT);
    assert_int_equal(command.order_id, 7);
    assert_int_equal(command.member_id, 3);
    assert_int_equal(command.price, 12345);
    assert_int_equal(command.stop_price, 12000);
    assert_int_equal(command.amount, 5000);
    assert_int_equal(command.side, SIDE_SELL);
    assert_int_equal(command.type, TYPE_STOP_LIMIT);
    assert_int_equal(command.time_in_force, TIF_FOK);
    assert_int_equal(command.stp, STP_DECREMENT);
    assert_int_equal(command.budget_low, 0);
    order.stop_price = dec_of("120.001");
    assert_false(order_to_command(&order, &market, &command, &err));
    assert_non_null(strstr(err.what, "stop price"));
}

static void to_command__market_buy__reaches_for_what_is_locked(void **state)
{
    (void)state;
    struct market market = a_market();
    struct order order = limit_order(SIDE_BUY, "0", "0.5");
    struct command command;
    struct err err;
    order.type = TYPE_MARKET;
    order.locked = dec_of("100.0000019"); /* below a tick times a lot: 10^-6 */
    order.protection = dec_of("110.5");
    assert_true(order_to_command(&order, &market, &command, &err));
    assert_int_equal(command.price, 0);
    assert_int_equal(command.protection, 11050);
    assert_int_equal(command.budget_low, 100000001);
    assert_int_equal(command.budget_high, 0);
    order.side = SIDE_SELL;
    assert_true(order_to_command(&order, &market, &command, &err));
    assert_int_equal(command.budget_low, 0);
    order.protection = dec_of("110.555");
    assert_false(order_to_command(&order, &market, &command, &err));
}

/* ---- amends ---- */

static void amend_need__covers_every_fill_that_is_under_way(void **state)
{
    (void)state;
    static const char *const prices[] = {"1", "9.99", "10", "10.01", "25"};
    struct err err;
    for (size_t old = 0; old < ARRAY_LEN(prices); old++)
        for (size_t new = 0; new < ARRAY_LEN(prices); new ++)
            for (int64_t left = 1; left <= 6; left++)
                for (int64_t new_left = 1; new_left <= 8; new_left++) {
                    struct order order = limit_order(SIDE_BUY, prices[old], "1");
                    struct dec old_price = dec_of(prices[old]), new_price = dec_of(prices[new]);
                    struct dec wanted, need, spent, kept;
                    assert_true(dec_from_scaled(left, 0, &order.volume));
                    assert_true(dec_from_scaled(new_left, 0, &wanted));
                    assert_true(order_amend_need(&order, new_price, wanted, &need, &err));
                    /* The worker fills some at the old price before the amend reaches it. */
                    for (int64_t filled = 0; filled <= left && filled <= new_left; filled++) {
                        struct dec f, rest;
                        assert_true(dec_from_scaled(filled, 0, &f));
                        assert_true(dec_from_scaled(new_left - filled, 0, &rest));
                        assert_true(dec_mul(old_price, f, DEC_EXACT, &spent));
                        assert_true(dec_mul(new_price, rest, DEC_EXACT, &kept));
                        assert_true(need.units >= spent.units + kept.units);
                    }
                }
}

static void amend_need__sell__is_what_is_left(void **state)
{
    (void)state;
    struct order order = limit_order(SIDE_SELL, "10", "3");
    struct dec need;
    struct err err;
    assert_true(order_amend_need(&order, dec_of("99999999999"), dec_of("2"), &need, &err));
    assert_dec(need, "2.0");
    order.side = SIDE_BUY;
    assert_false(
        order_amend_need(&order, dec_of("99999999999"), dec_of("99999999999"), &need, &err));
    assert_int_equal(err.code, ERR_ORDER_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost__of_each_kind),
        cmocka_unit_test(cost__beyond_the_range__is_refused),
        cmocka_unit_test(to_command__at_the_edges),
        cmocka_unit_test(to_command__fills_the_integers),
        cmocka_unit_test(to_command__market_buy__reaches_for_what_is_locked),
        cmocka_unit_test(amend_need__covers_every_fill_that_is_under_way),
        cmocka_unit_test(amend_need__sell__is_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
