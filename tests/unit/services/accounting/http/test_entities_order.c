/* Orders, trades, operations as JSON: key by key what the contract shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/http/entities_order.h"

#include "base/auto.h"
#include "tests/support/dec.h"

#include <string.h>

#define AT_US INT64_C(1600000040123456)
#define AT_TEXT "\"2020-09-13T12:27:20Z\""

static const struct market market = {.id = "btcusd",
                                     .base = "btc",
                                     .quote = "usd",
                                     .type = "spot",
                                     .price_precision = 2,
                                     .amount_precision = 4};

static void assert_json(const struct json_field *fields, const void *object, const char *expected)
{
    AUTO(str_release) struct str out = STR_INIT(16 * 1024);
    json_write_object(&out, fields, object);
    assert_string_equal(str_data(&out), expected);
}

static struct order bid(void)
{
    struct order order = {.id = 12,
                          .member_id = 7,
                          .market_id = "btcusd",
                          .side = SIDE_BUY,
                          .state = ORDER_WAIT,
                          .price = dec_of("10"),
                          .volume = dec_of("3"),
                          .origin_volume = dec_of("5"),
                          .origin_locked = dec_of("50"),
                          .locked = dec_of("40"),
                          .funds_received = dec_of("2"),
                          .maker_fee = dec_of("0.001"),
                          .taker_fee = dec_of("0.002"),
                          .trades_count = 1,
                          .created_at = AT_US,
                          .updated_at = AT_US};
    assert_true(uuid_parse("80da9dcf-6388-445e-9184-64ae5554bf1d", &order.uuid));
    return order;
}

#define BID_HEAD                                                                                   \
    "{\"id\":12,\"uuid\":\"80da9dcf-6388-445e-9184-64ae5554bf1d\",\"side\":\"buy\","               \
    "\"ord_type\":\"limit\",\"price\":\"10.0\",\"avg_price\":\"5.0\",\"state\":\"wait\","          \
    "\"market\":\"btcusd\",\"market_type\":\"spot\",\"created_at\":" AT_TEXT                       \
    ",\"updated_at\":" AT_TEXT ",\"origin_volume\":\"5.0\",\"remaining_volume\":\"3.0\","          \
    "\"executed_volume\":\"2.0\",\"maker_fee\":\"0.001\",\"taker_fee\":\"0.002\","                 \
    "\"trades_count\":1"

static void order_view__a_limit_order__is_the_contracts(void **state)
{
    (void)state;
    struct order order = bid();
    struct order_view view;
    order_view_fill(&view, &order, &market);
    assert_json(order_fields, &view, BID_HEAD "}");
    view.trades_length = 0;
    assert_json(order_with_trades_fields, &view, BID_HEAD ",\"trades\":[]}");
}

static void order_view__for_administrators__has_the_member(void **state)
{
    (void)state;
    struct order order = bid();
    const struct member member = {.uid = "ID7", .email = "a@b.c"};
    struct order_view view;
    admin_order_view_fill(&view, &order, &market, &member);
    assert_json(admin_order_fields, &view, BID_HEAD ",\"email\":\"a@b.c\",\"uid\":\"ID7\"}");
    admin_order_view_fill(&view, &order, &market, NULL);
    assert_json(admin_order_fields, &view, BID_HEAD ",\"email\":null,\"uid\":null}");
}

static void order_view__extensions__come_last_when_used(void **state)
{
    (void)state;
    struct order order = bid();
    struct order_view view;
    order.type = TYPE_STOP_LIMIT;
    order.time_in_force = TIF_IOC;
    order.stop_price = dec_of("9");
    order.stp = STP_CANCEL_OLDEST;
    memcpy(order.client_order_id, "mine", 5);
    order_view_fill(&view, &order, &market);
    assert_string_equal(view.ord_type, "stop_limit");
    AUTO(str_release) struct str out = STR_INIT(16 * 1024);
    json_write_object(&out, order_fields, &view);
    assert_non_null(strstr(out.data,
                           "\"trades_count\":1,\"time_in_force\":\"ioc\",\"stop_price\":\"9.0\","
                           "\"client_order_id\":\"mine\","
                           "\"self_trade_prevention\":\"cancel_oldest\"}"));
}

static void order_view__a_market_order__has_no_price(void **state)
{
    (void)state;
    struct order order = bid();
    struct order_view view;
    order.type = TYPE_MARKET;
    order.price = DEC_ZERO;
    order_view_fill(&view, &order, &market);
    AUTO(str_release) struct str out = STR_INIT(16 * 1024);
    json_write_object(&out, order_fields, &view);
    assert_non_null(strstr(out.data, "\"ord_type\":\"market\",\"price\":null,"));
}

static struct trade sold(void)
{
    return (struct trade){.id = 5,
                          .market_id = "btcusd",
                          .base = "btc",
                          .quote = "usd",
                          .price = dec_of("100"),
                          .amount = dec_of("0.5"),
                          .total = dec_of("50"),
                          .taker_side = SIDE_SELL,
                          .maker_order_id = 12,
                          .taker_order_id = 13,
                          .maker_id = 7,
                          .taker_id = 8,
                          .maker_fee = dec_of("0.001"),
                          .taker_fee = dec_of("0.002"),
                          .buyer_fee_amount = dec_of("0.0005"),
                          .seller_fee_amount = dec_of("0.1"),
                          .created_at = AT_US};
}

#define TRADE_HEAD "{\"id\":5,\"price\":\"100.0\",\"amount\":\"0.5\",\"total\":\"50.0\","
#define TRADE_TAIL                                                                                 \
    "\"market\":\"btcusd\",\"market_type\":\"spot\",\"created_at\":" AT_TEXT                       \
    ",\"taker_type\":\"sell\","

static void trade_view__each_member__sees_his_side(void **state)
{
    (void)state;
    struct trade trade = sold();
    struct trade_view view;
    trade_view_fill(&view, &trade, &market, 7);
    assert_json(trade_fields, &view,
                TRADE_HEAD
                "\"fee_currency\":\"btc\",\"fee\":\"0.001\",\"fee_amount\":\"0.0005\"," TRADE_TAIL
                "\"side\":\"buy\",\"order_id\":12}");
    trade_view_fill(&view, &trade, &market, 8);
    assert_json(trade_fields, &view,
                TRADE_HEAD
                "\"fee_currency\":\"usd\",\"fee\":\"0.002\",\"fee_amount\":\"0.1\"," TRADE_TAIL
                "\"side\":\"sell\",\"order_id\":13}");
    trade.taker_id = 7; /* with himself: the maker's side */
    trade_view_fill(&view, &trade, &market, 7);
    assert_string_equal(view.side, "buy");
    assert_int_equal(view.order_id, 12);
}

