/* What is decided about an order from memory: the walk through the book, the estimate, the bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/order_prepare.h"
#include "accounting/marketdata/market_data.h"
#include "tests/support/dec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    struct accounting app;
    struct market market;
    struct trading_fee fees[2];
    struct catalog catalog;
    struct member member;
};

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    w->market = (struct market){.id = "btcusd",
                                .base = "btc",
                                .quote = "usd",
                                .type = "spot",
                                .price_precision = 2,
                                .amount_precision = 4,
                                .protection = dec_of("0.1")};
    w->fees[0] = (struct trading_fee){.market_id = "any",
                                      .group = "any",
                                      .market_type = "spot",
                                      .maker = dec_of("0.002"),
                                      .taker = dec_of("0.002")};
    w->fees[1] = (struct trading_fee){.market_id = "any",
                                      .group = "vip-1",
                                      .market_type = "spot",
                                      .maker = dec_of("0.0008"),
                                      .taker = dec_of("0.0018")};
    w->catalog = (struct catalog){.fees = w->fees, .fees_count = 2, .version = 1};
    w->member = (struct member){.id = 7, .group = "vip-1"};
    w->app.market_data = market_data_new();
    w->app.books_loaded = true;
    *state = w;
    return w->app.market_data ? 0 : -1;
}

static int world_free(void **state)
{
    struct world *w = *state;
    market_data_free(w->app.market_data);
    free(w);
    return 0;
}

static void level(struct world *w, enum side side, const char *price, const char *volume)
{
    market_data_level(w->app.market_data, "btcusd", side, dec_of(price), dec_of(volume));
}

static bool prepare(struct world *w, const struct order_request *asked, struct intake *intake,
                    struct err *err)
{
    struct order_request whole = *asked;
    whole.market = &w->market;
    whole.base_is_coin = true;
    *err = (struct err){.code = ERR_NONE};
    return order_prepare(&w->app, &w->catalog, &w->member, &whole, intake, err);
}

static void order_prepare__limit__is_filled_in(void **state)
{
    struct world *w = *state;
    struct intake intake;
    struct err err;
    const struct order_request asked = {.side = SIDE_SELL,
                                        .type = TYPE_LIMIT,
                                        .time_in_force = TIF_FOK,
                                        .stp = STP_DECREMENT,
                                        .volume = dec_of("1.5"),
                                        .price = dec_of("100"),
                                        .client_order_id = "x"};
    assert_true(prepare(w, &asked, &intake, &err));
    assert_int_equal(intake.kind, INTAKE_SUBMIT);
    assert_int_equal(intake.order.member_id, 7);
    assert_string_equal(intake.order.market_id, "btcusd");
    assert_string_equal(intake.order.client_order_id, "x");
    assert_int_equal(intake.order.time_in_force, TIF_FOK);
    assert_int_equal(intake.order.stp, STP_DECREMENT);
    assert_dec(intake.order.volume, "1.5");
    assert_dec(intake.order.origin_volume, "1.5");
    assert_dec(intake.order.maker_fee, "0.0008");
    assert_dec(intake.order.taker_fee, "0.0018");
    assert_dec(intake.order.protection, "0.0");
    assert_false(intake.order.waiting);
    assert_true(intake.base_is_coin);
    assert_false(intake.quote_is_coin);
    assert_int_equal(intake.refusal.code, ERR_NONE);
}

/* The contract's numbers: an ask of 10 units at 10. */
static void order_prepare__market_buy__estimates_a_tenth_more(void **state)
{
    struct world *w = *state;
    struct intake intake;
    struct err err;
    level(w, SIDE_SELL, "10", "10");
    struct order_request asked = {.side = SIDE_BUY, .type = TYPE_MARKET, .volume = dec_of("1")};
    assert_true(prepare(w, &asked, &intake, &err));
    assert_dec(intake.estimate, "11.0");
    asked.volume = dec_of("0.5");
    assert_true(prepare(w, &asked, &intake, &err));
    assert_dec(intake.estimate, "5.5");
    assert_dec(intake.order.protection, "11.0");
    /* 3.33 × 0.12345678901 is rounded up to ten decimals before the tenth is added. */
    level(w, SIDE_SELL, "3.33", "1");
    asked.volume = dec_of("0.12345678901");
    assert_true(prepare(w, &asked, &intake, &err));
    assert_dec(intake.estimate, "0.45222221825");
}

