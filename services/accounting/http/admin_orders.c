/* /admin/orders: the orders of everybody. */
#include "accounting/actions/order_accept.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "api/csv.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/order_form.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/orders_read.h"

#include <string.h>

enum { CANCEL_ALL_LISTED_MAX = 4000 };

/* ---- GET /admin/orders ---- */

struct orders_request {
    const char *market, *market_type, *ord_type, *type, *email, *uid, *format;
    struct param_list state;
    struct param_dec price, origin_volume;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};
#define AT(member) offsetof(struct orders_request, member)
static const struct param orders_params[] = {
    {.name = "market",
     .kind = PARAM_TEXT,
     .offset = AT(market),
     .check = check_market_exists,
     .value_code = "admin.market.doesnt_exist",
     .doc = "Market id."},
    {.name = "market_type",
     .kind = PARAM_TEXT,
     .offset = AT(market_type),
     .fallback = "spot",
     .values = "spot qe",
     .value_code = "admin.market.invalid_market_type",
     .doc = "Market type."},
    {.name = "state",
     .kind = PARAM_MULTI,
     .offset = AT(state),
     .values = "pending wait done cancel reject",
     .value_code = "admin.order.invalid_state",
     .doc = "States."},
    {.name = "ord_type",
     .kind = PARAM_TEXT,
     .offset = AT(ord_type),
     .values = "limit market post_only stop_limit stop_market",
     .value_code = "admin.order.invalid_ord_type",
     .doc = "Type of order."},
    {.name = "price",
     .kind = PARAM_DEC,
     .offset = AT(price),
     .flags = PARAM_POSITIVE,
     .type_code = "admin.order.non_decimal_price",
     .value_code = "admin.order.non_positive_price",
     .doc = "Exactly this price."},
    {.name = "origin_volume",
     .kind = PARAM_DEC,
     .offset = AT(origin_volume),
     .flags = PARAM_POSITIVE,
     .type_code = "admin.order.non_decimal_price", /* the contract's code */
     .value_code = "admin.order.non_positive_origin_volume",
     .doc = "Exactly this volume."},
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "sell buy",
     .value_code = "admin.order.invalid_type",
     .doc = "Side."},
    {.name = "email",
     .kind = PARAM_TEXT,
     .offset = AT(email),
     .flags = PARAM_LOWER,
     .doc = "E-mail of the member; one that nobody has is ignored."},
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .doc = "UID of the member."},
    {.name = "format", .kind = PARAM_TEXT, .offset = AT(format), .doc = "csv: a file, not paged."},
    DATE_ROWS(struct orders_request, dates),
    PAGING_ROWS("admin.pagination", struct orders_request, paging),
    ORDERING_ROWS("admin.pagination", struct orders_request, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static void reply_csv(struct http_request *request, const struct order *orders, size_t count)
{
    struct str *out =
        csv_begin(request, "id,market_id,market_type,ord_type,side,price,volume,origin_volume,"
                           "avg_price,trades_count,state,created_at,updated_at");
    for (size_t i = 0; i < count; i++) {
        struct order_view view;
        order_view_fill(&view, &orders[i],
                        catalog_market(request_catalog(request), orders[i].market_id));
        csv_u64(out, view.id);
        csv_text(out, view.market);
        csv_text(out, view.market_type);
        csv_text(out, view.ord_type);
        csv_text(out, view.side);
        if (dec_is_zero(view.price))
            csv_text(out, NULL);
        else
            csv_dec(out, view.price);
        csv_dec(out, view.remaining_volume);
        csv_dec(out, view.origin_volume);
        csv_dec(out, view.avg_price);
        csv_u64(out, (uint64_t)view.trades_count);
        csv_text(out, view.state);
        csv_time(out, view.created_at);
        csv_time(out, view.updated_at);
        csv_end_row(out);
    }
    http_reply_built(request, 200);
}

static bool admin_views(struct http_request *request, struct db *db, const struct order *orders,
                        size_t count, struct order_view **ret_views, struct err *err)
{
    uint64_t *ids = arena_alloc(http_arena(request), (count + 1) * sizeof(*ids));
    struct order_view *views = arena_alloc(http_arena(request), (count + 1) * sizeof(*views));
    if (!ids || !views)
        return err_set(err, ERR_BUSY, "no memory for %zu orders", count);
    for (size_t i = 0; i < count; i++)
        ids[i] = orders[i].member_id;
    struct member_lookup lookup;
    if (!member_lookup_load(request, db, ids, count, &lookup, err))
        return false;
    for (size_t i = 0; i < count; i++)
        admin_order_view_fill(&views[i], &orders[i],
                              catalog_market(request_catalog(request), orders[i].market_id),
                              member_lookup_get(&lookup, orders[i].member_id));
    *ret_views = views;
    return true;
}

/* Who the list is about. An e-mail that nobody has is ignored, a uid that nobody has is an error. */
static bool read_member(struct http_request *request, struct db *db, uint64_t *ret_member_id,
                        struct err *err)
{
    const struct orders_request *asked = http_params(request);
    struct member member;
    uint64_t by_email = 0;
    if (asked->email && asked->email[0]) {
        if (members_by_email(db, asked->email, &member, err))
            by_email = member.id;
        else if (err->code != ERR_NOT_FOUND)
            return false;
    }
    *ret_member_id = by_email;
    if (!asked->uid || !asked->uid[0])
        return true;
    if (!member_by_uid_or_code(request, db, asked->uid, &member, err))
        return false;
    *ret_member_id = by_email && by_email != member.id ? UINT64_MAX : member.id;
    return true;
}

static bool read_filter(struct http_request *request, struct db *db, struct orders_filter *filter,
                        enum order_state states[static PARAM_ITEMS_MAX], struct err *err)
{
    const struct orders_request *asked = http_params(request);
    const struct market_choice choice = {.id = asked->market, .type = asked->market_type};
    bool csv = csv_is_asked_for(asked->format);
    for (size_t i = 0; i < asked->state.count; i++) {
        bool known = order_state_parse(asked->state.items[i], &states[i]);
        assert(known);
    }
    *filter = (struct orders_filter){
        .states = asked->state.count ? states : NULL,
        .states_count = asked->state.count,
        .side = side_or_both(asked->type),
        .ord_type = asked->ord_type,
        .price = asked->price.value,
        .origin_volume = asked->origin_volume.value,
        .from_us = asked->dates.from.given ? asked->dates.from.value : 0,
        .to_us = asked->dates.to.given ? asked->dates.to.value : 0,
        .to_is_inclusive = true,
        .time_column = asked->dates.range[0] == 'c' && asked->dates.range[1] == 'r' ? "created_at"
                                                                                    : "updated_at",
        .order_by = asked->ordering.order_by,
        .ascending = !ordering_is_descending(&asked->ordering),
        .limit = csv ? CSV_ROWS_MAX : paging_limit(&asked->paging),
        .offset = csv ? 0 : paging_offset(&asked->paging),
    };
    if (!market_choice_ids(request, &choice, &filter->markets, &filter->markets_count))
        return err_set(err, ERR_BUSY, "no memory for a filter");
    return read_member(request, db, &filter->member_id, err);
}

static void list(struct http_request *request)
{
    const struct orders_request *asked = http_params(request);
    enum order_state states[PARAM_ITEMS_MAX];
    struct orders_filter filter;
    struct order *orders;
    struct order_view *views;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!read_filter(request, db, &filter, states, &err) ||
        !orders_list(db, http_arena(request), &filter, &orders, &count, &err)) {
        http_reply_err(request, &err);
        return;
    }
    if (csv_is_asked_for(asked->format)) {
        reply_csv(request, orders, count);
        return;
    }
    if (!admin_views(request, db, orders, count, &views, &err)) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, PAGING_UNCOUNTED);
    http_reply_array(request, admin_order_fields, views, count, sizeof(*views));
}

