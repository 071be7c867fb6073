/*
 * /admin/blockchain_currencies and /management/blockchain_currencies: on which chain a currency
 * moves, and at what cost. Both groups share the handlers.
 */
#include "accounting/actions/asset_check.h"
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/catalog_try_reply.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_admin.h"
#include "accounting/http/management_support.h"
#include "accounting/http/routes_admin.h"

/* ---- replies ---- */

static bool view_fill(struct http_request *request, const struct catalog *catalog,
                      const struct network *row, struct admin_network_view *ret_view,
                      struct err *err)
{
    const struct currency *currency = catalog_currency(catalog, row->currency_id);
    return (currency && admin_network_view_fill(http_arena(request), currency, row, ret_view)) ||
           err_set(err, ERR_BUSY, "network of %s: no memory, or no such currency",
                   row->currency_id);
}

/*
 * The rows are read from the tables, their currencies from memory, where one that a seed or another
 * process has just added is not yet: then memory is read again.
 */
static const struct catalog *catalog_of(struct http_request *request, struct db *db,
                                        const struct listed *listed)
{
    const struct catalog *catalog = request_catalog(request);
    const struct network *rows = listed->rows;
    for (size_t i = 0; i < listed->count; i++)
        if (!catalog_currency(catalog, rows[i].currency_id))
            return request_renewed_catalog(request, db);
    return catalog;
}

static void reply_row(struct http_request *request, const struct catalog *catalog,
                      const struct network *row)
{
    struct admin_network_view view;
    struct err err;
    if (view_fill(request, catalog, row, &view, &err))
        http_reply_object(request, admin_network_fields, &view);
    else
        http_reply_err(request, &err);
}

static void reply_by_id(struct http_request *request, struct db *db, int64_t id)
{
    struct listing listing = {
        .arena = http_arena(request), .where = STR_INIT(LISTING_BYTES_MAX), .limit = 1};
    const struct network_filter filter = {.id = id};
    struct listed listed;
    struct err err;
    bool ok = id > 0 ? network_list(db, &filter, &listing, &listed, &err)
                     : err_set(&err, ERR_NOT_FOUND, "no network %lld", (long long)id);
    str_release(&listing.where);
    if (ok && listed.count == 0)
        ok = err_set(&err, ERR_NOT_FOUND, "no network %lld", (long long)id);
    if (ok)
        reply_row(request, catalog_of(request, db, &listed), listed.rows);
    else
        http_reply_err(request, &err);
}

/* ---- lists ---- */

struct network_list_form {
    const char *status;
    struct param_bool deposit_enabled, withdrawal_enabled;
    struct paging paging;
    struct ordering ordering;
};

/* clang-format off */
#define AT(member) offsetof(struct network_list_form, member)
#define LIST_ROWS(X)                                                                               \
    ROW_WORD(X, "blockchain_currency", "status", AT(status), "enabled disabled hidden",            \
             "invalid_status", "Status."),                                                         \
    ROW_BOOL(X, "blockchain_currency", "deposit_enabled", AT(deposit_enabled),                     \
             "non_boolean_deposit_enabled", "Whether deposits are taken."),                        \
    ROW_BOOL(X, "blockchain_currency", "withdrawal_enabled", AT(withdrawal_enabled),               \
             "non_boolean_withdrawal_enabled", "Whether withdrawals are taken.")
/* clang-format on */
static const struct param list_params[] = {
    LIST_ROWS(ADMIN), PAGING_ROWS("admin.pagination", struct network_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct network_list_form, ordering, "desc", "id"), PARAM_END};
static const struct param management_list_params[] = {
    LIST_ROWS(MANAGEMENT),
    MANAGEMENT_LIST_ROWS("admin.pagination", struct network_list_form, paging, ordering, "desc"),
    PARAM_END};
#undef AT

static bool views_fill(struct http_request *request, struct db *db, const struct listed *listed,
                       struct admin_network_view *views, struct err *err)
{
    const struct catalog *catalog = catalog_of(request, db, listed);
    const struct network *rows = listed->rows;
    for (size_t i = 0; i < listed->count; i++)
        if (!view_fill(request, catalog, &rows[i], &views[i], err))
            return false;
    return true;
}

