/* /admin/trades: the trades of everybody. */
#include "accounting/http/admin_support.h"
#include "accounting/http/context.h"
#include "api/csv.h"
#include "accounting/http/entities_order.h"
#include "accounting/http/member_lookup.h"
#include "accounting/http/order_form.h"
#include "accounting/http/routes_member.h"
#include "accounting/store/trades_read.h"

#include <string.h>

/* ---- GET /admin/trades ---- */

struct trades_request {
    const char *market, *market_type, *uid, *format;
    struct param_i64 order_id;
    struct date_range dates;
    struct paging paging;
    struct ordering ordering;
};
#define AT(member) offsetof(struct trades_request, member)
static const struct param trades_params[] = {
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
     .value_code = "market.market.invalid_market_type",
     .doc = "Market type."},
    {.name = "order_id",
     .kind = PARAM_I64,
     .offset = AT(order_id),
     .doc = "The maker's or the taker's order."},
    {.name = "uid", .kind = PARAM_TEXT, .offset = AT(uid), .doc = "UID of the maker or taker."},
    {.name = "format", .kind = PARAM_TEXT, .offset = AT(format), .doc = "csv: a file, not paged."},
    DATE_ROWS(struct trades_request, dates),
    PAGING_ROWS("admin.pagination", struct trades_request, paging),
    ORDERING_ROWS("admin.pagination", struct trades_request, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static void reply_csv(struct http_request *request, const struct trade *trades, size_t count)
{
    struct str *out = csv_begin(request, "id,price,amount,maker_order_id,taker_order_id,market_id,"
                                         "maker_id,taker_id,total,created_at,updated_at");
    for (size_t i = 0; i < count; i++) {
        const struct trade *trade = &trades[i];
        csv_u64(out, trade->id);
        csv_dec(out, trade->price);
        csv_dec(out, trade->amount);
        csv_u64(out, trade->maker_order_id);
        csv_u64(out, trade->taker_order_id);
        csv_text(out, trade->market_id);
        csv_u64(out, trade->maker_id);
        csv_u64(out, trade->taker_id);
        csv_dec(out, trade->total);
        csv_time(out, trade->created_at);
        csv_time(out, trade->created_at); /* a trade never changes */
        csv_end_row(out);
    }
    http_reply_built(request, 200);
}

static bool load_members(struct http_request *request, struct db *db, const struct trade *trades,
                         size_t count, struct member_lookup *ret_lookup, struct err *err)
{
    uint64_t *ids = arena_alloc(http_arena(request), (2 * count + 1) * sizeof(*ids));
    if (!ids)
        return err_set(err, ERR_BUSY, "no memory for %zu trades", count);
    for (size_t i = 0; i < count; i++) {
        ids[2 * i] = trades[i].maker_id;
        ids[2 * i + 1] = trades[i].taker_id;
    }
    return member_lookup_load(request, db, ids, 2 * count, ret_lookup, err);
}

static void fill_view(struct http_request *request, const struct member_lookup *lookup,
                      const struct trade *trade, struct admin_trade_view *view)
{
    admin_trade_view_fill(view, trade, catalog_market(request_catalog(request), trade->market_id),
                          member_lookup_get(lookup, trade->maker_id),
                          member_lookup_get(lookup, trade->taker_id));
}

static void reply_trades(struct http_request *request, struct db *db, const struct trade *trades,
                         size_t count)
{
    struct member_lookup lookup;
    struct err err;
    struct admin_trade_view *views = admin_alloc_or_reply(request, count, sizeof(*views));
    if (!views)
        return;
    if (!load_members(request, db, trades, count, &lookup, &err)) {
        http_reply_err(request, &err);
        return;
    }
    for (size_t i = 0; i < count; i++)
        fill_view(request, &lookup, &trades[i], &views[i]);
    http_reply_array(request, admin_trade_fields, views, count, sizeof(*views));
}

/* False, with *ret_none: an order that does not exist has no trades. */
static bool read_filter(struct http_request *request, struct db *db, struct trades_filter *filter,
                        struct order *order, bool *ret_none, struct err *err)
{
    const struct trades_request *asked = http_params(request);
    const struct market_choice choice = {.id = asked->market, .type = asked->market_type};
    const struct order_ref ref = {.id = (uint64_t)asked->order_id.value};
    struct member member;
    bool csv = csv_is_asked_for(asked->format);
    *ret_none = false;
    *filter = (struct trades_filter){
        .side = SIDE_BOTH,
        .from_us = asked->dates.from.given ? asked->dates.from.value : 0,
        .to_us = asked->dates.to.given ? asked->dates.to.value : 0,
        .to_is_inclusive = true,
        .order_by = asked->ordering.order_by,
        .ascending = !ordering_is_descending(&asked->ordering),
        .limit = csv ? CSV_ROWS_MAX : paging_limit(&asked->paging),
        .offset = csv ? 0 : paging_offset(&asked->paging),
    };
    if (!market_choice_ids(request, &choice, &filter->markets, &filter->markets_count))
        return err_set(err, ERR_BUSY, "no memory for a filter");
    if (asked->uid && asked->uid[0]) {
        if (!member_by_uid_or_code(request, db, asked->uid, &member, err))
            return false;
        filter->member_id = member.id;
    }
    if (!asked->order_id.given)
        return true;
    filter->order = order;
    if (order_find(db, &ref, 0, order, err))
        return true;
    *ret_none = err->code == ERR_NOT_FOUND;
    return false;
}

static void list(struct http_request *request)
{
    const struct trades_request *asked = http_params(request);
    struct trades_filter filter;
    struct order order;
    struct trade *trades = NULL;
    size_t count = 0;
    bool none;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool ok = read_filter(request, db, &filter, &order, &none, &err) &&
              trades_list(db, http_arena(request), &filter, &trades, &count, &err);
    if (!ok && !none) {
        http_reply_err(request, &err);
    } else if (csv_is_asked_for(asked->format)) {
        reply_csv(request, trades, count);
    } else {
        paging_headers(request, &asked->paging, PAGING_UNCOUNTED);
        reply_trades(request, db, trades, count);
    }
}

/* ---- GET /admin/trades/:id ---- */

struct trade_request {
    struct param_i64 id;
};
static const struct param trade_params[] = {{.name = "id",
                                             .kind = PARAM_I64,
                                             .offset = offsetof(struct trade_request, id),
                                             .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                             .type_code = "admin.trade.non_integer_id",
                                             .doc = "Trade id."},
                                            PARAM_END};

static bool find_order_view(struct http_request *request, struct db *db, uint64_t id,
                            const struct member_lookup *lookup, struct order *order,
                            struct order_view *view, struct err *err)
{
    const struct order_ref ref = {.id = id};
    if (!order_find(db, &ref, 0, order, err))
        return false;
    admin_order_view_fill(view, order, catalog_market(request_catalog(request), order->market_id),
                          member_lookup_get(lookup, order->member_id));
    return true;
}

static void show(struct http_request *request)
{
    const struct trade_request *asked = http_params(request);
    struct trade trade;
    struct member_lookup lookup;
    struct order maker, taker;
    struct order_view maker_view, taker_view;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (!trade_find(db, (uint64_t)asked->id.value, &trade, &err) ||
        !load_members(request, db, &trade, 1, &lookup, &err) ||
        !find_order_view(request, db, trade.maker_order_id, &lookup, &maker, &maker_view, &err) ||
        !find_order_view(request, db, trade.taker_order_id, &lookup, &taker, &taker_view, &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct admin_trade_view view;
    fill_view(request, &lookup, &trade, &view);
    view.maker_order = &maker_view;
    view.taker_order = &taker_view;
    http_reply_object(request, admin_trade_extended_fields, &view);
}

#define TRADES(tail)                                                                               \
    .method = "GET", .path = "/api/v2/admin/trades" tail, .mode = HTTP_WORKER,                     \
    .access = ACCESS_ADMIN, .action = "read", .subject = "Trade", .class_name = "admin.trade",     \
    .tag = "admin"

const struct http_route admin_trade_routes[] = {
    {TRADES(""), .handler = list, .params = trades_params,
     .params_size = sizeof(struct trades_request), .reply = admin_trade_fields,
     .reply_is_array = true, .doc = "The trades of everybody."},
    {TRADES("/:id"), .handler = show, .params = trade_params,
     .params_size = sizeof(struct trade_request), .reply = admin_trade_extended_fields,
     .doc = "A trade with both of its orders."},
    {.method = NULL}};