/* ---- POST /admin/orders/:id/cancel ---- */

struct cancel_request {
    struct param_i64 id;
};
static const struct param cancel_params[] = {{.name = "id",
                                              .kind = PARAM_I64,
                                              .offset = offsetof(struct cancel_request, id),
                                              .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                              .type_code = "admin.order.non_integer_id",
                                              .doc = "Order id."},
                                             PARAM_END};

static void cancel(struct http_request *request)
{
    const struct cancel_request *asked = http_params(request);
    struct intake intake = {.kind = INTAKE_CANCEL, .order = {.id = (uint64_t)asked->id.value}};
    struct order_view *views;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (accept_wait(request_app(request)->accept_queue, &intake, &err) &&
        admin_views(request, db, &intake.order, 1, &views, &err))
        http_reply_object(request, admin_order_fields, &views[0]);
    else
        http_reply_err(request, &err);
}

/* ---- POST /admin/orders/cancel ---- */

struct cancel_all_request {
    const char *market, *side;
};
#define AT(member) offsetof(struct cancel_all_request, member)
static const struct param cancel_all_params[] = {{.name = "market",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(market),
                                                  .flags = PARAM_REQUIRED,
                                                  .check = check_market_active,
                                                  .value_code = "admin.order.market_doesnt_exist",
                                                  .doc = "Market id."},
                                                 {.name = "side",
                                                  .kind = PARAM_TEXT,
                                                  .offset = AT(side),
                                                  .values = "sell buy",
                                                  .value_code = "admin.order.invalid_side",
                                                  .doc = "Only orders of this side."},
                                                 PARAM_END};
