/* /admin/restrictions: from where the platform may be used. */
#include "auth/actions/restriction_save.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"

#include <string.h>

#define SCOPES "continent country ip ip_subnet all"
#define CATEGORIES "whitelist maintenance blacklist blocklogin"

#define AT(member) offsetof(struct restriction_row, member)
static const struct json_field restriction_fields[] = {
    {"id", JSON_U64, AT(id), .doc = "Number of the row."},
    {"category", JSON_TEXT, AT(category), .doc = "whitelist, maintenance, blacklist, blocklogin."},
    {"scope", JSON_TEXT, AT(scope), .doc = "continent, country, ip, ip_subnet, all."},
    {"value", JSON_TEXT, AT(value), .doc = "Address, network, or name or ISO code of the place."},
    {"code", JSON_I64, AT(code), JSON_NULL_IF_ZERO, .doc = "HTTP status of the refusal."},
    {"state", JSON_TEXT, AT(state), .doc = "enabled, disabled."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was made."},
    {"updated_at", JSON_TIME_ISO, AT(updated_at), .doc = "When it changed last."},
    {NULL},
};
#undef AT

/* ---- the list ---- */

struct list_form {
    const char *scope, *category;
    struct times times;
    struct paging paging;
};

#define AT(member) offsetof(struct list_form, member)
static const struct param list_params[] = {
    {.name = "scope",
     .kind = PARAM_TEXT,
     .offset = AT(scope),
     .values = SCOPES,
     .value_code = "admin.restriction.invalid_scope",
     .doc = "Of this scope."},
    {.name = "category",
     .kind = PARAM_TEXT,
     .offset = AT(category),
     .values = CATEGORIES,
     .value_code = "admin.restriction.invalid_category",
     .doc = "Of this category."},
    TIMES_ROWS(struct list_form, times, "admin.restriction.invalid_range"),
    PAGING_ROWS_BARE(struct list_form, paging),
    PARAM_END};
#undef AT

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct restrictions_filter filter = {.scope = asked->scope,
                                         .category = asked->category,
                                         .by_update = times_are_of_update(&asked->times),
                                         .from = asked->times.from,
                                         .to = asked->times.to};
    struct listing listing = request_page(request, &asked->paging);
    struct listed listed;
    struct err err;
    struct db *db = request_db(request);
    if (!db)
        return;
    if (restrictions_list(db, &filter, &listing, &listed, &err))
        reply_page(request, &asked->paging, listed.total, restriction_fields, listed.rows,
                   listed.count, sizeof(struct restriction_row));
    else
        http_reply_err(request, &err);
}

/* ---- changes ---- */

#define AT(member) offsetof(struct restriction_draft, member)
/* clang-format off */
#define ID_ROW                                                                                     \
    {.name = "id", .kind = PARAM_I64, .offset = AT(id), .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, \
     .doc = "Number of the row."}
#define SAVE_ROWS(flags_)                                                                          \
    {.name = "scope", .kind = PARAM_TEXT, .offset = AT(scope), .flags = flags_, .values = SCOPES,  \
     .value_code = "admin.restriction.invalid_scope", .doc = SCOPES "."},                          \
    {.name = "value", .kind = PARAM_TEXT, .offset = AT(value), .flags = flags_,                    \
     .doc = "Address, network, or name or ISO code of the place; `all` for scope all."},           \
    {.name = "category", .kind = PARAM_TEXT, .offset = AT(category), .flags = flags_,              \
     .values = CATEGORIES, .value_code = "admin.restriction.invalid_category",                     \
     .doc = CATEGORIES "."},                                                                       \
    {.name = "state", .kind = PARAM_TEXT, .offset = AT(state), .values = "enabled disabled",       \
     .value_code = "admin.restriction.invalid_state", .doc = "enabled unless given."},             \
    {.name = "code", .kind = PARAM_I64, .offset = AT(code),                                        \
     .doc = "HTTP status of the refusal, 400 to 599; else that of category and scope."}
