/*
 * /admin/markets and /management/markets. A market whose state is set is told so: its worker halts
 * when it closes and resumes when it opens (libs/contract/protocol.h), by a command like any other.
 */
#include "accounting/actions/order_accept.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_admin.h"
#include "accounting/http/routes_admin.h"

#include <string.h>

/* ---- replies ---- */

static void reply_market(struct http_request *request, const struct catalog *catalog,
                         const char *id)
{
    struct err err;
    const struct market *market = catalog_market(catalog, id);
    if (!market) {
        err_set(&err, ERR_NOT_FOUND, "no market %s", id);
        http_reply_err(request, &err);
        return;
    }
    struct admin_market_view view = admin_market_view_of(market);
    http_reply_object(request, http_route_of(request)->reply, &view);
}

/* ---- lists ---- */

struct market_list_form {
    const char *type;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct market_list_form, member)
static const struct param list_params[] = {
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "spot qe",
     .value_code = "admin.market.invalid_market_type",
     .doc = "spot or qe."},
    PAGING_ROWS("admin.pagination", struct market_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct market_list_form, ordering, "asc", "position"),
    PARAM_END};
static const struct param management_list_params[] = {
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .values = "spot qe",
     .type_code = "type is invalid",
     .value_code = "type does not have a valid value",
     .doc = "spot or qe."},
    PARAM_END};
#undef AT

/* Rows of the table give the order; what is shown is the catalog's, which knows the names. */
static void reply_markets(struct http_request *request, const struct listed *listed)
{
    const struct market *rows = listed->rows;
    const struct catalog *catalog = request_catalog(request);
    struct admin_market_view *views = admin_alloc_or_reply(request, listed->count, sizeof(*views));
    size_t count = 0;
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++) {
        const struct market *market = catalog_market(catalog, rows[i].id);
        if (market)
            views[count++] = admin_market_view_of(market);
    }
    http_reply_array(request, http_route_of(request)->reply, views, count, sizeof(*views));
}

static bool list_or_reply(struct http_request *request, const char *type, struct listing *listing,
                          struct listed *ret_listed)
{
    const struct market_filter filter = {.type = type};
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return false;
    bool ok = market_list(db, &filter, listing, ret_listed, &err);
    str_release(&listing->where);
    if (!ok)
        http_reply_err(request, &err);
    return ok;
}

static void list(struct http_request *request)
{
    const struct market_list_form *asked = http_params(request);
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    struct listed listed;
    if (!list_or_reply(request, asked->type, &listing, &listed))
        return;
    paging_headers(request, &asked->paging, listed.total);
    reply_markets(request, &listed);
}

static void management_list(struct http_request *request)
{
    const struct market_list_form *asked = http_params(request);
    struct listing listing = {
        .arena = http_arena(request), .where = STR_INIT(LISTING_BYTES_MAX), .order_by = "position"};
    struct listed listed;
    if (list_or_reply(request, asked->type, &listing, &listed))
        reply_markets(request, &listed);
}

/* ---- one ---- */

struct market_path {
    const char *symbol, *type;
};

#define AT(member) offsetof(struct market_path, member)
static const struct param path_params[] = {{.name = "symbol",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(symbol),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "Market id."},
                                           {.name = "type",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(type),
                                            .fallback = "spot",
                                            .values = "spot qe",
                                            .type_code = "admin.market.non_string_market_type",
                                            .value_code = "admin.market.invalid_market_type",
                                            .doc = "spot or qe."},
                                           PARAM_END};
static const struct param management_path_params[] = {
    {.name = "symbol",
     .kind = PARAM_TEXT,
     .offset = AT(symbol),
     .flags = PARAM_REQUIRED | PARAM_IN_PATH,
     .doc = "Market id."},
    {.name = "type",
     .kind = PARAM_TEXT,
     .offset = AT(type),
     .fallback = "spot",
     .values = "spot qe",
     .type_code = "type is invalid",
     .value_code = "type does not have a valid value",
     .doc = "spot or qe."},
    PARAM_END};
#undef AT

static void show(struct http_request *request)
{
    const struct market_path *path = http_params(request);
    const struct market *market = catalog_market(request_catalog(request), path->symbol);
    bool is_type = market && strcmp(market->type, path->type) == 0;
    reply_market(request, request_catalog(request), is_type ? path->symbol : "");
}

/* ---- creating and changing ---- */