#undef AT

static void cancel_all(struct http_request *request)
{
    static const enum order_state waiting[] = {ORDER_WAIT};
    const struct cancel_all_request *asked = http_params(request);
    const char *markets[] = {asked->market};
    struct orders_filter filter = {.states = waiting,
                                   .states_count = ARRAY_LEN(waiting),
                                   .markets = markets,
                                   .markets_count = ARRAY_LEN(markets),
                                   .side = side_or_both(asked->side),
                                   .limit = CANCEL_ALL_LISTED_MAX};
    struct intake intake = {.kind = INTAKE_CANCEL_ALL,
                            .market = *catalog_market(request_catalog(request), asked->market),
                            .side = filter.side};
    struct order *orders;
    struct order_view *views;
    size_t count;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (orders_list(db, http_arena(request), &filter, &orders, &count, &err) &&
        accept_wait(request_app(request)->accept_queue, &intake, &err) &&
        admin_views(request, db, orders, count, &views, &err))
        http_reply_array(request, admin_order_fields, views, count, sizeof(*views));
    else
        http_reply_err(request, &err);
}

#define ORDERS(verb, tail, does)                                                                   \
    .method = (verb), .path = "/api/v2/admin/orders" tail, .mode = HTTP_WORKER,                    \
    .access = ACCESS_ADMIN, .action = (does), .subject = "Order", .class_name = "admin.order",     \
    .tag = "admin"

const struct http_route admin_order_routes[] = {
    {ORDERS("GET", "", "read"), .handler = list, .params = orders_params,
     .params_size = sizeof(struct orders_request), .reply = admin_order_fields,
     .reply_is_array = true, .doc = "The orders of everybody."},
    {ORDERS("POST", "/cancel", "update"), .handler = cancel_all, .params = cancel_all_params,
     .params_size = sizeof(struct cancel_all_request), .reply = admin_order_fields,
     .reply_is_array = true, .doc = "Cancel all waiting orders of a market, or of one side of it."},
    {ORDERS("POST", "/:id/cancel", "update"), .handler = cancel, .params = cancel_params,
     .params_size = sizeof(struct cancel_request), .reply = admin_order_fields,
     .doc = "Cancel an order."},
    {.method = NULL}};