/* clang-format on */

static const struct param create_params[] = {SAVE_ROWS(PARAM_REQUIRED | PARAM_NOT_BLANK),
                                             PARAM_END};
static const struct param change_params[] = {ID_ROW, SAVE_ROWS(PARAM_NOT_BLANK), PARAM_END};
static const struct param remove_params[] = {ID_ROW, PARAM_END};
#undef AT

static void create(struct http_request *request)
{
    admin_run(request, restriction_create);
}

static void change(struct http_request *request)
{
    admin_run(request, restriction_change);
}

static void remove_one(struct http_request *request)
{
    admin_run(request, restriction_remove);
}

/* ---- links ---- */

enum { LINK_TIMES_MAX = 30, HOUR_S = 3600, DAY_S = 24 * HOUR_S };

struct link_form {
    struct param_i64 expire_time;
    const char *range;
};

#define AT(member) offsetof(struct link_form, member)
static const struct param link_params[] = {{.name = "expire_time",
                                            .kind = PARAM_I64,
                                            .offset = AT(expire_time),
                                            .flags = PARAM_RANGE,
                                            .min = 1,
                                            .max = LINK_TIMES_MAX,
                                            .fallback = "1",
                                            .type_code = "admin.restriction.invalid_expire",
                                            .value_code = "admin.restriction.invalid_expire",
                                            .doc = "How many days or hours it is good."},
                                           {.name = "range",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(range),
                                            .fallback = "day",
                                            .values = "day hour",
                                            .value_code = "admin.restriction.invalid_range",
                                            .doc = "day or hour."},
                                           PARAM_END};
#undef AT

struct link_view {
    char token[WHITELINK_TEXT_SIZE];
};

static const struct json_field link_fields[] = {
    {"whitelink_token", JSON_CHARS, 0, .doc = "For POST /identity/users/access."}, {NULL}};

static void create_link(struct http_request *request)
{
    const struct link_form *asked = http_params(request);
    int64_t unit_s = asked->range[0] == 'h' ? HOUR_S : DAY_S;
    struct link_view view;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (whitelink_create(&call, request_user(request), asked->expire_time.value * unit_s,
                         view.token, &err))
        http_reply_object(request, link_fields, &view);
    else
        http_reply_err(request, &err);
}

#define ROUTE                                                                                      \
    .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.restriction",                \
    .subject = "Restriction", .tag = "admin"
#define PATH .path = "/api/v2/admin/restrictions", .status = 200
const struct http_route admin_restriction_routes[] = {
    {.method = "GET",
     PATH,
     ROUTE,
     .handler = list,
     .params = list_params,
     .params_size = sizeof(struct list_form),
     .reply = restriction_fields,
     .reply_is_array = true,
     .action = "read",
     .doc = "The restrictions."},
    {.method = "POST",
     PATH,
     ROUTE,
     .handler = create,
     .params = create_params,
     .params_size = sizeof(struct restriction_draft),
     .action = "create",
     .doc = "Add a restriction; an enabled blocklogin ends all sessions."},
    {.method = "PUT",
     PATH,
     ROUTE,
     .handler = change,
     .params = change_params,
     .params_size = sizeof(struct restriction_draft),
     .action = "update",
     .doc = "Change a restriction."},
    {.method = "DELETE",
     PATH,
     ROUTE,
     .handler = remove_one,
     .params = remove_params,
     .params_size = sizeof(struct restriction_draft),
     .action = "destroy",
     .doc = "Remove a restriction."},
    {.method = "POST",
     .path = "/api/v2/admin/restrictions/whitelink",
     ROUTE,
     .handler = create_link,
     .params = link_params,
     .params_size = sizeof(struct link_form),
     .reply = link_fields,
     .action = "create",
     .doc = "A token that lets the addresses of its bearers in."},
    {.method = NULL}};
