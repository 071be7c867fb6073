/* Currencies, markets, trading fees, withdraw limits: answered from the catalog in memory. */
#include <stdlib.h>
#include <string.h>

#include "accounting/http/context.h"
#include "accounting/http/entities_public.h"
#include "api/paging.h"
#include "accounting/http/public_support.h"
#include "accounting/http/routes_public.h"

static void no_memory(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "no memory for the reply");
    http_reply_err(request, &err);
}

/* ---- GET /currencies ---- */

struct currencies_request {
    const char *type, *search_code, *search_name;
    struct paging paging;
};

#define AT(member) offsetof(struct currencies_request, member)
static const struct param currencies_params[] = {
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "fiat coin",
     .value_code = "public.currency.invalid_type",
     .doc = "Only this type: fiat or coin."},
    {.name = "search[code]",
     .kind = PARAM_NESTED,
     .offset = AT(search_code),
     .doc = "Only currencies whose code contains this; or whose name contains search[name]."},
    {.name = "search[name]",
     .kind = PARAM_NESTED,
     .offset = AT(search_name),
     .doc = "Only currencies whose name contains this."},
    PAGING_ROWS("pagination", struct currencies_request, paging),
    PARAM_END,
};
#undef AT

static bool currency_fits(const struct currencies_request *asked, const struct currency *currency)
{
    if (!currency->is_visible)
        return false;
    if (asked->type && (strcmp(asked->type, "coin") == 0) != currency->is_coin)
        return false;
    if (!asked->search_code && !asked->search_name)
        return true;
    return (asked->search_code && text_contains(currency->id, asked->search_code)) ||
           (asked->search_name && text_contains(currency->name, asked->search_name));
}

static void currencies_list(struct http_request *request)
{
    const struct currencies_request *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    const struct currency **rows =
        public_alloc_or_reply(request, catalog->currencies_count, sizeof(*rows));
    if (!rows)
        return;
    size_t total = 0;
    for (size_t i = 0; i < catalog->currencies_count; i++)
        if (currency_fits(asked, &catalog->currencies[i]))
            rows[total++] = &catalog->currencies[i];
    struct span span = paging_span(&asked->paging, total);
    struct currency_view *views = public_alloc_or_reply(request, span.count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < span.count; i++)
        if (!currency_view_fill(http_arena(request), catalog, rows[span.first + i], &views[i])) {
            no_memory(request);
            return;
        }
    paging_headers(request, &asked->paging, total);
    http_reply_array(request, currency_fields, views, span.count, sizeof(*views));
}

/* ---- GET /currencies/:id ---- */

struct currency_request {
    const char *id;
};

/* A code of a visible currency, wholly in lower or wholly in upper case. */
static const struct currency *currency_by_code(struct http_request *request, const char *code)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->currencies_count; i++) {
        const struct currency *currency = &catalog->currencies[i];
        char upper[CURRENCY_ID_SIZE];
        if (currency->is_visible && (strcmp(code, currency->id) == 0 ||
                                     strcmp(code, currency_code(currency->id, upper)) == 0))
            return currency;
    }
    return NULL;
}

static bool currency_is_visible(struct http_request *request, const char *code)
{
    return currency_by_code(request, code) != NULL;
}

static const struct param currency_params[] = {
    {.name = "id",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct currency_request, id),
     .flags = PARAM_REQUIRED | PARAM_IN_PATH,
     .check = currency_is_visible,
     .value_code = "public.currency.doesnt_exist",
     .doc = "Currency code."},
    PARAM_END,
};

static void currency_show(struct http_request *request)
{
    const struct currency_request *asked = http_params(request);
    struct currency_view view;
    if (currency_view_fill(http_arena(request), request_catalog(request),
                           currency_by_code(request, asked->id), &view))
        http_reply_object(request, currency_fields, &view);
    else
        no_memory(request);
}

/* ---- GET /markets ---- */

struct markets_request {
    const char *ordering, *order_by, *base_unit, *quote_unit, *type;
    const char *base_code, *quote_code, *base_name, *quote_name;
    struct paging paging;
};

static bool is_base_unit(struct http_request *request, const char *code)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (strcmp(catalog->markets[i].base, code) == 0)
            return true;
    return false;
}

static bool is_quote_unit(struct http_request *request, const char *code)
{
    const struct catalog *catalog = request_catalog(request);
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (strcmp(catalog->markets[i].quote, code) == 0)
            return true;
    return false;
}

