/* The objects of the public groups: keys, their order, what is left out and what is null. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/http/entities_public.h"
#include "accounting/http/public_support.h"
#include "tests/support/dec.h"

static void assert_json(const struct json_field *fields, const void *object, const char *expected)
{
    struct str out = STR_INIT(1 << 16);
    json_write_object(&out, fields, object);
    assert_string_equal(str_data(&out), expected);
    str_release(&out);
}

static void currency__coin_with_network__both_formats(void **state)
{
    struct blockchain chain = {
        .key = "eth-rinkeby", .protocol = "ERC\"20\"", .min_confirmations = 6};
    struct network network = {
        .currency_id = "usdt",
        .blockchain_key = "eth-rinkeby",
        .parent_id = "eth",
        .withdraw_fee = dec_of("1.5"),
        .deposit_enabled = true,
        .base_factor = 1000000,
        .blockchain = &chain,
    };
    struct currency currency = {.id = "usdt",
                                .name = "Tether",
                                .is_coin = true,
                                .status = "enabled",
                                .is_visible = true,
                                .position = 3,
                                .precision = 6,
                                .price = dec_of("1"),
                                .withdraw_limit_24h = dec_of("10")};
    struct catalog catalog = {.networks = &network, .networks_count = 1};
    struct arena *arena = arena_new(1 << 16);
    struct currency_view view;
    (void)state;
    assert_true(currency_view_fill(arena, &catalog, &currency, &view));
    assert_json(currency_fields, &view,
                "{\"id\":\"usdt\",\"status\":\"enabled\",\"name\":\"Tether\",\"description\":null,"
                "\"homepage\":null,\"price\":\"1.0\",\"type\":\"coin\",\"precision\":6,"
                "\"position\":3,\"networks\":[{\"blockchain_key\":\"eth-rinkeby\","
                "\"currency_id\":\"usdt\",\"parent_id\":\"eth\",\"deposit_enabled\":true,"
                "\"withdrawal_enabled\":false,\"deposit_fee\":\"0.0\","
                "\"min_deposit_amount\":\"0.0\",\"withdraw_fee\":\"1.5\","
                "\"min_withdraw_amount\":\"0.0\",\"base_factor\":1000000,"
                "\"explorer_transaction\":null,\"explorer_address\":null,\"description\":null,"
                "\"warning\":null,\"protocol\":\"ERC\\\"20\\\"\",\"min_confirmations\":6}],"
                "\"parent_id\":\"eth\",\"explorer_transaction\":null,\"explorer_address\":null,"
                "\"deposit_enabled\":true,\"withdrawal_enabled\":false,\"deposit_fee\":\"0.0\","
                "\"min_deposit_amount\":\"0.0\",\"withdraw_fee\":\"1.5\","
                "\"min_withdraw_amount\":\"0.0\",\"withdraw_limit_24h\":\"10.0\","
                "\"withdraw_limit_72h\":\"0.0\",\"base_factor\":1000000,\"min_confirmations\":6}");
    arena_free(arena);
}

static void currency__fiat_without_network__no_coin_keys(void **state)
{
    struct currency currency = {.id = "usd", .status = "enabled", .precision = 2};
    struct catalog catalog = {.networks_count = 0};
    struct arena *arena = arena_new(1 << 16);
    struct currency_view view;
    (void)state;
    assert_true(currency_view_fill(arena, &catalog, &currency, &view));
    assert_json(currency_fields, &view,
                "{\"id\":\"usd\",\"status\":\"enabled\",\"description\":null,\"homepage\":null,"
                "\"price\":\"0.0\",\"type\":\"fiat\",\"precision\":2,\"position\":0,"
                "\"networks\":[],\"deposit_enabled\":false,\"withdrawal_enabled\":false,"
                "\"deposit_fee\":\"0.0\",\"min_deposit_amount\":\"0.0\",\"withdraw_fee\":\"0.0\","
                "\"min_withdraw_amount\":\"0.0\",\"withdraw_limit_24h\":\"0.0\","
                "\"withdraw_limit_72h\":\"0.0\",\"base_factor\":1}");
    arena_free(arena);
}

static void market__all_keys__in_order(void **state)
{
    struct market market = {.id = "btcusd",
                            .base = "btc",
                            .quote = "usd",
                            .name = "BTC/USD",
                            .type = "spot",
                            .state = MARKET_HIDDEN,
                            .amount_precision = 6,
                            .price_precision = 2,
                            .min_price = dec_of("0.01"),
                            .min_amount = dec_of("0.00001")};
    struct market_view view = market_view_of(&market);
    (void)state;
    assert_json(market_fields, &view,
                "{\"id\":\"btcusd\",\"symbol\":\"btcusd\",\"name\":\"BTC/USD\",\"type\":\"spot\","
                "\"base_unit\":\"btc\",\"quote_unit\":\"usd\",\"min_price\":\"0.01\","
                "\"max_price\":\"0.0\",\"min_amount\":\"0.00001\",\"amount_precision\":6,"
                "\"price_precision\":2,\"state\":\"hidden\"}");
}

static void public_trade__numbers__not_strings(void **state)
{
    struct public_trade trade = {.id = 5,
                                 .price = dec_of("9.5"),
                                 .amount = dec_of("2"),
                                 .total = dec_of("19"),
                                 .taker_side = SIDE_SELL,
                                 .created_at = 1600000000999999};
    struct public_trade_view view = public_trade_view_of("btcusd", &trade);
    (void)state;
    assert_json(public_trade_fields, &view,
                "{\"id\":5,\"price\":9.5,\"amount\":2.0,\"total\":19.0,\"market\":\"btcusd\","
                "\"created_at\":1600000000,\"taker_type\":\"sell\"}");
}

static void ticker__one_market__at_is_null_inside(void **state)
{
    struct ticker_entry entry = {.at = "1600000000"};
    (void)state;
    ticker_percent(dec_of("5"), dec_of("6"), entry.ticker.ticker.price_change_percent);
    assert_json(ticker_entry_fields, &entry,
                "{\"at\":\"1600000000\",\"ticker\":{\"low\":\"0.0\",\"high\":\"0.0\","
                "\"open\":\"0.0\",\"last\":\"0.0\",\"volume\":\"0.0\",\"amount\":\"0.0\","
                "\"vol\":\"0.0\",\"avg_price\":\"0.0\",\"price_change_percent\":\"+20.00%\","
                "\"at\":null}}");
}

static void names__pairs_and_codes__upper_case(void **state)
{
    struct market market = {.name = "BTC/USD"};
    char pair[PAIR_SIZE], code[CURRENCY_ID_SIZE];
    (void)state;
    assert_string_equal(market_pair(&market, pair), "BTC_USD");
    assert_string_equal(currency_code("usdt-erc20", code), "USDT-ERC20");
    assert_true(text_contains("Bitcoin", "COIN"));
    assert_true(text_contains(NULL, NULL));
    assert_false(text_contains(NULL, "x"));
    assert_false(text_contains("Bitcoin", "eth"));
}

static void depth_per_side__half__rounded_down_but_not_to_all(void **state)
{
    static const int64_t rows[][2] = {{0, 0}, {1, 1}, {2, 1}, {3, 1}, {100, 50}, {999, 499}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct param_i64 depth = {rows[i][0], true};
        assert_int_equal(depth_per_side(&depth), rows[i][1]);
    }
    struct param_i64 absent = {0, false};
    assert_int_equal(depth_per_side(&absent), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currency__coin_with_network__both_formats),
        cmocka_unit_test(currency__fiat_without_network__no_coin_keys),
        cmocka_unit_test(market__all_keys__in_order),
        cmocka_unit_test(public_trade__numbers__not_strings),
        cmocka_unit_test(ticker__one_market__at_is_null_inside),
        cmocka_unit_test(names__pairs_and_codes__upper_case),
        cmocka_unit_test(depth_per_side__half__rounded_down_but_not_to_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
