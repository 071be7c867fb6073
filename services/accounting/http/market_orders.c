/*
 * /market/orders: a member's orders.
 *
 * Step 0 of 5 of an order's life. Then: actions/order_prepare.c, actions/order_accept.c. Placing and
 * cancelling are HTTP_DEFERRED: the loop thread hands the intake to the writer, which commits many
 * together and resumes them.
 */
#include "accounting/actions/order_prepare.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/order_form.h"
#include "api/paging.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/orders_read.h"
#include "accounting/store/trades_read.h"

#include <string.h>

enum { CANCEL_ALL_LISTED_MAX = 4000, ORDER_TRADES_MAX = 1000 };

/* ---- handing over to the writer, and back ---- */

static void committed(struct intake *intake)
{
    http_resume(intake->user);
}

static void push(struct http_request *request, struct intake *intake)
{
    struct err err;
    intake->user = request;
    intake->done = committed;
    request_keep(request, intake);
    http_defer(request);
    if (accept_push(request_app(request)->accept_queue, intake, &err))
        return;
    intake->ok = false;
    intake->err = err;
    http_resume(request);
}

static void finish(struct http_request *request)
{
    struct intake *intake = request_kept(request);
    if (!intake->ok) {
        http_reply_err(request, &intake->err);
        return;
    }
    if (intake->replayed)
        http_reply_header(request, "Idempotent-Replayed", "true");
    struct order_view view;
    order_view_fill(&view, &intake->order,
                    catalog_market(request_catalog(request), intake->order.market_id));
    http_reply_object(request, order_fields, &view);
}

static struct intake *intake_new_or_reply(struct http_request *request)
{
    struct intake *intake = arena_alloc(http_arena(request), sizeof(*intake));
    struct err err;
    if (!intake && !err_set(&err, ERR_BUSY, "no memory for an order"))
        http_reply_err(request, &err);
    return intake;
}

/* ---- POST /market/orders ---- */

static void create(struct http_request *request)
{
    struct order_request asked;
    struct err err;
    struct intake *intake = intake_new_or_reply(request);
    if (!intake)
        return;
    bool prepared = order_form_read(request, &asked, &err) &&
                    order_prepare(request_app(request), request_catalog(request),
                                  request_member(request), &asked, intake, &err);
    if (prepared)
        push(request, intake);
    else
        http_reply_err(request, &err);
}

/* ---- POST /market/orders/:id/cancel ---- */

struct order_path {
    const char *id;
};
#define ID_ROW(type)                                                                               \
    {                                                                                              \
        .name = "id", .kind = PARAM_TEXT, .offset = offsetof(type, id),                            \
        .flags = PARAM_REQUIRED | PARAM_IN_PATH, .doc = "Id or UUID of the order."                 \
    }
static const struct param order_path_params[] = {ID_ROW(struct order_path), PARAM_END};

static void cancel(struct http_request *request)
{
    const struct order_path *path = http_params(request);
    struct order_ref ref;
    struct err err;
    struct intake *intake = intake_new_or_reply(request);
    if (!intake)
        return;
    if (!order_ref_parse(path->id, &ref, &err)) {
        http_reply_err(request, &err);
        return;
    }
    *intake = (struct intake){
        .kind = INTAKE_CANCEL,
        .by_uuid = ref.by_uuid,
        .order = {.id = ref.id, .uuid = ref.uuid, .member_id = request_member(request)->id}};
    push(request, intake);
}

/* ---- lists ---- */

struct order_list {
    struct param_list market, state;
    const char *market_type, *base_unit, *quote_unit, *order_by, *ord_type, *type;
    struct paging paging;
    struct param_i64 time_from, time_to;
};