struct market_form {
    struct market_draft draft;
    const char *symbol, *type; /* changes */
};

/* clang-format off */
#define AT(member) offsetof(struct market_form, draft.member)
#define ENGINE_ROWS(X)                                                                             \
    ROW_I64(X, "market", "engine_id", AT(engine_id), "non_integer_engine_id",                      \
            "Who matches; or engine_name.")
#define CREATE_ROWS(X)                                                                             \
    ROW_CHECKED_REQUIRED(X, "market", "base_currency", AT(base), check_currency_lower,             \
                         "currency_doesnt_exist", "What is traded."),                              \
    ROW_CHECKED_REQUIRED(X, "market", "quote_currency", AT(quote), check_currency_lower,           \
                         "currency_doesnt_exist", "What it is paid with."),                        \
    MARKET_MINIMUM_ROWS(X, ROW_DEC_0_REQUIRED),                                                    \
    MARKET_NUMBER_ROWS(X),                                                                         \
    ROW_CHECKED(X, "market", "engine_name", AT(engine_name), check_engine_name,                    \
                "engine_doesnt_exist", "Who matches, by name."),                                   \
    ENGINE_ROWS(X),                                                                                \
    ROW_I64(X, "market", "position", AT(position), "non_integer_position",                         \
            "Place in lists, from 1; the last unless given.")
#define DATA_ROW                                                                                   \
    {.name = "data", .kind = PARAM_JSON, .offset = AT(data), .check = check_json_object,           \
     .type_code = "admin.market.invalid_data", .value_code = "admin.market.invalid_data",          \
     .doc = "Anything else, an object; protection of market orders: {\"protection\":\"0.1\"}."}
#define NAME_ROWS(id_type_, id_value_, symbol_type_, symbol_value_, type_type_, type_value_)       \
    {.name = "id", .kind = PARAM_TEXT, .offset = AT(id), .check = check_any_market,                \
     .type_code = id_type_, .value_code = id_value_, .doc = "Market id; or symbol."},              \
    {.name = "symbol", .kind = PARAM_TEXT, .offset = offsetof(struct market_form, symbol),         \
     .check = check_any_market, .type_code = symbol_type_, .value_code = symbol_value_,            \
     .doc = "The same as id."},                                                                    \
    {.name = "type", .kind = PARAM_TEXT, .offset = offsetof(struct market_form, type),             \
     .values = "spot qe", .type_code = type_type_, .value_code = type_value_,                      \
     .doc = "spot or qe."}
/* clang-format on */

static const struct param create_params[] = {CREATE_ROWS(ADMIN), DATA_ROW, PARAM_END};
static const struct param management_create_params[] = {CREATE_ROWS(MANAGEMENT), PARAM_END};

static const struct param update_params[] = {
    NAME_ROWS("admin.market.non_string_id", "admin.market.invalid_market_id",
              "admin.market.non_string_symbol", "admin.market.invalid_market_symbol",
              "admin.market.non_string_market_type", "admin.market.invalid_market_type"),
    ENGINE_ROWS(ADMIN),
    ROW_I64_RANGE(ADMIN, "market", "position", AT(position), 1, INT32_MAX, "non_integer_position",
                  "invalid_position", "Place in lists, from 1."),
    MARKET_MINIMUM_ROWS(ADMIN, ROW_DEC_0),
    MARKET_NUMBER_ROWS(ADMIN),
    DATA_ROW,
    PARAM_END};
static const struct param management_update_params[] = {
    NAME_ROWS("id is invalid", "id does not have a valid value", "symbol is invalid",
              "symbol does not have a valid value", "type is invalid",
              "type does not have a valid value"),
    ENGINE_ROWS(MANAGEMENT),
    ROW_I64(MANAGEMENT, "market", "position", AT(position), "non_integer_position",
            "Place in lists, from 1."),
    MARKET_MINIMUM_ROWS(MANAGEMENT, ROW_DEC_0),
    MARKET_NUMBER_ROWS(MANAGEMENT),
    PARAM_END};
#undef AT

static void create_or_reply(struct http_request *request, const char *engine_code)
{
    const struct market_form *form = http_params(request);
    struct market row;
    struct change change;
    struct err err;
    if (form->draft.engine_id.given == (form->draft.engine_name != NULL)) {
        http_reply_codes(request, &engine_code, 1);
        return;
    }
    if (!request_change(request, &change))
        return;
    if (market_create(&change, &form->draft, &row, &err))
        reply_market(request, request_renewed_catalog(request, change.db), row.id);
    else
        reply_refusal(request, &err);
}

