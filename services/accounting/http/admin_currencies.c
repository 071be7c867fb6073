/*
 * /admin/currencies and /management/currencies: what is traded. 2.6 sends what is about the network
 * along; it goes there. Both groups share the handlers: the table of the route says what is shown.
 */
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/catalog_try_reply.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_admin.h"
#include "accounting/http/routes_admin.h"

#include <ctype.h>
#include <string.h>

/* ---- replies ---- */

static bool no_memory_reply(struct http_request *request)
{
    struct err err;
    if (!err_set(&err, ERR_BUSY, "no memory for currencies"))
        http_reply_err(request, &err);
    return false;
}

static void reply_currency(struct http_request *request, const struct catalog *catalog,
                           const char *id)
{
    struct admin_currency_view view;
    struct err err;
    const struct currency *currency = catalog_currency(catalog, id);
    if (!currency) {
        err_set(&err, ERR_NOT_FOUND, "currency %s is gone", id);
        http_reply_err(request, &err);
    } else if (admin_currency_view_fill(http_arena(request), catalog, currency, &view)) {
        http_reply_object(request, http_route_of(request)->reply, &view);
    } else {
        no_memory_reply(request);
    }
}

/* ---- GET /admin/currencies ---- */

struct currency_list_form {
    const char *type, *status;
    struct param_bool visible;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct currency_list_form, member)
static const struct param list_params[] = {
    ROW_WORD(ADMIN, "currency", "type", AT(type), "fiat coin", "invalid_type", "coin or fiat."),
    ROW_WORD(ADMIN, "currency", "status", AT(status), "enabled disabled hidden", "invalid_status",
             "Status."),
    ROW_BOOL(ADMIN, "currency", "visible", AT(visible), "non_boolean_visible",
             "2.6: whether the status is enabled."),
    PAGING_ROWS("admin.pagination", struct currency_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct currency_list_form, ordering, "asc", "position"),
    PARAM_END};
#undef AT

static void reply_currencies(struct http_request *request, const struct listed *listed)
{
    const struct currency *rows = listed->rows;
    struct admin_currency_view *views =
        admin_alloc_or_reply(request, listed->count, sizeof(*views));
    if (!views)
        return;
    for (size_t i = 0; i < listed->count; i++)
        if (!admin_currency_view_fill(http_arena(request), request_catalog(request), &rows[i],
                                      &views[i])) {
            no_memory_reply(request);
            return;
        }
    http_reply_array(request, http_route_of(request)->reply, views, listed->count, sizeof(*views));
}

static void list(struct http_request *request)
{
    const struct currency_list_form *asked = http_params(request);
    struct currency_filter filter = {.type = asked->type, .status = asked->status};
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (asked->visible.given)
        filter.visible = &asked->visible.value;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = currency_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    reply_currencies(request, &listed);
}

/* ---- GET /admin/currencies/:code ---- */

struct currency_path {
    const char *code;
};

static const struct param show_params[] = {{.name = "code",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct currency_path, code),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .check = check_currency,
                                            .value_code = "admin.currency.doesnt_exist",
                                            .doc = "Currency code, in either case."},
                                           PARAM_END};

static void show(struct http_request *request)
{
    const struct currency_path *path = http_params(request);
    char id[CURRENCY_ID_SIZE] = "";
    for (size_t i = 0; path->code[i] && i < sizeof(id) - 1; i++)
        id[i] = (char)tolower((unsigned char)path->code[i]);
    reply_currency(request, request_catalog(request), id);
}

/* ---- POST /management/currencies/list, /:code ---- */

static const struct param management_list_params[] = {
    ROW_WORD(MANAGEMENT, "currency", "type", offsetof(struct currency_list_form, type), "fiat coin",
             "invalid_type", "coin or fiat."),
    PARAM_END};

static void management_list(struct http_request *request)
{
    const struct currency_list_form *asked = http_params(request);
    struct currency_filter filter = {.type = asked->type};
    struct listing listing = {
        .arena = http_arena(request), .where = STR_INIT(LISTING_BYTES_MAX), .order_by = "position"};
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    bool ok = currency_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (ok)
        reply_currencies(request, &listed);
    else
        http_reply_err(request, &err);
}

static const struct param management_show_params[] = {
    {.name = "code",
     .kind = PARAM_TEXT,
     .offset = offsetof(struct currency_path, code),
     .flags = PARAM_REQUIRED | PARAM_IN_PATH,
     .check = check_currency,
     .value_code = "code management.currency.doesnt_exist",
     .doc = "Currency code, in either case."},
    PARAM_END};

