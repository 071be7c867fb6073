/* /market/trades: a member's trades. */
#include "accounting/http/context.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/order_form.h"
#include "api/paging.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/trades_read.h"

struct trade_list {
    struct param_list market;
    const char *market_type, *type, *order_by;
    struct paging paging;
    struct param_i64 time_from, time_to;
};

#define AT(member) offsetof(struct trade_list, member)
static const struct param trade_list_params[] = {{.name = "market",
                                                  .kind = PARAM_MULTI,
                                                  .offset = AT(market),
                                                  .check = check_market_exists,
                                                  .value_code = "market.market.doesnt_exist",
                                                  .doc = "Market ids."},
                                                 {.name = "market_type",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(market_type),
                                                  .fallback = "spot",
                                                  .values = "spot qe",
                                                  .value_code = "market.market.invalid_market_type",
                                                  .doc = "Market type."},
                                                 {.name = "limit",
                                                  .kind = PARAM_I64,
                                                  .offset = AT(paging.limit),
                                                  .flags = PARAM_RANGE,
                                                  .min = 1,
                                                  .max = 1000,
                                                  .fallback = "100",
                                                  .type_code = "market.trade.non_integer_limit",
                                                  .value_code = "market.trade.invalid_limit",
                                                  .doc = "Trades of a page."},
                                                 {.name = "page",
                                                  .kind = PARAM_I64,
                                                  .offset = AT(paging.page),
                                                  .flags = PARAM_NOT_BLANK,
                                                  .fallback = "1",
                                                  .type_code = "market.trade.non_integer_page",
                                                  .doc = "Number of the page, from 1."},
                                                 {.name = "type",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(type),
                                                  .values = "buy sell",
                                                  .value_code = "market.trade.invalid_type",
                                                  .doc = "My side."},
                                                 {.name = "time_from",
                                                  .kind = PARAM_I64,
                                                  .offset = AT(time_from),
                                                  .flags = PARAM_NOT_BLANK,
                                                  .type_code = "market.trade.non_integer_time_from",
                                                  .doc = "Made at or after this Unix time."},
                                                 {.name = "time_to",
                                                  .kind = PARAM_I64,
                                                  .offset = AT(time_to),
                                                  .flags = PARAM_NOT_BLANK,
                                                  .type_code = "market.trade.non_integer_time_to",
                                                  .doc = "Made before this Unix time."},
                                                 {.name = "order_by",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(order_by),
                                                  .fallback = "desc",
                                                  .values = "asc desc",
                                                  .value_code = "market.trade.invalid_order_by",
                                                  .doc = "Direction of the order by id."},
                                                 PARAM_END};
#undef AT

static void reply_trades(struct http_request *request, const struct trade *trades, size_t count)
{
    struct trade_view *views = arena_alloc(http_arena(request), (count + 1) * sizeof(*views));
    struct err err;
    if (!views) {
        err_set(&err, ERR_BUSY, "no memory for %zu trades", count);
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        trade_view_fill(&views[i], &trades[i],
                        catalog_market(request_catalog(request), trades[i].market_id),
                        request_member(request)->id);
    http_reply_array(request, trade_fields, views, count, sizeof(*views));
}

static void list(struct http_request *request)
{
    const struct trade_list *asked = http_params(request);
    struct trades_filter filter = {.member_id = request_member(request)->id,
                                   .side = side_or_both(asked->type),
                                   .from_us = seconds_to_us(asked->time_from),
                                   .to_us = seconds_to_us(asked->time_to),
                                   .ascending = asked->order_by[0] == 'a',
                                   .limit = paging_limit(&asked->paging),
                                   .offset = paging_offset(&asked->paging)};
    const struct market_choice choice = {.ids = &asked->market, .type = asked->market_type};
    struct trade *trades;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    paging_headers(request, &asked->paging, PAGING_UNCOUNTED);
    bool ok = market_choice_ids(request, &choice, &filter.markets, &filter.markets_count) ||
              err_set(&err, ERR_BUSY, "no memory for a filter");
    if (ok && trades_of_member(db, http_arena(request), &filter, &trades, &count, &err))
        reply_trades(request, trades, count);
    else
        http_reply_err(request, &err);
}

const struct http_route market_trade_routes[] = {{.method = "GET",
                                                  .path = "/api/v2/market/trades",
                                                  .mode = HTTP_WORKER,
                                                  .handler = list,
                                                  .params = trade_list_params,
                                                  .params_size = sizeof(struct trade_list),
                                                  .reply = trade_fields,
                                                  .reply_is_array = true,
                                                  .access = ACCESS_TRADING,
                                                  .action = "read",
                                                  .subject = "Trade",
                                                  .class_name = "market.trade",
                                                  .tag = "market",
                                                  .doc = "My trades, by id."},
                                                 {.method = NULL}};