#define AT(member) offsetof(struct order_list, member)
static const struct param order_list_params[] = {
    {.name = "market",
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
    {.name = "base_unit",
     .kind = PARAM_TEXT,
     .offset = AT(base_unit),
     .check = check_base_unit,
     .value_code = "market.market.doesnt_exist",
     .doc = "Base currency of the markets."},
    {.name = "quote_unit",
     .kind = PARAM_TEXT,
     .offset = AT(quote_unit),
     .check = check_quote_unit,
     .value_code = "market.market.doesnt_exist",
     .doc = "Quote currency of the markets."},
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = "pending wait done cancel reject",
     .value_code = "market.order.invalid_state",
     .doc = "States."},
    {.name = "limit",
     .kind = PARAM_I64,
     .offset = AT(paging.limit),
     .flags = PARAM_RANGE,
     .min = 0,
     .max = 1000,
     .fallback = "100",
     .type_code = "market.order.non_integer_limit",
     .value_code = "market.order.invalid_limit",
     .doc = "Orders of a page."},
    {.name = "page",
     .kind = PARAM_I64,
     .offset = AT(paging.page),
     .flags = PARAM_NOT_BLANK,
     .fallback = "1",
     .type_code = "market.order.non_integer_page",
     .doc = "Number of the page, from 1."},
    {.name = "order_by",
     .kind = PARAM_TEXT,
     .offset = AT(order_by),
     .fallback = "desc",
     .values = "asc desc",
     .value_code = "market.order.invalid_order_by",
     .doc = "Direction of the order by updated_at."},
    {.name = "ord_type",
     .kind = PARAM_TEXT,
     .offset = AT(ord_type),
     .values = "limit market post_only stop_limit stop_market",
     .value_code = "market.order.invalid_ord_type",
     .doc = "Type of order."},
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "buy sell",
     .value_code = "market.order.invalid_type",
     .doc = "Side."},
    {.name = "time_from",
     .kind = PARAM_I64,
     .offset = AT(time_from),
     .flags = PARAM_NOT_BLANK,
     .type_code = "market.order.non_integer_time_from",
     .doc = "Accepted at or after this Unix time."},
    {.name = "time_to",
     .kind = PARAM_I64,
     .offset = AT(time_to),
     .flags = PARAM_NOT_BLANK,
     .type_code = "market.order.non_integer_time_to",
     .doc = "Accepted before this Unix time."},
    PARAM_END};
#undef AT

