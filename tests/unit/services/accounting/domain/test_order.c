/* Orders: the words of the contract both ways, what is locked and got, the average price. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/domain/order.h"
#include "base/check.h"
#include "tests/support/dec.h"

static const struct market market = {.base = "btc", .quote = "usd", .price_precision = 2};

static void states__have_names_both_ways(void **state)
{
    (void)state;
    static const struct {
        enum order_state state;
        const char *name;
    } rows[] = {{ORDER_PENDING, "pending"},
                {ORDER_WAIT, "wait"},
                {ORDER_DONE, "done"},
                {ORDER_CANCEL, "cancel"},
                {ORDER_REJECT, "reject"}};
    enum order_state found = ORDER_DONE;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_string_equal(order_state_name(rows[i].state), rows[i].name);
        assert_true(order_state_parse(rows[i].name, &found));
        assert_int_equal(found, rows[i].state);
    }
    assert_false(order_state_parse("Wait", &found));
    assert_false(order_state_parse("", &found));
}

static void words__of_the_contract(void **state)
{
    (void)state;
    enum side side = SIDE_SELL;
    enum time_in_force tif;
    enum stp_mode stp;
    assert_true(side_parse("buy", &side));
    assert_int_equal(side, SIDE_BUY);
    assert_true(side_parse("sell", &side));
    assert_int_equal(side, SIDE_SELL);
    assert_false(side_parse("bid", &side));
    assert_string_equal(order_kind_name(SIDE_BUY), "bid");
    assert_string_equal(order_kind_name(SIDE_SELL), "ask");
    for (unsigned i = TIF_GTC; i <= TIF_POST_ONLY; i++) {
        assert_true(time_in_force_parse(time_in_force_name(i), &tif));
        assert_int_equal(tif, i);
    }
    assert_false(time_in_force_parse("day", &tif));
    for (unsigned i = STP_NONE; i <= STP_DECREMENT; i++) {
        assert_true(stp_mode_parse(stp_mode_name(i), &stp));
        assert_int_equal(stp, i);
    }
    assert_false(stp_mode_parse("", &stp));
}

static void ord_type__post_only_is_a_limit_order(void **state)
{
    (void)state;
    struct order order = {.type = TYPE_LIMIT, .time_in_force = TIF_POST_ONLY};
    assert_string_equal(order_ord_type(&order), "post_only");
    order.time_in_force = TIF_IOC;
    assert_string_equal(order_ord_type(&order), "limit");
    order.type = TYPE_STOP_MARKET;
    assert_string_equal(order_ord_type(&order), "stop_market");
    assert_true(order_type_is_market(TYPE_STOP_MARKET) && order_type_is_stop(TYPE_STOP_MARKET));
    assert_true(!order_type_is_market(TYPE_STOP_LIMIT) && order_type_is_stop(TYPE_STOP_LIMIT));
}

static void currencies__by_side(void **state)
{
    (void)state;
    assert_string_equal(order_outcome(&market, SIDE_BUY), "usd");
    assert_string_equal(order_income(&market, SIDE_BUY), "btc");
    assert_string_equal(order_outcome(&market, SIDE_SELL), "btc");
    assert_string_equal(order_income(&market, SIDE_SELL), "usd");
}

static void avg_price__of_what_was_traded__is_cut(void **state)
{
    (void)state;
    struct order buy = {.side = SIDE_BUY,
                        .origin_locked = dec_of("1000"),
                        .locked = dec_of("900"),
                        .funds_received = dec_of("3"),
                        .origin_volume = dec_of("10"),
                        .volume = dec_of("7")};
    assert_dec(order_avg_price(&buy, &market), "33.33"); /* never rounded up */
    assert_dec(order_executed_volume(&buy), "3.0");
    struct order sell = {.side = SIDE_SELL,
                         .origin_locked = dec_of("3"),
                         .locked = DEC_ZERO,
                         .funds_received = dec_of("200")};
    assert_dec(order_avg_price(&sell, &market), "66.66");
    sell.locked = sell.origin_locked; /* nothing was traded */
    assert_dec(order_avg_price(&sell, &market), "0.0");
    sell.locked.units--; /* a price beyond the range is none */
    sell.funds_received = dec_of("99999999999");
    assert_dec(order_avg_price(&sell, &market), "0.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states__have_names_both_ways),
        cmocka_unit_test(words__of_the_contract),
        cmocka_unit_test(ord_type__post_only_is_a_limit_order),
        cmocka_unit_test(currencies__by_side),
        cmocka_unit_test(avg_price__of_what_was_traded__is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