static void trade_view__in_an_order__has_no_fee(void **state)
{
    (void)state;
    struct trade trade = sold();
    struct order order = bid();
    struct trade_view view;
    trade_view_fill_for_order(&view, &trade, &market, &order);
    assert_json(trade_fields, &view, TRADE_HEAD TRADE_TAIL "\"side\":\"buy\"}");
}

static void admin_trade_view__both_members__are_named(void **state)
{
    (void)state;
    struct trade trade = sold();
    const struct member maker = {.uid = "ID7", .email = "m@b.c"};
    const struct member taker = {.uid = "ID8", .email = "t@b.c"};
    struct admin_trade_view view;
    admin_trade_view_fill(&view, &trade, &market, &maker, &taker);
    assert_json(admin_trade_fields, &view,
                TRADE_HEAD TRADE_TAIL
                "\"maker_order_email\":\"m@b.c\",\"maker_uid\":\"ID7\","
                "\"maker_fee_amount\":\"0.0005\",\"maker_fee_currency\":\"btc\","
                "\"taker_order_email\":\"t@b.c\",\"taker_uid\":\"ID8\","
                "\"taker_fee_currency\":\"usd\",\"taker_fee_amount\":\"0.1\"}");
}

static void operation_view__legs__say_their_account(void **state)
{
    (void)state;
    const struct operation operation = {.id = 33,
                                        .code = 212,
                                        .currency_id = "btc",
                                        .debit = dec_of("1"),
                                        .member_id = 7,
                                        .reference_type = "order",
                                        .reference_id = 12,
                                        .created_at = AT_US};
    struct operation_view view;
    operation_view_fill(&view, &operation, "ID7");
    assert_json(operation_fields, &view,
                "{\"id\":33,\"code\":212,\"currency\":\"btc\",\"credit\":\"0.0\",\"debit\":\"1.0\","
                "\"uid\":\"ID7\",\"account_kind\":\"locked\",\"rid\":12,"
                "\"reference_type\":\"order\",\"created_at\":" AT_TEXT "}");
    operation_view_fill(&view, &operation, NULL);
    view.rid = 0;
    assert_json(operation_fields, &view,
                "{\"id\":33,\"code\":212,\"currency\":\"btc\",\"credit\":\"0.0\",\"debit\":\"1.0\","
                "\"account_kind\":\"locked\",\"rid\":null,"
                "\"reference_type\":\"order\",\"created_at\":" AT_TEXT "}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_view__a_limit_order__is_the_contracts),
        cmocka_unit_test(order_view__for_administrators__has_the_member),
        cmocka_unit_test(order_view__extensions__come_last_when_used),
        cmocka_unit_test(order_view__a_market_order__has_no_price),
        cmocka_unit_test(trade_view__each_member__sees_his_side),
        cmocka_unit_test(trade_view__in_an_order__has_no_fee),
        cmocka_unit_test(admin_trade_view__both_members__are_named),
        cmocka_unit_test(operation_view__legs__say_their_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