static void order_prepare__market_order_and_thin_book__is_no_liquidity(void **state)
{
    struct world *w = *state;
    struct intake intake;
    struct err err;
    struct order_request asked = {.side = SIDE_SELL, .type = TYPE_MARKET, .volume = dec_of("1")};
    assert_false(prepare(w, &asked, &intake, &err));
    assert_int_equal(err.code, ERR_LIQUIDITY);
    level(w, SIDE_BUY, "10", "0.9999");
    assert_false(prepare(w, &asked, &intake, &err));
    level(w, SIDE_BUY, "9", "0.0001");
    assert_true(prepare(w, &asked, &intake, &err));
    assert_dec(intake.order.protection, "9.0");
}

static void order_prepare__thin_book_and_client_order_id__is_left_to_the_writer(void **state)
{
    struct world *w = *state;
    struct intake intake;
    struct err err;
    const struct order_request asked = {
        .side = SIDE_SELL, .type = TYPE_MARKET, .volume = dec_of("1"), .client_order_id = "again"};
    assert_true(prepare(w, &asked, &intake, &err));
    assert_int_equal(intake.refusal.code, ERR_LIQUIDITY);
}

static void order_prepare__market_order_before_the_books__is_busy(void **state)
{
    struct world *w = *state;
    struct intake intake;
    struct err err;
    const struct order_request asked = {
        .side = SIDE_SELL, .type = TYPE_MARKET, .volume = dec_of("1"), .client_order_id = "again"};
    w->app.books_loaded = false;
    assert_false(prepare(w, &asked, &intake, &err));
    assert_int_equal(err.code, ERR_BUSY);
}

static void order_prepare__stop_market__reckons_from_its_stop_price(void **state)
{
    struct world *w = *state;
    struct intake intake;
    struct err err;
    struct order_request asked = {.side = SIDE_BUY,
                                  .type = TYPE_STOP_MARKET,
                                  .volume = dec_of("2"),
                                  .stop_price = dec_of("50")};
    assert_true(prepare(w, &asked, &intake, &err)); /* no book is needed */
    assert_true(intake.order.waiting);
    assert_dec(intake.estimate, "110.0");
    assert_dec(intake.order.protection, "55.0");
    asked.side = SIDE_SELL;
    assert_true(prepare(w, &asked, &intake, &err));
    assert_dec(intake.order.protection, "45.0");
    asked.side = SIDE_BUY;
    asked.volume = asked.stop_price = dec_of("99999999999");
    assert_false(prepare(w, &asked, &intake, &err));
    assert_int_equal(err.code, ERR_ORDER_INVALID);
}

static void protection_price__any_fraction__is_a_tick_inside(void **state)
{
    struct world *w = *state;
    struct market market = w->market;
    market.protection = dec_of("0.333");
    assert_dec(protection_price(&market, SIDE_BUY, dec_of("1.01")), "1.34");  /* 1.34633 */
    assert_dec(protection_price(&market, SIDE_SELL, dec_of("1.01")), "0.68"); /* 0.67367 */
    market.protection = dec_of("2");
    assert_dec(protection_price(&market, SIDE_SELL, dec_of("1.01")), "0.01");
    market.protection = DEC_ZERO;
    assert_dec(protection_price(&market, SIDE_BUY, dec_of("1.01")), "0.0");
    market.protection = dec_of("1");
    assert_dec(protection_price(&market, SIDE_BUY, dec_of("99999999999999999999")), "0.0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(order_prepare__limit__is_filled_in),
        TEST(order_prepare__market_buy__estimates_a_tenth_more),
        TEST(order_prepare__market_order_and_thin_book__is_no_liquidity),
        TEST(order_prepare__thin_book_and_client_order_id__is_left_to_the_writer),
        TEST(order_prepare__market_order_before_the_books__is_busy),
        TEST(order_prepare__stop_market__reckons_from_its_stop_price),
        TEST(protection_price__any_fraction__is_a_tick_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
