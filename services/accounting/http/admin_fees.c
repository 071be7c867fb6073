/* /admin/trading_fees, and the list of the management API. Open orders keep their rates. */
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_public.h"
#include "accounting/http/management_support.h"
#include "accounting/http/routes_admin.h"

struct fee_list_form {
    const char *group, *market_id, *market_type;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct fee_list_form, member)
#define GROUP_ROW                                                                                  \
    {                                                                                              \
        .name = "group", .kind = PARAM_TEXT, .offset = AT(group), .flags = PARAM_LOWER,            \
        .doc = "Member group, or any."                                                             \
    }
static const struct param list_params[] = {
    GROUP_ROW,
    ROW_CHECKED(ADMIN, "trading_fee", "market_id", AT(market_id), check_market_or_any,
                "market_doesnt_exist", "Market id, or any."),
    ROW_WORD(ADMIN, "trading_fee", "market_type", AT(market_type), "spot qe", "invalid_market_type",
             "spot or qe."),
    PAGING_ROWS("admin.pagination", struct fee_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct fee_list_form, ordering, "desc", "id"),
    PARAM_END};
static const struct param management_list_params[] = {
    GROUP_ROW,
    {.name = "market_id",
     .kind = PARAM_TEXT,
     .offset = AT(market_id),
     .check = check_market_or_any,
     .type_code = "market_id is invalid",
     .value_code = "market_id does not have a valid value",
     .doc = "Market id, or any."},
    ROW_WORD(MANAGEMENT, "trading_fee", "market_type", AT(market_type), "spot qe",
             "invalid_market_type", "spot or qe."),
    MANAGEMENT_PAGING_ROWS(struct fee_list_form, paging, 1000, "100"),
    PARAM_END};
#undef AT

static void list_ordered(struct http_request *request, const struct ordering *ordering)
{
    const struct fee_list_form *asked = http_params(request);
    const struct trading_fee_filter filter = {
        .group = asked->group, .market_id = asked->market_id, .market_type = asked->market_type};
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, ordering);
    bool ok = trading_fee_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, trading_fee_fields, listed.rows, listed.count,
                     sizeof(struct trading_fee));
}

static void list(struct http_request *request)
{
    const struct fee_list_form *asked = http_params(request);
    list_ordered(request, &asked->ordering);
}

static void management_list(struct http_request *request)
{
    list_ordered(request, &(struct ordering){.ordering = "desc", .order_by = "id"});
}

/* ---- creating, changing, removing ---- */

/* clang-format off */
#define AT(member) offsetof(struct trading_fee_draft, member)
#define SAVE_ROWS(row_)                                                                            \
    row_(ADMIN, "trading_fee", "maker", AT(maker), "non_decimal_maker", "invalid_maker",           \
         "Rate of makers: 0.002 is 0.2 %; at most 0.5, 6 digits."),                                \
    row_(ADMIN, "trading_fee", "taker", AT(taker), "non_decimal_taker", "invalid_taker",           \
         "Rate of takers."),                                                                       \
    {.name = "group", .kind = PARAM_TEXT, .offset = AT(group), .flags = PARAM_LOWER,               \
     .doc = "Member group, or any."},                                                              \
    ROW_CHECKED(ADMIN, "trading_fee", "market_id", AT(market_id), check_market_or_any,             \
                "market_doesnt_exist", "Market id, or any."),                                      \
    ROW_WORD(ADMIN, "trading_fee", "market_type", AT(market_type), "spot qe",                      \
             "invalid_market_type", "spot.")
/* clang-format on */
static const struct param create_params[] = {SAVE_ROWS(ROW_DEC_0_REQUIRED), PARAM_END};
static const struct param update_params[] = {
    ROW_ID(ADMIN, AT(id), "admin.trading_fee.non_integer_id"), SAVE_ROWS(ROW_DEC_0), PARAM_END};
static const struct param delete_params[] = {
    ROW_ID(ADMIN, AT(id), "admin.trading_fee.non_integer_id"), PARAM_END};
#undef AT

static void reply_saved(struct http_request *request, struct db *db, bool ok,
                        const struct trading_fee *row, const struct err *err)
{
    if (!ok) {
        reply_refusal(request, err);
        return;
    }
    request_renewed_catalog(request, db);
    http_reply_object(request, trading_fee_fields, row);
}

static void create(struct http_request *request)
{
    struct trading_fee row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = trading_fee_create(&change, http_params(request), &row, &err);
    reply_saved(request, change.db, ok, &row, &err);
}

static void update(struct http_request *request)
{
    struct trading_fee row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = trading_fee_change(&change, http_params(request), &row, &err);
    reply_saved(request, change.db, ok, &row, &err);
}

static void remove_one(struct http_request *request)
{
    const struct trading_fee_draft *asked = http_params(request);
    struct trading_fee row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = trading_fee_remove(&change, asked->id.value, &row, &err);
    reply_saved(request, change.db, ok, &row, &err);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.tradingfee",                 \
    .subject = "TradingFee", .tag = "admin", .reply = trading_fee_fields
const struct http_route admin_fee_routes[] = {{.method = "GET",
                                               .path = "/api/v2/admin/trading_fees",
                                               ROUTE,
                                               .handler = list,
                                               .params = list_params,
                                               .params_size = sizeof(struct fee_list_form),
                                               .reply_is_array = true,
                                               .action = "read",
                                               .doc = "Trading fees."},
                                              {.method = "POST",
                                               .path = "/api/v2/admin/trading_fees/new",
                                               ROUTE,
                                               .handler = create,
                                               .params = create_params,
                                               .params_size = sizeof(struct trading_fee_draft),
                                               .action = "create",
                                               .doc = "Add a fee for a group and a market."},
                                              {.method = "POST",
                                               .path = "/api/v2/admin/trading_fees/update",
                                               ROUTE,
                                               .handler = update,
                                               .params = update_params,
                                               .params_size = sizeof(struct trading_fee_draft),
                                               .action = "update",
                                               .doc = "Change a fee; open orders keep theirs."},
                                              {.method = "POST",
                                               .path = "/api/v2/admin/trading_fees/delete",
                                               ROUTE,
                                               .handler = remove_one,
                                               .params = delete_params,
                                               .params_size = sizeof(struct trading_fee_draft),
                                               .action = "delete",
                                               .doc = "Remove a fee."},
                                              {.method = NULL}};

const struct http_route management_fee_routes[] = {
    {.method = "POST",
     .path = "/api/v2/management/fee_schedule/trading_fees",
     .mode = HTTP_WORKER,
     .access = ACCESS_MANAGEMENT,
     .tag = "management",
     .class_name = "management.tradingfee",
     .reply = trading_fee_fields,
     .reply_is_array = true,
     .handler = management_list,
     .params = management_list_params,
     .params_size = sizeof(struct fee_list_form),
     .status = 200,
     .subject = "read_trading_fees",
     .doc = "Trading fees, the newest first."},
    {.method = NULL}};