static void list(struct http_request *request)
{
    const struct network_list_form *asked = http_params(request);
    struct network_filter filter = {.status = asked->status};
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (asked->deposit_enabled.given)
        filter.deposit_enabled = &asked->deposit_enabled.value;
    if (asked->withdrawal_enabled.given)
        filter.withdrawal_enabled = &asked->withdrawal_enabled.value;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = network_list(db, &filter, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    struct admin_network_view *views = admin_alloc_or_reply(request, listed.count, sizeof(*views));
    if (!views)
        return;
    if (!views_fill(request, db, &listed, views, &err)) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, admin_network_fields, views, listed.count, sizeof(*views));
}

/* ---- one ---- */

#define AT(member) offsetof(struct network_draft, member)
static const struct param path_params[] = {ROW_ID_IN_PATH(AT(id), NULL), PARAM_END};
static const struct param management_path_params[] = {ROW_ID_IN_PATH(AT(id), "id is invalid"),
                                                      PARAM_END};

static void show(struct http_request *request)
{
    const struct network_draft *path = http_params(request);
    struct db *db = request_db(request);
    if (db)
        reply_by_id(request, db, path->id.value);
}

static void destroy(struct http_request *request)
{
    const struct network_draft *path = http_params(request);
    struct network row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    if (network_remove(&change, path->id.value, &row, &err))
        reply_row(request, request_renewed_catalog(request, change.db), &row);
    else
        reply_refusal(request, &err);
}

/* ---- creating and changing ---- */

/* clang-format off */
#define STATUS_ROWS(X)                                                                             \
    ROW_WORD(X, "blockchain_currency", "status", AT(status), "enabled disabled hidden",            \
             "invalid_status", "Status."),                                                         \
    ROW_BOOL(X, "blockchain_currency", "auto_update_fees_enabled", AT(auto_update_fees_enabled),   \
             "non_boolean_auto_update_fees_enabled", "Fees follow the price.")
#define CREATE_ROWS(X, withdraw_fee_)                                                              \
    ROW_CHECKED_REQUIRED(X, "blockchain_currency", "currency_id", AT(currency_id),                 \
                         check_currency_lower, "currency_doesnt_exist", "Currency code."),         \
    ROW_CHECKED(X, "blockchain_currency", "blockchain_key", AT(blockchain_key),                    \
                check_blockchain_key, "blockchain_key_doesnt_exist", "Chain of a coin."), \
    NETWORK_ROWS(X, "blockchain_currency", "min_deposit_amount", withdraw_fee_),                   \
    NETWORK_UNIT_ROWS(X, "blockchain_currency"),                                                   \
    STATUS_ROWS(X)
/* clang-format on */

static const struct param create_params[] = {
    CREATE_ROWS(ADMIN, "invalid_withdraw_fee"),
    ROW_DRY_RUN(AT(dry_run), "admin.blockchaincurrency.non_boolean_dry_run"), PARAM_END};
static const struct param management_create_params[] = {
    CREATE_ROWS(MANAGEMENT, "ivalid_withdraw_fee"), ROW_DRY_RUN(AT(dry_run), "dry_run is invalid"),
    PARAM_END};

static const struct param update_params[] = {
    ROW_ID(ADMIN, AT(id), NULL),
    ROW_CHECKED(ADMIN, "currency", "blockchain_key", AT(blockchain_key), check_blockchain_key,
                "blockchain_key_doesnt_exist", "The chain."),
    NETWORK_ROWS(ADMIN, "blockchain_currency", "min_deposit_amount", "invalid_withdraw_fee"),
    STATUS_ROWS(ADMIN),
    ROW_NO_DRY_RUN(AT(dry_run), "admin.blockchaincurrency.non_boolean_dry_run"),
    PARAM_END};
static const struct param management_update_params[] = {
    ROW_ID(MANAGEMENT, AT(id), "id is invalid"),
    ROW_CHECKED(MANAGEMENT, "blockchain_currency", "blockchain_key", AT(blockchain_key),
                check_blockchain_key, "blockchain_key_doesnt_exist", "The chain."),
    NETWORK_ROWS(MANAGEMENT, "blockchain_currency", "min_deposit_amount", "ivalid_withdraw_fee"),
    STATUS_ROWS(MANAGEMENT),
    ROW_NO_DRY_RUN(AT(dry_run), "dry_run is invalid"),
    PARAM_END};
#undef AT

static void dry_run(struct http_request *request, const struct currency *currency)
{
    const struct network_draft *draft = http_params(request);
    struct trial trial = {.arena = http_arena(request)};
    struct admin_network_view view;
    struct network row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = network_try(&change, draft, &row, &err);
    if (ok && row.blockchain_key)
        row.blockchain = catalog_blockchain(request_catalog(request), row.blockchain_key);
    ok = ok && (admin_network_view_fill(http_arena(request), currency, &row, &view) ||
                err_set(&err, ERR_BUSY, "no memory for a reply"));
    trial_network(request_app(request), draft->currency_id, draft, &trial);
    trial_reply(request, &trial, ok ? NULL : &err, admin_network_fields, &view);
}

