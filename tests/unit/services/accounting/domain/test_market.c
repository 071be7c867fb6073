/* Markets: exact steps both ways, the rules of a definition; fees: which row wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/fee.h"
#include "accounting/domain/market.h"
#include "base/check.h"
#include "tests/support/dec.h"

static struct market a_market(void)
{
    return (struct market){.base = "btc",
                           .quote = "usd",
                           .price_precision = 2,
                           .amount_precision = 8,
                           .min_price = dec_of("0.01"),
                           .min_amount = dec_of("0.00000001")};
}

static void steps__there_and_back(void **state)
{
    (void)state;
    struct market market = a_market();
    int64_t ticks, lots;
    assert_true(market_ticks(&market, dec_of("0.01"), &ticks));
    assert_int_equal(ticks, 1);
    assert_true(market_lots(&market, dec_of("21000000"), &lots));
    assert_int_equal(lots, 2100000000000000);
    assert_dec(market_price(&market, 123456), "1234.56");
    assert_dec(market_amount(&market, 1), "0.00000001");
    for (int64_t i = 1; i < PROTOCOL_QUANTITY_MAX / 7; i = i * 7 + 3) {
        assert_true(market_ticks(&market, market_price(&market, i), &ticks));
        assert_int_equal(ticks, i);
    }
}

static void steps__what_is_none__is_refused(void **state)
{
    (void)state;
    struct market market = a_market();
    int64_t steps = -7;
    assert_false(market_ticks(&market, dec_of("0.015"), &steps));
    assert_false(market_ticks(&market, dec_of("-0.01"), &steps));
    assert_false(market_lots(&market, dec_of("0.000000001"), &steps));
    market.amount_precision = 0;
    assert_true(market_lots(&market, market_amount(&market, PROTOCOL_QUANTITY_MAX), &steps));
    assert_int_equal(steps, PROTOCOL_QUANTITY_MAX);
    assert_false(market_lots(&market, market_amount(&market, PROTOCOL_QUANTITY_MAX + 1), &steps));
    assert_int_equal(steps, PROTOCOL_QUANTITY_MAX); /* written on success only */
}

static void validate__each_rule(void **state)
{
    (void)state;
    struct err err;
    struct market good = a_market();
    assert_true(market_validate(&good, &err));
    good.max_price = good.min_price;
    assert_true(market_validate(&good, &err));

    struct market bad[8];
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        bad[i] = good;
    memcpy(bad[0].quote, "btc", 4);
    bad[1].price_precision = -1;
    bad[2].price_precision = MARKET_PRECISION_SUM_MAX + 1;
    bad[3].amount_precision = 9; /* with 2: above 10 together */
    bad[4].min_price = dec_of("0.001");
    bad[5].min_amount = DEC_ZERO;
    bad[6].max_price = dec_of("0.009");
    bad[7].max_price = dec_of("-1");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (market_validate(&bad[i], &err))
            fail_msg("market %zu is taken", i);
        assert_int_equal(err.code, ERR_INVALID);
    }
}

static void states__have_names_both_ways(void **state)
{
    (void)state;
    for (unsigned i = 0; i < MARKET_STATE_MAX; i++) {
        enum market_state found;
        struct market market = {.state = (enum market_state)i};
        assert_true(market_state_parse(market_state_name((enum market_state)i), &found));
        assert_int_equal(found, i);
        assert_int_equal(market_is_active(&market), i == MARKET_ENABLED || i == MARKET_HIDDEN);
    }
    enum market_state ignored;
    assert_false(market_state_parse("Enabled", &ignored));
    assert_false(market_state_parse("", &ignored));
}

/* ---- fees ---- */

static void fee__the_nearest_row_wins(void **state)
{
    (void)state;
    const struct trading_fee fees[] = {
        {.market_id = "any", .group = "any", .market_type = "spot", .maker = dec_of("0.001")},
        {.market_id = "btcusd", .group = "any", .market_type = "spot", .maker = dec_of("0.002")},
        {.market_id = "any", .group = "vip", .market_type = "spot", .maker = dec_of("0.003")},
        {.market_id = "btcusd", .group = "vip", .market_type = "spot", .maker = dec_of("0.004")},
        {.market_id = "btcusd", .group = "vip", .market_type = "qe", .maker = dec_of("0.9")},
        {.market_id = "any", .group = "any", .market_type = "spot", .maker = dec_of("0.8")},
    };
    static const struct {
        const char *market, *group, *maker;
    } rows[] = {
        {"ethusd", "none", "0.001"},                             /* the first of equals */
        {"btcusd", "none", "0.002"}, {"ethusd", "vip", "0.003"}, /* a group before a market */
        {"btcusd", "vip", "0.004"},  {"ETHUSD", "VIP", "0.001"},
    };
    struct dec maker, taker;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        trading_fee_find(fees, ARRAY_LEN(fees), rows[i].market, rows[i].group, &maker, &taker);
        assert_dec(maker, rows[i].maker);
    }
    trading_fee_find(fees + 3, 2, "ethusd", "vip", &maker, &taker); /* nothing fits */
    assert_dec(maker, "0.0");
    assert_dec(taker, "0.0");
    trading_fee_find(NULL, 0, "btcusd", "vip", &maker, &taker);
    assert_dec(maker, "0.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps__there_and_back),
        cmocka_unit_test(steps__what_is_none__is_refused),
        cmocka_unit_test(validate__each_rule),
        cmocka_unit_test(states__have_names_both_ways),
        cmocka_unit_test(fee__the_nearest_row_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
