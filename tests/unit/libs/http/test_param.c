/*
 * Parameters: the rules of param.h, as facts. Each fact is a query (or a JSON body) and the codes
 * that must come out, in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/libs/http/param_world.h"

static void params_read__order__fills_the_struct(void **state)
{
    static const char *const texts[] = {
        "market=btcusd&side=buy&volume=0.5&price=65000.12",
        "{\"market\":\"btcusd\",\"side\":\"buy\",\"volume\":\"0.5\",\"price\":\"65000.12\"}",
        "{\"market\":\"btcusd\",\"side\":\"buy\",\"volume\":0.5,\"price\":65000.12,\"x\":[1]}",
        "market=x&market=btcusd&side=sell&side=buy&volume=.5&volume=0.5&price=65000.12",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        const struct order *order;
        struct http_request *request = read_right(&order_route, texts[i], &order);
        assert_string_equal(order->id, "42");
        assert_string_equal(order->market, "btcusd");
        assert_string_equal(order->side, "buy");
        assert_string_equal(order->type, "limit");
        assert_true(order->volume.given && order->volume.value.units == DEC_ONE_UNITS / 2);
        assert_true(order->price.given);
        assert_false(order->fee.given);
        request_free(request);
    }
}

static void params_read__missing__gives_missing_and_value(void **state)
{
    (void)state;
    assert_codes(&order_route, "",
                 "market.order.missing_market market.doesnt_exist "
                 "market.order.missing_side market.order.invalid_side "
                 "market.order.missing_volume market.order.non_positive_volume "
                 "market.order.missing_price");
    assert_codes(&order_route, "market=btcusd&side=buy&price=1",
                 "market.order.missing_volume market.order.non_positive_volume");
    assert_codes(&otp_route, "",
                 "account.withdraw.missing_otp account.withdraw.empty_otp "
                 "account.withdraw.missing_note account.withdraw.empty_note");
}

static void params_read__wrong_type__runs_the_value_rule_too(void **state)
{
    (void)state;
    assert_codes(&order_route, "market=btcusd&side=buy&price=1&volume=test",
                 "market.order.non_decimal_volume market.order.non_positive_volume");
    assert_codes(&list_route, "limit=abc", "non_integer_limit invalid_limit");
    assert_codes(&list_route, "page=abc", "non_integer_page");
    assert_codes(&list_route, "time_from=yesterday", "bad_from");
    assert_codes(&list_route, "flag=maybe", "invalid");
    assert_codes(&list_route, "fee=x", "invalid value");
}

static void params_read__values__are_checked(void **state)
{
    (void)state;
    assert_codes(&order_route, "market=usdusd&side=buy&price=1&volume=1", "market.doesnt_exist");
    assert_codes(&order_route, "market=&side=&price=1&volume=1",
                 "market.doesnt_exist market.order.invalid_side");
    assert_codes(&order_route, "market=btcusd&side=BUY&price=1&volume=1",
                 "market.order.invalid_side");
    assert_codes(&order_route, "market=btcusd&side=sell buy&price=1&volume=1",
                 "market.order.invalid_side");
    assert_codes(&order_route, "market=btcusd&side=buy&price=1&volume=-1.1",
                 "market.order.non_positive_volume");
    assert_codes(&order_route, "market=btcusd&side=buy&price=0&volume=1",
                 "market.order.non_positive_price");
    assert_codes(&list_route, "limit=0", "invalid_limit");
    assert_codes(&list_route, "limit=1001", "invalid_limit");
    assert_codes(&list_route, "limit=1", "");
    assert_codes(&list_route, "limit=1000", "");
    assert_codes(&list_route, "fee=-0.1", "value");
    assert_codes(&list_route, "fee=0", "");
}

static void params_read__conditional__is_missing_alone_or_nothing(void **state)
{
    (void)state;
    assert_codes(&order_route, "market=btcusd&side=buy&volume=1", "market.order.missing_price");
    assert_codes(&order_route,
                 "market=btcusd&side=buy&volume=1&price=", "market.order.missing_price");
    assert_codes(&order_route, "market=btcusd&side=buy&volume=1&ord_type=market", "");
    assert_codes(&order_route, "market=btcusd&side=buy&volume=1&ord_type=market&price=abc", "");
    assert_codes(&order_route, "market=btcusd&side=buy&volume=1&ord_type=stop",
                 "market.order.invalid_type");
    const struct order *order;
    struct http_request *request =
        read_right(&order_route, "market=btcusd&side=buy&volume=1&ord_type=market&price=3", &order);
    assert_true(http_param_given(request, "price"));
    assert_false(http_param_given(request, "pric"));
    assert_false(http_param_given(request, "other"));
    request_free(request);
}

static void params_read__blank_number__is_absent_or_empty(void **state)
{
    const struct order *order;
    (void)state;
    struct http_request *request = read_right(&list_route, "limit=&fee=&time_from=&flag=", &order);
    assert_true(order->limit.given && order->limit.value == 100);
    assert_false(order->fee.given || order->from.given || order->flag.given);
    request_free(request);
    assert_codes(&list_route, "page=", "market.order.empty_page");
    assert_codes(&list_route, "page=%20", "market.order.empty_page");
    assert_codes(&otp_route,
                 "otp=&note=", "account.withdraw.empty_otp account.withdraw.empty_note");
    assert_codes(&otp_route, "otp=1&note=%20", "account.withdraw.empty_note");
    assert_codes(&otp_route, "{\"otp\":1,\"note\":null}", "account.withdraw.empty_note");
    assert_codes(&order_route,
                 "market=btcusd&side=buy&price=1&volume=", "market.order.non_positive_volume");
}

static void params_read__integers__are_plain_and_whole(void **state)
{
    static const char *const wrong[] = {
        "limit=1.5",       "limit=0x10",      "limit=1e2",        "limit=1_0",
        "limit=%2B5",      "limit=+5",        "limit=5+",         "limit=9223372036854775808",
        "{\"limit\":1.5}", "{\"limit\":1e2}", "{\"limit\":true}", "{\"limit\":[1]}",
        "{\"limit\":{}}",  "limit=%D9%A1",
    };
    const struct order *order;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_codes(&list_route, wrong[i], "non_integer_limit invalid_limit");
    struct http_request *request =
        read_right(&list_route, "{\"limit\":12,\"page\":\"-3\"}", &order);
    assert_int_equal(order->limit.value, 12);
    assert_int_equal(order->page.value, -3);
    request_free(request);
}

static void params_read__decimals__are_plain_and_exact(void **state)
{
    static const char *const wrong[] = {
        "1e3",
        "1E-8",
        ".5",
        "5.",
        "+5",
        "1,5",
        "1_000",
        "0x10",
        "NaN",
        "Infinity",
        "--1",
        "0.12345678901234567",
        "100000000000000000000",
        "1.2.3",
        "1%205",
        "5%0A",
        "%205",
    };
    static const char *const wrong_json[] = {
        "1e2", "1234567890123456", "0.1000000000000000055", "true", "[1]", "{}", "\"1e2\"",
    };
    char text[128];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        snprintf(text, sizeof(text), "market=btcusd&side=buy&price=1&volume=%s", wrong[i]);
        assert_codes(&order_route, text,
                     "market.order.non_decimal_volume market.order.non_positive_volume");
    }
    for (size_t i = 0; i < ARRAY_LEN(wrong_json); i++) {
        snprintf(text, sizeof(text),
                 "{\"market\":\"btcusd\",\"side\":\"buy\",\"price\":1,\"volume\":%s}",
                 wrong_json[i]);
        assert_codes(&order_route, text,
                     "market.order.non_decimal_volume market.order.non_positive_volume");
    }
}

static void assert_flag(const char *query, bool expected)
{
    const struct order *order;
    struct http_request *request = read_right(&list_route, query, &order);
    assert_true(order->flag.given && order->flag.value == expected);
    request_free(request);
}

static void params_read__booleans__in_many_words(void **state)
{
    static const char *const yes[] = {"flag=true", "flag=1", "flag=T", "flag=yes", "flag=on"};
    static const char *const no[] = {"flag=false", "flag=0", "flag=F", "{\"flag\":false}"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_flag(yes[i], true);
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        assert_flag(no[i], false);
}

static void params_read__lists__come_in_three_forms(void **state)
{
    static const char *const forms[] = {
        "state[]=wait&state[]=done",
        "state%5B%5D=wait&x=1&state%5B%5D=done",
        "{\"state\":[\"wait\",\"done\"]}",
    };
    const struct order *order;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct http_request *request = read_right(&list_route, forms[i], &order);
        assert_int_equal(order->state.count, 2);
        assert_string_equal(order->state.items[0], "wait");
        assert_string_equal(order->state.items[1], "done");
        request_free(request);
    }
    struct http_request *request = read_right(&list_route, "state=wait&tags=%20A", &order);
    assert_int_equal(order->state.count, 1);
    assert_string_equal(order->tags.items[0], "a");
    request_free(request);
    request = read_right(&list_route, "", &order);
    assert_int_equal(order->state.count, 0);
    request_free(request);
    assert_codes(&list_route, "state=test", "invalid_state");
    assert_codes(&list_route, "state[]=wait&state[]=test&state[]=worse", "invalid_state");
    assert_codes(&list_route, "{\"state\":[[\"wait\"]]}", "invalid");
    assert_codes(&list_route, "{\"state\":{\"a\":1}}", "invalid");
    assert_codes(&list_route, "{\"state\":[null]}", "invalid");
}

static void params_read__long_list__ends_at_the_limit(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(64 * 1024);
    (void)state;
    for (int i = 0; i < PARAM_ITEMS_MAX; i++)
        str_add(&text, "state[]=wait&");
    assert_codes(&list_route, text.data, "");
    str_add(&text, "state[]=wait");
    assert_codes(&list_route, text.data, "invalid");
}

static void params_read__nested__in_a_query_an_object_or_a_text(void **state)
{
    static const char *const forms[] = {
        "search[code]=btc&search[name]=x",
        "search%5Bcode%5D=btc",
        "search={\"code\":\"btc\"}",
        "{\"search\":{\"code\":\"btc\"}}",
        "{\"search\":\"{\\\"code\\\":\\\"btc\\\"}\"}",
        "{\"search[code]\":\"btc\"}",
    };
    static const char *const absent[] = {
        "",
        "search=btc",
        "search[codes]=btc",
        "search={\"code\":",
        "{\"search\":[]}",
        "{\"search\":null}",
    };
    const struct order *order;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct http_request *request = read_right(&list_route, forms[i], &order);
        assert_string_equal(order->code, "btc");
        assert_true(http_param_given(request, "search"));
        request_free(request);
    }
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        struct http_request *request = read_right(&list_route, absent[i], &order);
        assert_null(order->code);
        request_free(request);
    }
    assert_codes(&list_route, "{\"search\":{\"code\":{}}}", "invalid");
}

static void params_read__json__is_kept_to_the_digit(void **state)
{
    static const char *const rows_of[][2] = {
        {"{\"data\":{\"a\":[1.50,12345678901234567890,null,true,\"\\n\"]}}",
         "{\"a\":[1.50,12345678901234567890,null,true,\"\\n\"]}"},
        {"{\"data\":\"{\\\"a\\\": 1}\"}", "{\"a\": 1}"},
        {"data={\"a\":1}", "{\"a\":1}"},
        {"data[full_name]=A%20B&data[iban]=1\"2", "{\"full_name\":\"A B\",\"iban\":\"1\\\"2\"}"},
        {"{\"data\":[]}", "[]"},
    };
    const struct order *order;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows_of); i++) {
        struct http_request *request = read_right(&list_route, rows_of[i][0], &order);
        assert_string_equal(order->data, rows_of[i][1]);
        request_free(request);
    }
    assert_codes(&list_route, "data={a", "non_json_data");
    assert_codes(&list_route, "data=", "");
}

static void params_read__texts__are_lowered_and_measured(void **state)
{
    const struct order *order;
    (void)state;
    struct http_request *request = read_right(&list_route, "group=%20VIP-1%20&note=12345", &order);
    assert_string_equal(order->group, "vip-1");
    assert_string_equal(order->note, "12345");
    request_free(request);
    assert_codes(&list_route, "note=123456", "note_too_long");
    request = read_right(&list_route, "{\"note\":7,\"group\":null}", &order);
    assert_string_equal(order->note, "7");
    assert_null(order->group);
    assert_true(http_param_given(request, "group"));
    request_free(request);
}

static void params_read__same_code_twice__is_told_once(void **state)
{
    (void)state;
    assert_codes(&list_route, "flag=x&state[]=wait&tags={}&fee=a&{}=1", "invalid value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(params_read__order__fills_the_struct),
        cmocka_unit_test(params_read__missing__gives_missing_and_value),
        cmocka_unit_test(params_read__wrong_type__runs_the_value_rule_too),
        cmocka_unit_test(params_read__values__are_checked),
        cmocka_unit_test(params_read__conditional__is_missing_alone_or_nothing),
        cmocka_unit_test(params_read__blank_number__is_absent_or_empty),
        cmocka_unit_test(params_read__integers__are_plain_and_whole),
        cmocka_unit_test(params_read__decimals__are_plain_and_exact),
        cmocka_unit_test(params_read__booleans__in_many_words),
        cmocka_unit_test(params_read__lists__come_in_three_forms),
        cmocka_unit_test(params_read__long_list__ends_at_the_limit),
        cmocka_unit_test(params_read__nested__in_a_query_an_object_or_a_text),
        cmocka_unit_test(params_read__json__is_kept_to_the_digit),
        cmocka_unit_test(params_read__texts__are_lowered_and_measured),
        cmocka_unit_test(params_read__same_code_twice__is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