#define AT(member) offsetof(struct markets_request, member)
static const struct param markets_params[] = {
    PAGING_ROWS("pagination", struct markets_request, paging),
    {.name = "ordering",
     .kind = PARAM_TEXT,
     .offset = AT(ordering),
     .fallback = "asc",
     .values = "asc desc",
     .value_code = "public.markets.invalid_ordering",
     .doc = "Direction of the order."},
    {.name = "order_by",
     .kind = PARAM_TEXT,
     .offset = AT(order_by),
     .fallback = "position",
     .values = "id position",
     .value_code = "public.markets.invalid_order_by",
     .doc = "What orders the list; then the position."},
    {.name = "base_unit",
     .kind = PARAM_TEXT,
     .offset = AT(base_unit),
     .check = is_base_unit,
     .value_code = "public.markets.base_unit_doesnt_exist",
     .doc = "Only markets of this base currency."},
    {.name = "quote_unit",
     .kind = PARAM_TEXT,
     .offset = AT(quote_unit),
     .check = is_quote_unit,
     .value_code = "public.markets.quote_unit_doesnt_exist",
     .doc = "Only markets of this quote currency."},
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .fallback = "spot",
     .values = "spot qe",
     .type_code = "public.market.non_string_market_type",
     .value_code = "public.market.invalid_market_type",
     .doc = "Only markets of this type."},
    {.name = "search[base_code]",
     .kind = PARAM_NESTED,
     .offset = AT(base_code),
     .doc = "Only markets whose base code contains this, or that meet another search[...]."},
    {.name = "search[quote_code]",
     .kind = PARAM_NESTED,
     .offset = AT(quote_code),
     .doc = "... whose quote code contains this."},
    {.name = "search[base_name]",
     .kind = PARAM_NESTED,
     .offset = AT(base_name),
     .doc = "... whose base currency's name contains this."},
    {.name = "search[quote_name]",
     .kind = PARAM_NESTED,
     .offset = AT(quote_name),
     .doc = "... whose quote currency's name contains this."},
    PARAM_END,
};
#undef AT

static const char *currency_name(const struct catalog *catalog, const char *id)
{
    const struct currency *currency = catalog_currency(catalog, id);
    return currency ? currency->name : NULL;
}

static bool market_is_found(const struct catalog *catalog, const struct markets_request *asked,
                            const struct market *market)
{
    if (!asked->base_code && !asked->quote_code && !asked->base_name && !asked->quote_name)
        return true;
    return (asked->base_code && text_contains(market->base, asked->base_code)) ||
           (asked->quote_code && text_contains(market->quote, asked->quote_code)) ||
           (asked->base_name &&
            text_contains(currency_name(catalog, market->base), asked->base_name)) ||
           (asked->quote_name &&
            text_contains(currency_name(catalog, market->quote), asked->quote_name));
}

static bool market_fits(const struct catalog *catalog, const struct markets_request *asked,
                        const struct market *market)
{
    return market_is_active(market) && strcmp(market->type, asked->type) == 0 &&
           (!asked->base_unit || strcmp(market->base, asked->base_unit) == 0) &&
           (!asked->quote_unit || strcmp(market->quote, asked->quote_unit) == 0) &&
           market_is_found(catalog, asked, market);
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(const struct market *const *)a)->id, (*(const struct market *const *)b)->id);
}

/* The rows come by position: asc by position is there already. */
static void order_markets(const struct markets_request *asked, const struct market **rows,
                          size_t count)
{
    if (strcmp(asked->order_by, "id") == 0)
        qsort(rows, count, sizeof(const struct market *), by_id);
    if (asked->ordering[0] == 'd')
        for (size_t low = 0, high = count; low + 1 < high; low++, high--) {
            const struct market *swap = rows[low];
            rows[low] = rows[high - 1];
            rows[high - 1] = swap;
        }
}

static void markets_list(struct http_request *request)
{
    const struct markets_request *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    const struct market **rows =
        public_alloc_or_reply(request, catalog->markets_count, sizeof(*rows));
    if (!rows)
        return;
    size_t total = 0;
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (market_fits(catalog, asked, &catalog->markets[i]))
            rows[total++] = &catalog->markets[i];
    order_markets(asked, rows, total);
    struct span span = paging_span(&asked->paging, total);
    struct market_view *views = public_alloc_or_reply(request, span.count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < span.count; i++)
        views[i] = market_view_of(rows[span.first + i]);
    paging_headers(request, &asked->paging, total);
    http_reply_array(request, market_fields, views, span.count, sizeof(*views));
}

