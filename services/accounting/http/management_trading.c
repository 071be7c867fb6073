/* /management/orders, /trades: what members trade, for servers. */
#include "accounting/actions/order_accept.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/management_support.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/order_form.h"
#include "accounting/store/orders_read.h"
#include "accounting/store/trades_read.h"

#include <string.h>

enum { ORDERS_LISTED_MAX = 10000 };

/* ---- POST /orders ---- */

struct orders_form {
    const char *uid, *market, *market_type, *ord_type;
    struct param_list state;
};

#define AT(member) offsetof(struct orders_form, member)
static const struct param orders_params[] = {
    ROW_TEXT(MANAGEMENT, "uid", AT(uid), "UID of the member."),
    {.name = "market",
     .kind = PARAM_TEXT,
     .offset = AT(market),
     .check = check_any_market,
     .type_code = "market is invalid",
     .value_code = "market management.orders.market_doesnt_exist",
     .doc = "Market id."},
    MANAGEMENT_MARKET_TYPE_ROW(AT(market_type)),
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = "pending wait done cancel reject",
     .type_code = "state is invalid",
     .value_code = "state management.orders.invalid_state",
     .doc = "States."},
    {.name = "ord_type",
     .kind = PARAM_TEXT,
     .offset = AT(ord_type),
     .values = "limit market post_only stop_limit stop_market",
     .type_code = "ord_type is invalid",
     .value_code = "ord_type management.orders.invalid_ord_type",
     .doc = "Type of order."},
    PARAM_END};
#undef AT

static void view_fill(struct http_request *request, const struct order *order,
                      struct order_view *view)
{
    order_view_fill(view, order, catalog_market(request_catalog(request), order->market_id));
    view->member_id = order->member_id;
}

static bool orders_find(struct http_request *request, struct db *db, uint64_t member_id,
                        struct order **ret_orders, size_t *ret_count, struct err *err)
{
    const struct orders_form *asked = http_params(request);
    const struct market_choice choice = {.id = asked->market, .type = asked->market_type};
    enum order_state states[PARAM_ITEMS_MAX];
    for (size_t i = 0; i < asked->state.count; i++) {
        bool known = order_state_parse(asked->state.items[i], &states[i]);
        assert(known);
    }
    struct orders_filter filter = {
        .member_id = member_id,
        .states = asked->state.count > 0 ? states : NULL,
        .states_count = asked->state.count,
        .side = SIDE_BOTH,
        .ord_type = asked->ord_type,
        .limit = ORDERS_LISTED_MAX, /* the contract does not page this list; a bound it needs */
    };
    if (!market_choice_ids(request, &choice, &filter.markets, &filter.markets_count))
        return err_set(err, ERR_BUSY, "no memory for a filter");
    return orders_list(db, http_arena(request), &filter, ret_orders, ret_count, err);
}

