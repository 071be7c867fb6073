/* Rendering: what the websocket gateway and the listeners of the signed events get (7.3, 7.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/bus/event_api.h"
#include "accounting/bus/event_stream.h"
#include "tests/unit/services/accounting/bus/sink.h"
#include "tests/support/dec.h"

#define CREATED_US INT64_C(1600000000123456)

static int world_new(void **state)
{
    static struct sink sink;
    sink_init(&sink);
    *state = &sink;
    return 0;
}

static int world_free(void **state)
{
    sink_release(*state);
    return 0;
}

static const struct market btcusd = {
    .id = "btcusd", .base = "btc", .quote = "usd", .price_precision = 2, .amount_precision = 8};

/* A buy of 2 at 10, half of it filled at 9. */
static struct order half_filled(void)
{
    return (struct order){
        .id = 7,
        .member_id = 3,
        .market_id = "btcusd",
        .side = SIDE_BUY,
        .type = TYPE_LIMIT,
        .state = ORDER_WAIT,
        .price = dec_of("10"),
        .volume = dec_of("1"),
        .origin_volume = dec_of("2"),
        .locked = dec_of("11"),
        .origin_locked = dec_of("20"),
        .funds_received = dec_of("1"),
        .maker_fee = dec_of("0.001"),
        .taker_fee = dec_of("0.002"),
        .trades_count = 1,
        .created_at = CREATED_US,
        .updated_at = CREATED_US + 5000000,
    };
}

static struct trade one_trade(void)
{
    return (struct trade){
        .id = 31,
        .market_id = "btcusd",
        .price = dec_of("9"),
        .amount = dec_of("1"),
        .total = dec_of("9"),
        .base = "btc",
        .quote = "usd",
        .taker_side = SIDE_BUY,
        .maker_order_id = 5,
        .taker_order_id = 7,
        .maker_id = 2,
        .taker_id = 3,
        .buyer_fee_amount = dec_of("0.002"),
        .seller_fee_amount = dec_of("0.009"),
        .created_at = CREATED_US,
    };
}

static void assert_lines(struct sink *sink, const char *expected)
{
    assert_string_equal(str_data(&sink->lines), expected);
}

static void stream_order__limit_order__all_fields(void **state)
{
    struct sink *sink = *state;
    struct order order = half_filled();
    struct err err;
    assert_true(stream_order(&sink->out, &order, &btcusd, "ID1", &err));
    assert_lines(sink, "ranger private.ID1.order {\"id\":7,\"market\":\"btcusd\",\"kind\":\"bid\","
                       "\"side\":\"buy\",\"ord_type\":\"limit\",\"price\":\"10.0\","
                       "\"avg_price\":\"9.0\",\"state\":\"wait\",\"origin_volume\":\"2.0\","
                       "\"remaining_volume\":\"1.0\",\"executed_volume\":\"1.0\",\"at\":1600000000,"
                       "\"created_at\":1600000000,\"updated_at\":1600000005,\"trades_count\":1}\n");
}

static void stream_order__market_order__only_when_closed(void **state)
{
    struct sink *sink = *state;
    struct order order = half_filled();
    struct err err;
    order.type = TYPE_MARKET;
    order.side = SIDE_SELL;
    assert_true(stream_order(&sink->out, &order, &btcusd, "ID1", &err));
    assert_lines(sink, "");
    order.state = ORDER_DONE;
    assert_true(stream_order(&sink->out, &order, &btcusd, "ID1", &err));
    assert_non_null(strstr(str_data(&sink->lines), "\"kind\":\"ask\",\"side\":\"sell\","
                                                   "\"ord_type\":\"market\",\"price\":null,"));
}

static void stream_trade__both_members__own_side_and_order(void **state)
{
    struct sink *sink = *state;
    struct trade trade = one_trade();
    struct err err;
    assert_true(stream_trade(&sink->out, &trade, true, "ID2", &err));
    assert_true(stream_trade(&sink->out, &trade, false, "ID3", &err));
    assert_lines(sink,
                 "ranger private.ID2.trade {\"id\":31,\"price\":\"9.0\",\"amount\":\"1.0\","
                 "\"total\":\"9.0\",\"market\":\"btcusd\",\"side\":\"sell\",\"taker_type\":\"buy\","
                 "\"created_at\":1600000000,\"order_id\":5}\n"
                 "ranger private.ID3.trade {\"id\":31,\"price\":\"9.0\",\"amount\":\"1.0\","
                 "\"total\":\"9.0\",\"market\":\"btcusd\",\"side\":\"buy\",\"taker_type\":\"buy\","
                 "\"created_at\":1600000000,\"order_id\":7}\n");
}

