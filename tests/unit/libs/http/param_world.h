/*
 * param_world.h: the routes whose parameters the tests read, and a request without a server. Included
 * by one test, after cmocka.
 */
#ifndef TESTS_PARAM_WORLD_H
#define TESTS_PARAM_WORLD_H

#include "base/auto.h"
#include "http/private.h"
#include "json/read.h"

struct order {
    const char *id, *market, *side, *type, *note, *group, *data, *code;
    struct param_dec volume, price, fee;
    struct param_i64 limit, page, from, otp;
    struct param_bool flag;
    struct param_list state, tags;
};

#define AT(member) offsetof(struct order, member)

static bool market_exists(struct http_request *request, const char *text)
{
    assert_non_null(request);
    return strcmp(text, "btcusd") == 0 || strcmp(text, "ethusd") == 0;
}

static bool is_limit(const void *params)
{
    const struct order *order = params;
    return order->type && strcmp(order->type, "limit") == 0;
}

static const struct param rows[] = {
    {.name = "id", .kind = PARAM_TEXT, .offset = AT(id), .flags = PARAM_IN_PATH},
    {.name = "market",
     .kind = PARAM_TEXT,
     .offset = AT(market),
     .flags = PARAM_REQUIRED,
     .check = market_exists,
     .value_code = "market.doesnt_exist"},
    {.name = "side",
     .kind = PARAM_TEXT,
     .offset = AT(side),
     .flags = PARAM_REQUIRED,
     .values = "sell buy",
     .value_code = "market.order.invalid_side"},
    {.name = "volume",
     .kind = PARAM_DEC,
     .offset = AT(volume),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE,
     .type_code = "market.order.non_decimal_volume",
     .value_code = "market.order.non_positive_volume"},
    {.name = "ord_type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "limit market",
     .fallback = "limit",
     .value_code = "market.order.invalid_type"},
    {.name = "price",
     .kind = PARAM_DEC,
     .offset = AT(price),
     .flags = PARAM_POSITIVE,
     .required_if = is_limit,
     .type_code = "market.order.non_decimal_price",
     .value_code = "market.order.non_positive_price"},
    PARAM_END,
};

static const struct param list_rows[] = {
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(limit),
     .flags = PARAM_RANGE,
     .min = 1,
     .max = 1000,
     .fallback = "100",
     .type_code = "non_integer_limit",
     .value_code = "invalid_limit"},
    {.name = "page",
     .kind = PARAM_I64,
     .offset = AT(page),
     .flags = PARAM_NOT_BLANK,
     .fallback = "1",
     .type_code = "non_integer_page"},
    {.name = "time_from", .kind = PARAM_TIME, .offset = AT(from), .type_code = "bad_from"},
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = "wait done cancel",
     .value_code = "invalid_state"},
    {.name = "search[code]", .kind = PARAM_NESTED, .offset = AT(code)},
    {.name = "flag", .kind = PARAM_BOOL, .offset = AT(flag)},
    {.name = "group", .kind = PARAM_TEXT, .offset = AT(group), .flags = PARAM_LOWER},
    {.name = "data", .kind = PARAM_JSON, .offset = AT(data), .type_code = "non_json_data"},
    {.name = "tags", .kind = PARAM_MULTI, .offset = AT(tags), .flags = PARAM_LOWER},
    {.name = "fee", .kind = PARAM_DEC, .offset = AT(fee), .flags = PARAM_NOT_NEGATIVE},
    {.name = "note",
     .kind = PARAM_TEXT,
     .offset = AT(note),
     .flags = PARAM_RANGE,
     .max = 5,
     .length_code = "note_too_long"},
    PARAM_END,
};

static const struct param otp_rows[] = {
    {.name = "otp",
     .kind = PARAM_I64,
     .offset = AT(otp),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK},
    {.name = "note",
     .kind = PARAM_TEXT,
     .offset = AT(note),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK},
    PARAM_END,
};

static const struct http_route order_route = {.method = "POST",
                                              .path = "/orders/:id",
                                              .params = rows,
                                              .params_size = sizeof(struct order),
                                              .class_name = "market.order"};
static const struct http_route list_route = {.method = "GET",
                                             .path = "/orders",
                                             .params = list_rows,
                                             .params_size = sizeof(struct order),
                                             .class_name = "market.order"};
static const struct http_route otp_route = {.method = "POST",
                                            .path = "/otp",
                                            .params = otp_rows,
                                            .params_size = sizeof(struct order),
                                            .class_name = "account.withdraw"};

static struct http_server server = {
    .spec = {.clock = &clock_real},
    .limits = {.body_bytes_max = 1 << 20, .arena_bytes_max = 1 << 20},
};

/* A request with these parameters: a query if it does not start with '{'. */
static struct http_request *make(const struct http_route *route, const char *text)
{
    struct http_request *request = request_new(&server);
    struct err err;
    assert_non_null(request);
    request->route = route;
    request->target.segments[0] = "orders";
    request->target.segments[1] = "42";
    request->target.segments_count = 2;
    if (text[0] == '{') {
        assert_true(http_set_params_json(request, text, strlen(text), &err));
    } else {
        char *copy = arena_strdup(request->arena, text);
        assert_true(values_add_pairs(&request->values, copy, 1000, request->arena, &err));
    }
    request->params = arena_alloc(request->arena, route->params_size);
    assert_non_null(request->params);
    return request;
}

static void assert_codes(const struct http_route *route, const char *text, const char *expected)
{
    struct http_request *request = make(route, text);
    AUTO(str_release) struct str got = STR_INIT(8192);
    struct codes codes;
    params_read(request, route, &codes);
    for (size_t i = 0; i < codes.count; i++) {
        str_add(&got, i > 0 ? " " : "");
        str_add(&got, codes.items[i]);
    }
    if (strcmp(str_data(&got), expected) != 0)
        fail_msg("%s\n  gives    %s\n  expected %s", text, str_data(&got), expected);
    request_free(request);
}

/* A request that must be right; the caller frees it. */
static struct http_request *read_right(const struct http_route *route, const char *text,
                                       const struct order **ret_order)
{
    struct http_request *request = make(route, text);
    struct codes codes;
    params_read(request, route, &codes);
    if (codes.count > 0)
        fail_msg("%s gives %s", text, codes.items[0]);
    *ret_order = http_params(request);
    return request;
}

#endif