static void create(struct http_request *request)
{
    create_or_reply(request, "admin.market.one_of_engine_id_engine_name_fields");
}

static void management_create(struct http_request *request)
{
    create_or_reply(request, "engine_id, engine_name "
                             "management.market.one_of_engine_id_engine_name_fields");
}

/* After the commit, and again whenever the state is given: a command that failed is made up for by
 * the same request. */
static bool tell_worker(struct http_request *request, const struct market *row, struct err *err)
{
    struct intake intake = {
        .kind = market_is_active(row) ? INTAKE_RESUME : INTAKE_HALT,
        .market = *row,
        .side = SIDE_BOTH,
    };
    memcpy(intake.order.market_id, row->id, sizeof(intake.order.market_id));
    return accept_wait(request_app(request)->accept_queue, &intake, err) ||
           err_wrap(err, "market %s is %s, but its worker was not told", row->id,
                    market_state_name(row->state));
}

static void update_or_reply(struct http_request *request, const char *provided_code,
                            const char *exclusive_code)
{
    const struct market_form *form = http_params(request);
    struct market_draft draft = form->draft;
    struct market was, row;
    struct change change;
    struct err err;
    if ((draft.id != NULL) == (form->symbol != NULL)) {
        http_reply_codes(request, draft.id ? &exclusive_code : &provided_code, 1);
        return;
    }
    if (!draft.id)
        draft.id = form->symbol;
    if (!request_change(request, &change))
        return;
    if (!market_change(&change, &draft, &was, &row, &err)) {
        reply_refusal(request, &err);
        return;
    }
    const struct catalog *catalog = request_renewed_catalog(request, change.db);
    if (draft.state && !tell_worker(request, &row, &err))
        http_reply_err(request, &err);
    else
        reply_market(request, catalog, row.id);
}

static void update(struct http_request *request)
{
    update_or_reply(request, "provided", "exclusive");
}

static void management_update(struct http_request *request)
{
    update_or_reply(request, "id, symbol are missing, exactly one parameter must be provided",
                    "id, symbol are mutually exclusive");
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.market",                     \
    .subject = "Market", .tag = "admin", .reply = admin_market_fields
const struct http_route admin_market_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/markets",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct market_list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "Markets, in whatever state."},
    {.method = "GET",
     .path = "/api/v2/admin/markets/:symbol",
     ROUTE,
     .handler = show,
     .params = path_params,
     .params_size = sizeof(struct market_path),
     .action = "read",
     .doc = "One market."},
    {.method = "POST",
     .path = "/api/v2/admin/markets/new",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct market_form),
     .action = "create",
     .doc = "Add a market."},
    {.method = "POST",
     .path = "/api/v2/admin/markets/update",
     ROUTE,
     .handler = update,
     .params = update_params,
     .params_size = sizeof(struct market_form),
     .action = "update",
     .doc = "Change a market; a state halts or resumes its trading."},
    {.method = NULL}};

#undef ROUTE
#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT, .tag = "management",                         \
    .class_name = "management.market", .reply = management_market_fields
const struct http_route management_market_routes[] = {
    {.method = "POST",
     .path = "/api/v2/management/markets/list",
     ROUTE,
     .handler = management_list,
     .params = management_list_params,
     .params_size = sizeof(struct market_list_form),
     .reply_is_array = true,
     .status = 200,
     .subject = "read_markets",
     .doc = "Markets by position."},
    {.method = "POST",
     .path = "/api/v2/management/markets/new",
     ROUTE,
     .handler = management_create,
     .params = management_create_params,
     .params_size = sizeof(struct market_form),
     .subject = "write_markets",
     .doc = "Add a market."},
    {.method = "PUT",
     .path = "/api/v2/management/markets/update",
     ROUTE,
     .handler = management_update,
     .params = management_update_params,
     .params_size = sizeof(struct market_form),
     .subject = "write_markets",
     .doc = "Change a market; a state halts or resumes its trading."},
    {.method = "POST",
     .path = "/api/v2/management/markets/:symbol",
     ROUTE,
     .handler = show,
     .params = management_path_params,
     .params_size = sizeof(struct market_path),
     .subject = "read_markets",
     .doc = "One market."},
    {.method = NULL}};