/* ---- GET /config ---- */

/* The shape of the answer, for the documents: the handler writes it piece by piece. */
struct config_view {
    const struct currency_view *currencies;
    const struct trading_fee *trading_fees;
    const struct market_view *markets;
    const struct withdraw_limit *withdraw_limits;
    size_t count;
};

#define ROW(name, table, type)                                                                     \
    {                                                                                              \
#name, JSON_ARRAY, offsetof(struct config_view, name),                                     \
            .sub = table, .sub_size = sizeof(type),                                                \
            .count_offset = offsetof(struct config_view, count)                                    \
    }
static const struct json_field config_fields[] = {
    ROW(currencies, currency_fields, struct currency_view),
    ROW(trading_fees, trading_fee_fields, struct trading_fee),
    ROW(markets, market_fields, struct market_view),
    ROW(withdraw_limits, withdraw_limit_fields, struct withdraw_limit),
    {NULL},
};
#undef ROW

static bool write_currencies(struct http_request *request, struct str *out)
{
    const struct catalog *catalog = request_catalog(request);
    bool first = true;
    str_add(out, "{\"currencies\":[");
    for (size_t i = 0; i < catalog->currencies_count; i++) {
        struct currency_view view;
        if (strcmp(catalog->currencies[i].status, "disabled") == 0)
            continue;
        if (!currency_view_fill(http_arena(request), catalog, &catalog->currencies[i], &view))
            return false;
        if (!first)
            str_add_char(out, ',');
        first = false;
        json_write_object(out, currency_fields, &view);
    }
    str_add_char(out, ']');
    return true;
}

static void write_markets(const struct catalog *catalog, struct str *out)
{
    bool first = true;
    str_add(out, ",\"markets\":[");
    for (size_t i = 0; i < catalog->markets_count; i++) {
        if (!market_is_active(&catalog->markets[i]))
            continue;
        struct market_view view = market_view_of(&catalog->markets[i]);
        if (!first)
            str_add_char(out, ',');
        first = false;
        json_write_object(out, market_fields, &view);
    }
    str_add_char(out, ']');
}

static void config_show(struct http_request *request)
{
    const struct catalog *catalog = request_catalog(request);
    struct str *out = http_reply_builder(request);
    if (!write_currencies(request, out)) {
        no_memory(request);
        return;
    }
    str_add(out, ",\"trading_fees\":");
    json_write_array(out, trading_fee_fields, catalog->fees, catalog->fees_count,
                     sizeof(struct trading_fee));
    write_markets(catalog, out);
    str_add(out, ",\"withdraw_limits\":");
    json_write_array(out, withdraw_limit_fields, catalog->limits, catalog->limits_count,
                     sizeof(struct withdraw_limit));
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

const struct http_route public_catalog_routes[] = {
    {.method = "GET",
     .path = "/api/v2/public/currencies",
     .mode = HTTP_INLINE,
     .handler = currencies_list,
     .params = currencies_params,
     .params_size = sizeof(struct currencies_request),
     .reply = currency_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "public.currency",
     .tag = "public",
     .doc = "Visible currencies by position."},
    {.method = "GET",
     .path = "/api/v2/public/currencies/:id",
     .mode = HTTP_INLINE,
     .handler = currency_show,
     .params = currency_params,
     .params_size = sizeof(struct currency_request),
     .reply = currency_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "public.currency",
     .tag = "public",
     .doc = "One visible currency."},
    {.method = "GET",
     .path = "/api/v2/public/markets",
     .mode = HTTP_INLINE,
     .handler = markets_list,
     .params = markets_params,
     .params_size = sizeof(struct markets_request),
     .reply = market_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "public.market",
     .tag = "public",
     .doc = "Markets that are enabled or hidden."},
    {.method = "GET",
     .path = "/api/v2/public/config",
     .mode = HTTP_INLINE,
     .handler = config_show,
     .reply = config_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "public.config",
     .tag = "public",
     .doc = "Currencies, markets, fees and limits in one answer."},
    {.method = NULL},
};
