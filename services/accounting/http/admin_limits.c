/* /admin/withdraw_limits: how much a group at a level of identification may withdraw. */
#include "accounting/http/admin_support.h"
#include "accounting/http/catalog_params.h"
#include "accounting/http/context.h"
#include "accounting/http/entities_public.h"
#include "accounting/http/routes_admin.h"

struct limit_list_form {
    const char *group, *kyc_level;
    struct paging paging;
    struct ordering ordering;
};

#define AT(member) offsetof(struct limit_list_form, member)
static const struct param list_params[] = {
    {.name = "group",
     .kind = PARAM_TEXT,
     .offset = AT(group),
     .flags = PARAM_LOWER,
     .doc = "Member group, or any."},
    {.name = "kyc_level",
     .kind = PARAM_TEXT,
     .offset = AT(kyc_level),
     .flags = PARAM_LOWER,
     .doc = "Level, or any."},
    PAGING_ROWS("admin.pagination", struct limit_list_form, paging),
    ORDERING_ROWS("admin.pagination", struct limit_list_form, ordering, "desc", "id"),
    PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct limit_list_form *asked = http_params(request);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    struct listing listing = listing_of(request, &asked->paging, &asked->ordering);
    bool ok = withdraw_limit_list(db, asked->group, asked->kyc_level, &listing, &listed, &err);
    str_release(&listing.where);
    if (!ok) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, listed.total);
    http_reply_array(request, withdraw_limit_fields, listed.rows, listed.count,
                     sizeof(struct withdraw_limit));
}

/* clang-format off */
#define AT(member) offsetof(struct withdraw_limit_draft, member)
#define SAVE_ROWS(row_)                                                                            \
    row_(ADMIN, "withdraw_limit", "limit_24_hour", AT(limit_24_hour), "non_decimal_limit_24_hour", \
         "invalid_limit_24_hour", "Sum of 24 hours, in the platform currency."),                   \
    row_(ADMIN, "withdraw_limit", "limit_1_month", AT(limit_1_month), "non_decimal_limit_1_month", \
         "invalid_limit_1_month", "Sum of a month, in the platform currency."),                    \
    {.name = "group", .kind = PARAM_TEXT, .offset = AT(group), .flags = PARAM_LOWER,               \
     .doc = "Member group, or any."},                                                              \
    {.name = "kyc_level", .kind = PARAM_TEXT, .offset = AT(kyc_level), .flags = PARAM_LOWER,       \
     .doc = "Level, or any."}
/* clang-format on */
static const struct param create_params[] = {SAVE_ROWS(ROW_DEC_0_REQUIRED), PARAM_END};
static const struct param update_params[] = {
    ROW_ID(ADMIN, AT(id), "admin.withdraw_limit.non_integer_id"), SAVE_ROWS(ROW_DEC_0), PARAM_END};
static const struct param path_params[] = {
    ROW_ID_IN_PATH(AT(id), "admin.withdraw_limit.non_integer_id"), PARAM_END};
#undef AT

static void reply_saved(struct http_request *request, struct db *db, bool ok,
                        const struct withdraw_limit *row, const struct err *err)
{
    if (!ok) {
        reply_refusal(request, err);
        return;
    }
    request_renewed_catalog(request, db);
    http_reply_object(request, withdraw_limit_fields, row);
}

static void create(struct http_request *request)
{
    struct withdraw_limit row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = withdraw_limit_create(&change, http_params(request), &row, &err);
    reply_saved(request, change.db, ok, &row, &err);
}

static void update(struct http_request *request)
{
    struct withdraw_limit row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = withdraw_limit_change(&change, http_params(request), &row, &err);
    reply_saved(request, change.db, ok, &row, &err);
}

static void remove_one(struct http_request *request)
{
    const struct withdraw_limit_draft *asked = http_params(request);
    struct withdraw_limit row;
    struct change change;
    struct err err;
    if (!request_change(request, &change))
        return;
    bool ok = withdraw_limit_remove(&change, asked->id.value, &row, &err);
    reply_saved(request, change.db, ok, &row, &err);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.withdrawlimit",              \
    .subject = "WithdrawLimit", .tag = "admin", .reply = withdraw_limit_fields
const struct http_route admin_limit_routes[] = {{.method = "GET",
                                                 .path = "/api/v2/admin/withdraw_limits",
                                                 ROUTE,
                                                 .handler = list,
                                                 .params = list_params,
                                                 .params_size = sizeof(struct limit_list_form),
                                                 .reply_is_array = true,
                                                 .action = "read",
                                                 .doc = "Withdraw limits."},
                                                {.method = "POST",
                                                 .path = "/api/v2/admin/withdraw_limits",
                                                 ROUTE,
                                                 .handler = create,
                                                 .params = create_params,
                                                 .params_size = sizeof(struct withdraw_limit_draft),
                                                 .action = "create",
                                                 .doc = "Add a limit for a group and a level."},
                                                {.method = "PUT",
                                                 .path = "/api/v2/admin/withdraw_limits",
                                                 ROUTE,
                                                 .handler = update,
                                                 .params = update_params,
                                                 .params_size = sizeof(struct withdraw_limit_draft),
                                                 .action = "update",
                                                 .doc = "Change a limit."},
                                                {.method = "DELETE",
                                                 .path = "/api/v2/admin/withdraw_limits/:id",
                                                 ROUTE,
                                                 .handler = remove_one,
                                                 .params = path_params,
                                                 .params_size = sizeof(struct withdraw_limit_draft),
                                                 .action = "delete",
                                                 .doc = "Remove a limit."},
                                                {.method = NULL}};