/* ---- POST /admin/currencies/new, /update ---- */

#define AT(member) offsetof(struct currency_draft, member)
static const struct param create_params[] = {
    {.name = "code",
     .kind = PARAM_TEXT,
     .offset = AT(id),
     .flags = PARAM_REQUIRED | PARAM_LOWER,
     .doc = "Currency code."},
    CURRENCY_PARAM_ROWS(ADMIN),
    ROW_I64(ADMIN, "currency", "position", AT(position), "non_integer_position",
            "Place in lists, from 1; the last unless given."),
#undef AT
#define AT(member) offsetof(struct currency_draft, network.member)
    ROW_CHECKED(ADMIN, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "2.6: the chain of a coin."),
    NETWORK_ROWS(ADMIN, "currency", "min_deposit_amount", "ivalid_withdraw_fee"),
    NETWORK_UNIT_ROWS(ADMIN, "currency"),
#undef AT
    ROW_DRY_RUN(offsetof(struct currency_draft, dry_run), "admin.currency.non_boolean_dry_run"),
    PARAM_END};

#define AT(member) offsetof(struct currency_draft, member)
static const struct param update_params[] = {
    {.name = "code",
     .kind = PARAM_TEXT,
     .offset = AT(id),
     .flags = PARAM_REQUIRED,
     .check = check_currency_lower,
     .value_code = "admin.currency.doesnt_exist",
     .doc = "Currency code."},
    CURRENCY_PARAM_ROWS(ADMIN),
    ROW_I64_RANGE(ADMIN, "currency", "position", AT(position), 1, INT32_MAX, "non_integer_position",
                  "invalid_position", "Place in lists, from 1."),
#undef AT
#define AT(member) offsetof(struct currency_draft, network.member)
    ROW_CHECKED(ADMIN, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "2.6: the chain of a coin."),
    NETWORK_ROWS(ADMIN, "currency", "min_deposit_amount", "ivalid_withdraw_fee"),
    NETWORK_UNIT_ROWS(ADMIN, "currency"),
#undef AT
    ROW_NO_DRY_RUN(offsetof(struct currency_draft, dry_run), "admin.currency.non_boolean_dry_run"),
    PARAM_END};

#define AT(member) offsetof(struct currency_draft, member)
static const struct param management_create_params[] = {
    {.name = "code",
     .kind = PARAM_TEXT,
     .offset = AT(id),
     .flags = PARAM_REQUIRED | PARAM_LOWER,
     DEFAULT_TEXTS(MANAGEMENT, "code"),
     .type_code = "code is invalid",
     .doc = "Currency code."},
    CURRENCY_PARAM_ROWS(MANAGEMENT),
    ROW_I64(MANAGEMENT, "currency", "position", AT(position), "non_integer_position",
            "Place in lists, from 1; the last unless given."),
#undef AT
#define AT(member) offsetof(struct currency_draft, network.member)
    ROW_CHECKED(MANAGEMENT, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "2.6: the chain of a coin."),
    NETWORK_ROWS(MANAGEMENT, "currency", "min_deposit_amount", "ivalid_withdraw_fee"),
    NETWORK_UNIT_ROWS(MANAGEMENT, "currency"),
#undef AT
    ROW_DRY_RUN(offsetof(struct currency_draft, dry_run), "dry_run is invalid"),
    PARAM_END};

#define AT(member) offsetof(struct currency_draft, member)
static const struct param management_update_params[] = {
    ROW_CHECKED_REQUIRED(MANAGEMENT, "currency", "id", AT(id), check_currency_lower, "doesnt_exist",
                         "Currency code."),
    CURRENCY_PARAM_ROWS(MANAGEMENT),
    ROW_I64_RANGE(MANAGEMENT, "currency", "position", AT(position), 1, INT32_MAX,
                  "non_integer_position", "invalid_position", "Place in lists, from 1."),
#undef AT
#define AT(member) offsetof(struct currency_draft, network.member)
    ROW_CHECKED(MANAGEMENT, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "2.6: the chain of a coin."),
    NETWORK_ROWS(MANAGEMENT, "currency", "invalid_min_deposit_amount", "invalid_withdraw_fee"),
    NETWORK_UNIT_ROWS(MANAGEMENT, "currency"),
#undef AT
    ROW_NO_DRY_RUN(offsetof(struct currency_draft, dry_run), "dry_run is invalid"),
    PARAM_END};