static void stream_public_trades__two__one_message(void **state)
{
    struct sink *sink = *state;
    struct trade first = one_trade(), second = one_trade();
    const struct trade *trades[] = {&first, &second};
    struct err err;
    second.id = 32;
    second.taker_side = SIDE_SELL;
    assert_true(stream_public_trades(&sink->out, trades, 2, &err));
    assert_lines(sink, "ranger public.btcusd.trades {\"trades\":["
                       "{\"tid\":31,\"taker_type\":\"buy\","
                       "\"date\":1600000000,\"price\":\"9.0\",\"amount\":\"1.0\"},{\"tid\":32,"
                       "\"taker_type\":\"sell\",\"date\":1600000000,\"price\":\"9.0\","
                       "\"amount\":\"1.0\"}]}\n");
}

static void stream_balance__account__decimals(void **state)
{
    struct sink *sink = *state;
    struct err err;
    assert_true(stream_balance(&sink->out, "ID1", "usd", dec_of("5"), dec_of("0.25"), &err));
    assert_lines(sink, "ranger private.ID1.balances {\"currency\":\"usd\",\"balance\":\"5.0\","
                       "\"locked\":\"0.25\"}\n");
}

#define COMMON                                                                                     \
    "{\"id\":7,\"market\":\"btcusd\",\"type\":\"buy\",\"trader_uid\":\"ID1\","                     \
    "\"income_unit\":\"btc\",\"income_fee_type\":\"relative\","                                    \
    "\"income_maker_fee_value\":\"0.001\",\"income_taker_fee_value\":\"0.002\","                   \
    "\"outcome_unit\":\"usd\",\"outcome_fee_type\":\"relative\",\"outcome_fee_value\":\"0.0\","    \
    "\"initial_income_amount\":\"2.0\",\"current_income_amount\":\"1.0\","                         \
    "\"initial_outcome_amount\":\"20.0\",\"current_outcome_amount\":\"11.0\","                     \
    "\"strategy\":\"limit\",\"price\":\"10.0\","
#define CREATED_AT "\"trades_count\":1,\"created_at\":\"2020-09-13T12:26:40Z\","
#define PREVIOUS "\"previous_income_amount\":\"1.0\",\"previous_outcome_amount\":\"11.0\","

static void api_order__each_change__its_fields(void **state)
{
    static const struct {
        enum order_change change;
        enum order_state order_state;
        const char *line;
    } rows[] = {
        {ORDER_CREATED, ORDER_WAIT,
         "market btcusd.order_created " COMMON "\"state\":\"open\"," CREATED_AT
         "\"name\":\"market.btcusd.order_created\"}\n"},
        {ORDER_UPDATED, ORDER_WAIT,
         "market btcusd.order_updated " COMMON "\"state\":\"open\"," CREATED_AT PREVIOUS
         "\"updated_at\":\"2020-09-13T12:26:45Z\",\"name\":\"market.btcusd.order_updated\"}\n"},
        {ORDER_CANCELED, ORDER_CANCEL,
         "market btcusd.order_canceled " COMMON "\"state\":\"canceled\"," CREATED_AT
         "\"canceled_at\":\"2020-09-13T12:26:45Z\",\"name\":\"market.btcusd.order_canceled\"}\n"},
        {ORDER_COMPLETED, ORDER_DONE,
         "market btcusd.order_completed " COMMON "\"state\":\"completed\"," CREATED_AT PREVIOUS
         "\"completed_at\":\"2020-09-13T12:26:45Z\","
         "\"name\":\"market.btcusd.order_completed\"}\n"},
    };
    struct sink *sink = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct event_order event = {.order = half_filled(), .change = rows[i].change};
        struct err err;
        event.order.state = rows[i].order_state;
        str_clear(&sink->lines);
        assert_true(api_order(&sink->out, &event, &btcusd, "ID1", &err));
        assert_lines(sink, rows[i].line);
    }
}

