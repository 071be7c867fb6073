/* Trading fees and withdraw limits: answered from the catalog in memory. */
#include <string.h>

#include "accounting/http/context.h"
#include "accounting/http/entities_public.h"
#include "api/paging.h"
#include "accounting/http/public_support.h"
#include "accounting/http/routes_public.h"
#include "api/row_sort.h"

/* ---- GET /trading_fees ---- */

struct fees_request {
    const char *group, *market_id, *market_type;
    struct paging paging;
    struct ordering ordering;
};

static bool is_market_or_any(struct http_request *request, const char *market_id)
{
    return strcmp(market_id, "any") == 0 ||
           catalog_market(request_catalog(request), market_id) != NULL;
}

#define AT(member) offsetof(struct fees_request, member)
static const struct param fees_params[] = {
    PAGING_ROWS("admin.pagination", struct fees_request, paging),
    ORDERING_ROWS("admin.pagination", struct fees_request, ordering, "desc", "id"),
    {.name = "group",
     .kind = PARAM_TEXT,
     .offset = AT(group),
     .flags = PARAM_LOWER,
     .doc = "Only fees of this member group."},
    {.name = "market_id",
     .kind = PARAM_TEXT,
     .offset = AT(market_id),
     .check = is_market_or_any,
     .value_code = "public.trading_fee.market_doesnt_exist",
     .doc = "Only fees of this market; or any."},
    {.name = "market_type",
     .kind = PARAM_TEXT,
     .offset = AT(market_type),
     .fallback = "spot",
     .values = "spot qe",
     .value_code = "management.trading_fee.invalid_market_type",
     .doc = "Only fees of this type of market."},
    PARAM_END,
};
#undef AT

static void fees_list(struct http_request *request)
{
    const struct fees_request *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    struct trading_fee *rows = public_alloc_or_reply(request, catalog->fees_count, sizeof(*rows));
    if (!rows)
        return;
    size_t total = 0;
    for (size_t i = 0; i < catalog->fees_count; i++) {
        const struct trading_fee *fee = &catalog->fees[i];
        if ((!asked->group || strcmp(fee->group, asked->group) == 0) &&
            (!asked->market_id || strcmp(fee->market_id, asked->market_id) == 0) &&
            strcmp(fee->market_type, asked->market_type) == 0)
            rows[total++] = *fee;
    }
    rows_sort(rows, total, sizeof(*rows), trading_fee_fields, &asked->ordering);
    struct span span = paging_span(&asked->paging, total);
    paging_headers(request, &asked->paging, total);
    http_reply_array(request, trading_fee_fields, rows + span.first, span.count, sizeof(*rows));
}

/* ---- GET /withdraw_limits ---- */

struct limits_request {
    const char *group, *kyc_level;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct limits_request, member)
static const struct param limits_params[] = {
    PAGING_ROWS("admin.pagination", struct limits_request, paging),
    ORDERING_ROWS("admin.pagination", struct limits_request, ordering, "desc", "id"),
    {.name = "group",
     .kind = PARAM_TEXT,
     .offset = AT(group),
     .flags = PARAM_LOWER,
     .doc = "Only limits of this member group."},
    {.name = "kyc_level",
     .kind = PARAM_TEXT,
     .offset = AT(kyc_level),
     .doc = "Only limits of this level."},
    PARAM_END,
};
#undef AT

static void limits_list(struct http_request *request)
{
    const struct limits_request *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    struct withdraw_limit *rows =
        public_alloc_or_reply(request, catalog->limits_count, sizeof(*rows));
    if (!rows)
        return;
    size_t total = 0;
    for (size_t i = 0; i < catalog->limits_count; i++) {
        const struct withdraw_limit *limit = &catalog->limits[i];
        if ((!asked->group || strcmp(limit->group, asked->group) == 0) &&
            (!asked->kyc_level || strcmp(limit->kyc_level, asked->kyc_level) == 0))
            rows[total++] = *limit;
    }
    rows_sort(rows, total, sizeof(*rows), withdraw_limit_fields, &asked->ordering);
    struct span span = paging_span(&asked->paging, total);
    paging_headers(request, &asked->paging, total);
    http_reply_array(request, withdraw_limit_fields, rows + span.first, span.count, sizeof(*rows));
}

const struct http_route public_fee_routes[] = {
    {.method = "GET",
     .path = "/api/v2/public/trading_fees",
     .mode = HTTP_INLINE,
     .handler = fees_list,
     .params = fees_params,
     .params_size = sizeof(struct fees_request),
     .reply = trading_fee_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "public.tradingfee",
     .tag = "public",
     .doc = "Trading fees by member group and market."},
    {.method = "GET",
     .path = "/api/v2/public/withdraw_limits",
     .mode = HTTP_INLINE,
     .handler = limits_list,
     .params = limits_params,
     .params_size = sizeof(struct limits_request),
     .reply = withdraw_limit_fields,
     .reply_is_array = true,
     .access = ACCESS_PUBLIC,
     .class_name = "public.withdrawlimit",
     .tag = "public",
     .doc = "Withdrawal limits by member group and level."},
    {.method = NULL},
};