static void create(struct http_request *request)
{
    const struct network_draft *draft = http_params(request);
    const struct currency *currency =
        catalog_currency(request_catalog(request), draft->currency_id);
    struct change change;
    struct err err;
    int64_t id;
    if (currency && currency->is_coin && !draft->blockchain_key) {
        const char *code = management_is_path(request)
                               ? "blockchain_key is missing"
                               : "admin.blockchaincurrency.missing_blockchain_key";
        http_reply_codes(request, &code, 1);
        return;
    }
    if (currency && draft->dry_run.value) {
        dry_run(request, currency);
        return;
    }
    if (!request_change(request, &change))
        return;
    if (asset_check(request_app(request), &change, draft, &err) &&
        network_create(&change, draft, &id, &err)) {
        request_renewed_catalog(request, change.db);
        reply_by_id(request, change.db, id);
    } else {
        reply_refusal(request, &err);
    }
}

static void save(struct http_request *request)
{
    const struct network_draft *draft = http_params(request);
    struct change change;
    struct err err;
    if (dry_run_refused(request, draft->dry_run) || !request_change(request, &change))
        return;
    if (asset_check(request_app(request), &change, draft, &err) &&
        network_change(&change, draft, &err)) {
        request_renewed_catalog(request, change.db);
        reply_by_id(request, change.db, draft->id.value);
    } else {
        reply_refusal(request, &err);
    }
}

static void update(struct http_request *request)
{
    if (permit_given_or_reply(request, "update", "BlockchainCurrency", "id"))
        save(request);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.blockchaincurrency",         \
    .subject = "BlockchainCurrency", .tag = "admin", .reply = admin_network_fields
const struct http_route admin_network_routes[] = {
    {.method = "GET",
     .path = "/api/v2/admin/blockchain_currencies",
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct network_list_form),
     .reply_is_array = true,
     .action = "read",
     .doc = "Networks."},
    {.method = "GET",
     .path = "/api/v2/admin/blockchain_currencies/:id",
     ROUTE,
     .handler = show,
     .params = path_params,
     .params_size = sizeof(struct network_draft),
     .action = "read",
     .doc = "One network."},
    {.method = "POST",
     .path = "/api/v2/admin/blockchain_currencies/new",
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct network_draft),
     .action = "create",
     .doc = "Add a network to a currency."},
    {.method = "POST",
     .path = "/api/v2/admin/blockchain_currencies/update",
     ROUTE,
     .handler = update,
     .params = update_params,
     .params_size = sizeof(struct network_draft),
     .action = "update",
     .doc = "Change a network."},
    {.method = "DELETE",
     .path = "/api/v2/admin/blockchain_currencies/:id",
     ROUTE,
     .handler = destroy,
     .params = path_params,
     .params_size = sizeof(struct network_draft),
     .action = "destroy",
     .doc = "Remove a network."},
    {.method = NULL}};

#undef ROUTE
#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_MANAGEMENT, .tag = "management",                         \
    .class_name = "management.blockchaincurrency", .reply = admin_network_fields
const struct http_route management_network_routes[] = {
    {.method = "POST",
     .path = "/api/v2/management/blockchain_currencies/list",
     ROUTE,
     .handler = list,
     .params = management_list_params,
     .params_size = sizeof(struct network_list_form),
     .reply_is_array = true,
     .subject = "read_blockchain_currencies",
     .doc = "Networks."},
    {.method = "POST",
     .path = "/api/v2/management/blockchain_currencies/new",
     ROUTE,
     .handler = create,
     .params = management_create_params,
     .params_size = sizeof(struct network_draft),
     .subject = "write_blockchain_currencies",
     .doc = "Add a network to a currency."},
    {.method = "POST",
     .path = "/api/v2/management/blockchain_currencies/update",
     ROUTE,
     .handler = save,
     .params = management_update_params,
     .params_size = sizeof(struct network_draft),
     .subject = "write_blockchain_currencies",
     .doc = "Change a network."},
    {.method = "POST",
     .path = "/api/v2/management/blockchain_currencies/:id",
     ROUTE,
     .handler = show,
     .params = management_path_params,
     .params_size = sizeof(struct network_draft),
     .subject = "read_blockchain_currencies",
     .doc = "One network."},
    {.method = NULL}};