static void save(struct http_request *request,
                 bool (*action)(const struct change *change, const struct currency_draft *draft,
                                struct err *err))
{
    const struct currency_draft *draft = http_params(request);
    struct change change;
    struct err err;
    if (dry_run_refused(request, draft->dry_run) || !request_change(request, &change))
        return;
    if (action(&change, draft, &err))
        reply_currency(request, request_renewed_catalog(request, change.db), draft->id);
    else
        reply_refusal(request, &err);
}

static void dry_run(struct http_request *request)
{
    const struct currency_draft *draft = http_params(request);
    struct trial trial = {.arena = http_arena(request)};
    struct admin_currency_view view;
    struct network network;
    struct currency row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = currency_try(&change, draft, &row, &network, &err);
    if (ok) {
        const struct catalog tried = {.currencies = &row,
                                      .currencies_count = 1,
                                      .networks = &network,
                                      .networks_count = network.id > 0};
        network.id = 0;
        network.blockchain = network.blockchain_key ? catalog_blockchain(request_catalog(request),
                                                                         network.blockchain_key)
                                                    : NULL;
        ok = admin_currency_view_fill(http_arena(request), &tried, &row, &view) ||
             err_set(&err, ERR_BUSY, "no memory for a reply");
    }
    trial_network(request_app(request), draft->id, &draft->network, &trial);
    trial_reply(request, &trial, ok ? NULL : &err, http_route_of(request)->reply, &view);
}

static void create(struct http_request *request)
{
    const struct currency_draft *draft = http_params(request);
    if (draft->dry_run.value)
        dry_run(request);
    else
        save(request, currency_create);
}

static void update(struct http_request *request)
{
    if (permit_given_or_reply(request, "update", "Currency", "code"))
        save(request, currency_change);
}

static void management_update(struct http_request *request)
{
    save(request, currency_change);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.currency",                   \
    .subject = "Currency", .tag = "admin"
const struct http_route admin_currency_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/currencies",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct currency_list_form),
     .reply = admin_currency_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "Currencies."},
    {.method = "GET",
     .path = "/api/v2/admin/currencies/:code",
     ROUTE,
     .handler = show,
     .params = show_params,
     .params_size = sizeof(struct currency_path),
     .reply = admin_currency_fields,
     .action = "read",
     .doc = "One currency."},
    {.method = "POST",
     .path = "/api/v2/admin/currencies/new",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct currency_draft),
     .reply = admin_currency_fields,
     .action = "create",
     .doc = "Add a currency."},
    {.method = "POST",
     .path = "/api/v2/admin/currencies/update",
     ROUTE,
     .handler = update,
     .params = update_params,
     .params_size = sizeof(struct currency_draft),
     .reply = admin_currency_fields,
     .action = "update",
     .doc = "Change a currency."},
    {.method = NULL}};

#undef ROUTE
#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT, .tag = "management",                         \
    .class_name = "management.currency"
const struct http_route management_currency_routes[] = {
    {.method = "POST",
     .path = "/api/v2/management/currencies/list",
     ROUTE,
     .handler = management_list,
     .params = management_list_params,
     .params_size = sizeof(struct currency_list_form),
     .reply = management_currency_fields,
     .reply_is_array = true,
     .status = 200,
     .subject = "read_currencies",
     .doc = "Currencies by position, whatever their status."},
    /* The contract has read_currencies here; who may only read must not write. */
    {.method = "POST",
     .path = "/api/v2/management/currencies/create",
     ROUTE,
     .handler = create,
     .params = management_create_params,
     .params_size = sizeof(struct currency_draft),
     .reply = management_currency_fields,
     .subject = "write_currencies",
     .doc = "Add a currency."},
    {.method = "POST",
     .path = "/api/v2/management/currencies/:code",
     ROUTE,
     .handler = show,
     .params = management_show_params,
     .params_size = sizeof(struct currency_path),
     .reply = management_currency_fields,
     .subject = "read_currencies",
     .doc = "One currency."},
    {.method = "PUT",
     .path = "/api/v2/management/currencies/update",
     ROUTE,
     .handler = management_update,
     .params = management_update_params,
     .params_size = sizeof(struct currency_draft),
     .reply = management_currency_fields,
     .subject = "write_currencies",
     .doc = "Change a currency."},
    {.method = NULL}};