static void api_order__sell__income_is_volume_times_price(void **state)
{
    struct sink *sink = *state;
    struct event_order event = {.order = half_filled(), .change = ORDER_CREATED};
    struct err err;
    event.order.side = SIDE_SELL;
    assert_true(api_order(&sink->out, &event, &btcusd, "ID1", &err));
    assert_non_null(strstr(str_data(&sink->lines), "\"initial_income_amount\":\"20.0\","
                                                   "\"current_income_amount\":\"10.0\","
                                                   "\"initial_outcome_amount\":\"2.0\","
                                                   "\"current_outcome_amount\":\"1.0\""));
    assert_non_null(strstr(str_data(&sink->lines), "\"income_unit\":\"usd\""));
}

static void api_order__market_order__nothing(void **state)
{
    struct sink *sink = *state;
    struct event_order event = {.order = half_filled(), .change = ORDER_COMPLETED};
    struct err err;
    event.order.type = TYPE_MARKET;
    assert_true(api_order(&sink->out, &event, &btcusd, "ID1", &err));
    assert_lines(sink, "");
}

static void api_trade__two_parties__gross_income_and_fee(void **state)
{
    struct sink *sink = *state;
    struct trade trade = one_trade();
    struct err err;
    assert_true(api_trade(&sink->out, &trade, "ID2", "ID3", &err));
    assert_lines(sink,
                 "market btcusd.trade_completed {\"id\":31,\"market\":\"btcusd\",\"price\":\"9.0\","
                 "\"amount\":\"1.0\",\"maker_uid\":\"ID2\",\"maker_income_unit\":\"usd\","
                 "\"maker_income_amount\":\"9.0\",\"maker_income_fee\":\"0.009\","
                 "\"maker_outcome_unit\":\"btc\",\"maker_outcome_amount\":\"1.0\","
                 "\"maker_outcome_fee\":\"0.0\",\"taker_uid\":\"ID3\","
                 "\"taker_income_unit\":\"btc\",\"taker_income_amount\":\"1.0\","
                 "\"taker_income_fee\":\"0.002\",\"taker_outcome_unit\":\"usd\","
                 "\"taker_outcome_amount\":\"9.0\",\"taker_outcome_fee\":\"0.0\","
                 "\"completed_at\":\"2020-09-13T12:26:40Z\","
                 "\"name\":\"market.btcusd.trade_completed\"}\n");
}

static void api_model__rendered_record__named_and_routed(void **state)
{
    static const char json[] = "{\"record\":{\"member_id\":1}}";
    struct sink *sink = *state;
    struct err err;
    assert_true(api_model(&sink->out, "model.account.created", json, sizeof(json) - 1, &err));
    assert_lines(sink, "model account.created {\"record\":{\"member_id\":1},"
                       "\"name\":\"model.account.created\"}\n");
}

static void api_model__malformed__refused(void **state)
{
    static const char *const names[] = {"account.created", "model.created", "model..created", ""};
    struct sink *sink = *state;
    struct err err;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_false(api_model(&sink->out, names[i], "{}", 2, &err));
    assert_false(api_model(&sink->out, "model.account.created", "[]", 2, &err));
    assert_false(api_model(&sink->out, "model.account.created", "{", 1, &err));
    assert_lines(sink, "");
}

static void api_claims__event__wrapped(void **state)
{
    struct sink *sink = *state;
    struct str event = STR_INIT(64);
    struct uuid jti = {{0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x40, 0x80, 0x80, 1, 2, 3, 4, 5, 6, 7}};
    str_add(&event, "{\"a\":1}");
    api_claims(&sink->lines, &event, jti, CREATED_US);
    assert_lines(sink, "{\"iss\":\"peatio\",\"jti\":\"10203040-5060-4080-8001-020304050607\","
                       "\"iat\":1600000000,\"exp\":1600000060,\"event\":{\"a\":1}}");
    str_release(&event);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(stream_order__limit_order__all_fields),
        TEST(stream_order__market_order__only_when_closed),
        TEST(stream_trade__both_members__own_side_and_order),
        TEST(stream_public_trades__two__one_message),
        TEST(stream_balance__account__decimals),
        TEST(api_order__each_change__its_fields),
        TEST(api_order__sell__income_is_volume_times_price),
        TEST(api_order__market_order__nothing),
        TEST(api_trade__two_parties__gross_income_and_fee),
        TEST(api_model__rendered_record__named_and_routed),
        TEST(api_model__malformed__refused),
        TEST(api_claims__event__wrapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