static void reply_orders(struct http_request *request, const struct order *orders, size_t count)
{
    struct order_view *views = arena_alloc(http_arena(request), (count + 1) * sizeof(*views));
    struct err err;
    if (!views) {
        err_set(&err, ERR_BUSY, "no memory for %zu orders", count);
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        order_view_fill(&views[i], &orders[i],
                        catalog_market(request_catalog(request), orders[i].market_id));
    http_reply_array(request, order_fields, views, count, sizeof(*views));
}

static size_t read_states(const struct param_list *names, enum order_state *states)
{
    for (size_t i = 0; i < names->count; i++) {
        bool known = order_state_parse(names->items[i], &states[i]);
        assert(known);
    }
    return names->count;
}

static void list(struct http_request *request)
{
    const struct order_list *asked = http_params(request);
    enum order_state states[PARAM_ITEMS_MAX];
    struct orders_filter filter = {.member_id = request_member(request)->id,
                                   .states_count = read_states(&asked->state, states),
                                   .side = side_or_both(asked->type),
                                   .ord_type = asked->ord_type,
                                   .from_us = seconds_to_us(asked->time_from),
                                   .to_us = seconds_to_us(asked->time_to),
                                   .ascending = asked->order_by[0] == 'a',
                                   .limit = paging_limit(&asked->paging),
                                   .offset = paging_offset(&asked->paging)};
    const struct market_choice choice = {.ids = &asked->market,
                                         .type = asked->market_type,
                                         .base_unit = asked->base_unit,
                                         .quote_unit = asked->quote_unit};
    struct order *orders;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    filter.states = asked->state.count > 0 ? states : NULL;
    bool ok = market_choice_ids(request, &choice, &filter.markets, &filter.markets_count) ||
              err_set(&err, ERR_BUSY, "no memory for a filter");
    if (!ok || !orders_of_member(db, http_arena(request), &filter, &orders, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, PAGING_UNCOUNTED);
    reply_orders(request, orders, count);
}

/* ---- GET /market/orders/:id ---- */

static void show(struct http_request *request)
{
    const struct order_path *path = http_params(request);
    struct order_ref ref;
    struct order order;
    struct trade *trades;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!order_ref_parse(path->id, &ref, &err) ||
        !order_find(db, &ref, request_member(request)->id, &order, &err) ||
        !trades_of_order(db, http_arena(request), &order, ORDER_TRADES_MAX, &trades, &count,
                         &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct trade_view *views = arena_alloc(http_arena(request), (count + 1) * sizeof(*views));
    if (!views) {
        err_set(&err, ERR_BUSY, "no memory for %zu trades", count);
        http_reply_err(request, &err);
        return;
    }
    const struct market *market = catalog_market(request_catalog(request), order.market_id);
    for (size_t i = 0; i < count; i++)
        trade_view_fill_for_order(&views[i], &trades[i], market, &order);
    struct order_view view;
    order_view_fill(&view, &order, market);
    view.trades = views;
    view.trades_length = count;
    http_reply_object(request, order_with_trades_fields, &view);
}

/* ---- POST /market/orders/cancel ---- */

struct cancel_all {
    const char *market, *market_type, *side;
};
#define AT(member) offsetof(struct cancel_all, member)
static const struct param cancel_all_params[] = {{.name = "market",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(market),
                                                  .check = check_market_exists,
                                                  .value_code = "market.market.doesnt_exist",
                                                  .doc = "Only orders of this market."},
                                                 {.name = "market_type",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(market_type),
                                                  .fallback = "spot",
                                                  .values = "spot qe",
                                                  .value_code = "market.market.invalid_market_type",
                                                  .doc = "Market type."},
                                                 {.name = "side",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(side),
                                                  .values = "sell buy",
                                                  .doc = "Only orders of this side."},
                                                 PARAM_END};
#undef AT

/* One command for each market that the orders are of. */
static bool cancel_markets(struct http_request *request, const struct order *orders, size_t count,
                           enum side side, struct err *err)
{
    struct accounting *app = request_app(request);
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;
        while (strcmp(orders[first].market_id, orders[i].market_id) != 0)
            first++;
        const struct market *market = catalog_market(request_catalog(request), orders[i].market_id);
        if (first < i || !market)
            continue;
        struct intake intake = {.kind = INTAKE_CANCEL_ALL,
                                .market = *market,
                                .side = side,
                                .order = {.member_id = orders[i].member_id}};
        if (!accept_wait(app->accept_queue, &intake, err))
            return false;
    }
    return true;
}

static void cancel_all(struct http_request *request)
{
    static const enum order_state waiting[] = {ORDER_WAIT};
    const struct cancel_all *asked = http_params(request);
    struct orders_filter filter = {.member_id = request_member(request)->id,
                                   .states = waiting,
                                   .states_count = ARRAY_LEN(waiting),
                                   .side = side_or_both(asked->side),
                                   .limit = CANCEL_ALL_LISTED_MAX};
    const struct market_choice choice = {.id = asked->market, .type = asked->market_type};
    struct order *orders;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool ok = market_choice_ids(request, &choice, &filter.markets, &filter.markets_count) ||
              err_set(&err, ERR_BUSY, "no memory for a filter");
    if (ok && orders_of_member(db, http_arena(request), &filter, &orders, &count, &err) &&
        cancel_markets(request, orders, count, filter.side, &err))
        reply_orders(request, orders, count);
    else
        http_reply_err(request, &err);
}

/* ---- PUT /market/orders/:id ---- */

struct amend {
    const char *id;
    struct param_dec price, volume;
};
#define AT(member) offsetof(struct amend, member)
static const struct param amend_params[] = {
    ID_ROW(struct amend),
    {.name = "price",
     .kind = PARAM_DEC,
     .offset = AT(price),
     .flags = PARAM_POSITIVE,
     .type_code = "market.order.non_decimal_price",
     .value_code = "market.order.non_positive_price",
     .doc = "The new price."},
    {.name = "volume",
     .kind = PARAM_DEC,
     .offset = AT(volume),
     .flags = PARAM_POSITIVE,
     .type_code = "market.order.non_decimal_volume",
     .value_code = "market.order.non_positive_volume",
     .doc = "The new volume, what is traded already included."},
    PARAM_END};
#undef AT

static bool amend_accept(struct http_request *request, struct db *db, struct intake *intake,
                         struct err *err)
{
    const struct amend *asked = http_params(request);
    const struct catalog *catalog = request_catalog(request);
    struct order_ref ref;
    struct order order;
    if (!order_ref_parse(asked->id, &ref, err))
        return false;
    if (!asked->price.given && !asked->volume.given)
        return err_set_key(err, ERR_INVALID, "market.order.nothing_to_amend",
                           "neither a price nor a volume");
    if (!order_find(db, &ref, request_member(request)->id, &order, err))
        return false;
    const struct market *market = catalog_market(catalog, order.market_id);
    if (!market || !market_is_active(market))
        return err_set(err, ERR_MARKET_CLOSED, "market %s does not trade", order.market_id);
    const struct currency *base = catalog_currency(catalog, market->base);
    const struct currency *quote = catalog_currency(catalog, market->quote);
    assert(base && quote);
    *intake = (struct intake){.kind = INTAKE_AMEND,
                              .order = {.id = order.id, .member_id = order.member_id},
                              .market = *market,
                              .base_is_coin = base->is_coin,
                              .quote_is_coin = quote->is_coin,
                              .new_price = asked->price.value,
                              .new_volume = asked->volume.value};
    return accept_wait(request_app(request)->accept_queue, intake, err);
}

static void amend(struct http_request *request)
{
    struct intake intake;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!amend_accept(request, db, &intake, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct order_view view;
    order_view_fill(&view, &intake.order, &intake.market);
    http_reply_object(request, order_fields, &view);
}

/* ---- the table ---- */

#define ORDERS(verb, tail, how, does)                                                              \
    .method = (verb), .path = "/api/v2/market/orders" tail, .mode = (how),                         \
    .access = ACCESS_TRADING, .action = (does), .subject = "Order", .class_name = "market.order",  \
    .tag = "market"

const struct http_route market_routes[] = {
    {ORDERS("POST", "", HTTP_DEFERRED, "create"), .handler = create, .finish = finish,
     .params = order_form_params, .params_size = sizeof(struct order_form), .reply = order_fields,
     .doc = "Place an order. It is accepted, funded and durable when the answer comes."},
    {ORDERS("GET", "", HTTP_WORKER, "read"), .handler = list, .params = order_list_params,
     .params_size = sizeof(struct order_list), .reply = order_fields, .reply_is_array = true,
     .doc = "My orders, by the time of their last change."},
    {ORDERS("POST", "/cancel", HTTP_WORKER, "update"), .handler = cancel_all,
     .params = cancel_all_params, .params_size = sizeof(struct cancel_all), .reply = order_fields,
     .reply_is_array = true, .doc = "Cancel all my waiting orders, of a market or a side."},
    {ORDERS("GET", "/:id", HTTP_WORKER, "read"), .handler = show, .params = order_path_params,
     .params_size = sizeof(struct order_path), .reply = order_with_trades_fields,
     .doc = "One of my orders, with its trades."},
    {ORDERS("PUT", "/:id", HTTP_WORKER, "update"), .handler = amend, .params = amend_params,
     .params_size = sizeof(struct amend), .reply = order_fields,
     .doc = "Change price or volume of an open limit order; it keeps its place if only the volume"
            " shrinks. Extension."},
    {ORDERS("POST", "/:id/cancel", HTTP_DEFERRED, "update"), .handler = cancel, .finish = finish,
     .params = order_path_params, .params_size = sizeof(struct order_path), .reply = order_fields,
     .doc = "Cancel one of my orders. The answer shows it as it stands."},
    {.method = NULL}};