static void orders(struct http_request *request)
{
    const struct orders_form *asked = http_params(request);
    struct member member;
    struct order *rows;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!management_member(request, db, asked->uid, &member, &err)) {
        if (err.code == ERR_NOT_FOUND)
            management_reply_param(request, "uid management.orders.uid_doesnt_exist");
        else
            http_reply_err(request, &err);
        return;
    }
    if (!orders_find(request, db, member.id, &rows, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct order_view *views = admin_alloc_or_reply(request, count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < count; i++)
        view_fill(request, &rows[i], &views[i]);
    http_reply_array(request, management_order_fields, views, count, sizeof(*views));
}

/* ---- POST /orders/:id/cancel ---- */

struct cancel_form {
    struct param_i64 id;
};
static const struct param cancel_params[] = {
    ROW_ID_IN_PATH(offsetof(struct cancel_form, id), "id is invalid"), PARAM_END};

static bool is_refusal(const struct err *err)
{
    return err_retry(err->code) == ERR_FINAL && err->code != ERR_NOT_FOUND &&
           err->code != ERR_INTERNAL;
}

static void cancel(struct http_request *request)
{
    const struct cancel_form *asked = http_params(request);
    struct intake intake = {
        .kind = INTAKE_CANCEL,
        .order = {.id = asked->id.value > 0 ? (uint64_t)asked->id.value : 0},
    };
    struct order_view view;
    struct err err;
    if (!accept_wait(request_app(request)->accept_queue, &intake, &err)) {
        if (is_refusal(&err))
            err.key = "management.order.cancel_error";
        http_reply_err(request, &err);
        return;
    }
    view_fill(request, &intake.order, &view);
    http_reply_object(request, management_order_fields, &view);
}

/* ---- POST /orders/cancel ---- */

struct cancel_all_form {
    const char *uid, *market, *market_type;
};

#define AT(member) offsetof(struct cancel_all_form, member)
static const struct param cancel_all_params[] = {
    ROW_TEXT(MANAGEMENT, "uid", AT(uid), "UID of the member; everybody unless given."),
    {.name = "market",
     .kind = PARAM_TEXT,
     .offset = AT(market),
     .flags = PARAM_REQUIRED,
     .check = check_market_active,
     .type_code = "market is invalid",
     .value_code = "market management.order.market_doesnt_exist",
     DEFAULT_TEXTS(MANAGEMENT, "market"),
     .doc = "Market id; it must trade."},
    MANAGEMENT_MARKET_TYPE_ROW(AT(market_type)),
    PARAM_END};
#undef AT

static void cancel_all(struct http_request *request)
{
    const struct cancel_all_form *asked = http_params(request);
    const struct market *market = catalog_market(request_catalog(request), asked->market);
    struct member member;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!management_member(request, db, asked->uid, &member, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct intake intake = {
        .kind = INTAKE_CANCEL_ALL,
        .market = *market,
        .side = SIDE_BOTH,
        .order = {.member_id = member.id},
    };
    if (accept_wait(request_app(request)->accept_queue, &intake, &err)) {
        http_reply_empty(request, 204);
        return;
    }
    if (is_refusal(&err))
        err.key = "management.order.cancel_error";
    http_reply_err(request, &err);
}

/* ---- POST /trades ---- */

struct trades_form {
    const char *uid, *market, *market_type;
    struct paging paging;
};

#define AT(member) offsetof(struct trades_form, member)
static const struct param trades_params[] = {
    ROW_TEXT(MANAGEMENT, "uid", AT(uid), "UID of the maker or taker."),
    {.name = "market",
     .kind = PARAM_TEXT,
     .offset = AT(market),
     .check = check_any_market,
     .type_code = "market is invalid",
     .value_code = "market does not have a valid value",
     .doc = "Market id."},
    MANAGEMENT_MARKET_TYPE_ROW(AT(market_type)),
    MANAGEMENT_PAGING_ROWS(struct trades_form, paging, 1000, "100"),
    PARAM_END};
#undef AT

struct management_trade_view {
    uint64_t id;
    struct dec price, amount, total;
    const char *market, *market_type;
    int64_t created_at;
    uint64_t maker_order_id, taker_order_id;
    const char *maker_member_uid, *taker_member_uid, *taker_type;
};

#define AT(member) offsetof(struct management_trade_view, member)
static const struct json_field management_trade_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Trade id."},
    {"price", JSON_DEC, AT(price), .doc = "Price."},
    {"amount", JSON_DEC, AT(amount), .doc = "Amount, in the base currency."},
    {"total", JSON_DEC, AT(total), .doc = "Price × amount."},
    {"market", JSON_TEXT, AT(market), .doc = "Market id."},
    {"market_type", JSON_TEXT, AT(market_type), .doc = "spot."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"maker_order_id", JSON_U64, AT(maker_order_id), .doc = "Order of the maker."},
    {"taker_order_id", JSON_U64, AT(taker_order_id), .doc = "Order of the taker."},
    {"maker_member_uid", JSON_TEXT, AT(maker_member_uid), .doc = "UID of the maker."},
    {"taker_member_uid", JSON_TEXT, AT(taker_member_uid), .doc = "UID of the taker."},
    {"taker_type", JSON_TEXT, AT(taker_type), .doc = "Side of the taker."},
    {NULL},
};
#undef AT

static const char *uid_of(const struct member_lookup *lookup, uint64_t id)
{
    const struct member *member = member_lookup_get(lookup, id);
    return member ? member->uid : NULL;
}

static bool trade_views(struct http_request *request, struct db *db, const struct trade *rows,
                        size_t count, struct management_trade_view *views, struct err *err)
{
    uint64_t *ids = arena_alloc(http_arena(request), (2 * count + 1) * sizeof(*ids));
    struct member_lookup lookup;
    if (!ids)
        return err_set(err, ERR_BUSY, "no memory for %zu trades", count);
    for (size_t i = 0; i < count; i++) {
        ids[2 * i] = rows[i].maker_id;
        ids[2 * i + 1] = rows[i].taker_id;
    }
    if (!member_lookup_load(request, db, ids, 2 * count, &lookup, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct market *market = catalog_market(request_catalog(request), rows[i].market_id);
        views[i] = (struct management_trade_view){
            .id = rows[i].id,
            .price = rows[i].price,
            .amount = rows[i].amount,
            .total = rows[i].total,
            .market = rows[i].market_id,
            .market_type = market ? market->type : "spot",
            .created_at = rows[i].created_at,
            .maker_order_id = rows[i].maker_order_id,
            .taker_order_id = rows[i].taker_order_id,
            .maker_member_uid = uid_of(&lookup, rows[i].maker_id),
            .taker_member_uid = uid_of(&lookup, rows[i].taker_id),
            .taker_type = side_name(rows[i].taker_side),
        };
    }
    return true;
}

static bool trades_find(struct http_request *request, struct db *db, struct trade **ret_rows,
                        size_t *ret_count, struct err *err)
{
    const struct trades_form *asked = http_params(request);
    const struct market_choice choice = {.id = asked->market, .type = asked->market_type};
    struct member member;
    if (!management_member(request, db, asked->uid, &member, err))
        return false;
    struct trades_filter filter = {
        .member_id = member.id,
        .side = SIDE_BOTH,
        .limit = paging_limit(&asked->paging),
        .offset = paging_offset(&asked->paging),
    };
    if (!market_choice_ids(request, &choice, &filter.markets, &filter.markets_count))
        return err_set(err, ERR_BUSY, "no memory for a filter");
    return trades_list(db, http_arena(request), &filter, ret_rows, ret_count, err);
}

static void trades(struct http_request *request)
{
    struct trade *rows;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!trades_find(request, db, &rows, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct management_trade_view *views = admin_alloc_or_reply(request, count, sizeof(*views));
    if (!views)
        return;
    if (trade_views(request, db, rows, count, views, &err))
        http_reply_array(request, management_trade_fields, views, count, sizeof(*views));
    else
        http_reply_err(request, &err);
}

#define ROUTE                                                                                      \
    .method = "POST", .access = ACCESS_MANAGEMENT, .tag = "management", .mode = HTTP_WORKER
const struct http_route management_trading_routes[] = {
    {ROUTE, .path = "/api/v2/management/orders", .handler = orders, .params = orders_params,
     .params_size = sizeof(struct orders_form), .reply = management_order_fields,
     .reply_is_array = true, .status = 200, .class_name = "management.order",
     .subject = "read_orders", .doc = "Orders, the newest first; at most 10000."},
    {ROUTE, .path = "/api/v2/management/orders/cancel", .handler = cancel_all,
     .params = cancel_all_params, .params_size = sizeof(struct cancel_all_form), .status = 204,
     .class_name = "management.order", .subject = "write_orders",
     .doc = "Cancel the open orders of a market, of one member or all."},
    {ROUTE, .path = "/api/v2/management/orders/:id/cancel", .handler = cancel,
     .params = cancel_params, .params_size = sizeof(struct cancel_form),
     .reply = management_order_fields, .status = 200, .class_name = "management.order",
     .subject = "write_orders", .doc = "Cancel an order."},
    {ROUTE, .path = "/api/v2/management/trades", .handler = trades, .params = trades_params,
     .params_size = sizeof(struct trades_form), .reply = management_trade_fields,
     .reply_is_array = true, .status = 200, .class_name = "management.trade",
     .subject = "read_trades", .doc = "Trades, the newest first."},
    {.method = NULL}};
