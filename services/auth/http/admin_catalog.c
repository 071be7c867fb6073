/* /admin/levels, /admin/abilities, /admin/api_keys, /admin/metrics: small answers. */
#include "api/abilities.h"
#include "auth/http/api_key_view.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/routes_admin.h"
#include "auth/store/daily_counts.h"
#include "auth/store/labels.h"
#include "auth/store/service_accounts.h"
#include "auth/store/users.h"
#include "base/auto.h"

#include <string.h>

/* ---- GET /admin/levels ---- */

#define AT(member) offsetof(struct level, member)
static const struct json_field level_fields[] = {
    {"id", JSON_I32, AT(id), .doc = "The level."},
    {"key", JSON_CHARS, AT(key), .doc = "Key of the private label that reaches it."},
    {"value", JSON_CHARS, AT(value), .doc = "Its value."},
    {NULL},
};
#undef AT

static void levels(struct http_request *request)
{
    struct level *rows;
    size_t count;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (levels_list(call.db, call.arena, &rows, &count, &err))
        http_reply_array(request, level_fields, rows, count, sizeof(*rows));
    else
        http_reply_err(request, &err);
}

/* ---- GET /admin/abilities ---- */

static void abilities(struct http_request *request)
{
    abilities_write_role(request_app(request)->abilities, request_user(request)->role,
                         http_reply_builder(request));
    http_reply_built(request, 200);
}

/* ---- GET /admin/metrics ---- */

struct metrics_form {
    struct param_i64 from, to;
};

static const struct param metrics_params[] = {{.name = "created_from",
                                               .kind = PARAM_I64,
                                               .offset = offsetof(struct metrics_form, from),
                                               .doc = "Unix seconds: count from this one on."},
                                              {.name = "created_to",
                                               .kind = PARAM_I64,
                                               .offset = offsetof(struct metrics_form, to),
                                               .doc = "Unix seconds: count up to this one."},
                                              PARAM_END};

/* "sucessful": the contract spells it so. */
static const char *const metric_keys[DAILY_KIND_MAX] = {
    [DAILY_SIGNUPS] = "signups",
    [DAILY_LOGINS] = "sucessful_logins",
    [DAILY_FAILED_LOGINS] = "failed_logins",
};

static bool write_days(struct call *call, enum daily_kind kind, const struct metrics_form *asked,
                       struct str *out, struct err *err)
{
    struct daily_count *days;
    size_t count;
    if (!daily_counts(call->db, call->arena, kind, asked->from, asked->to, &days, &count, err))
        return false;
    json_write_string(out, metric_keys[kind]);
    str_add(out, ":{");
    for (size_t i = 0; i < count; i++)
        str_add_format(out, "%s\"%s\":%llu", i ? "," : "", days[i].date,
                       (unsigned long long)days[i].count);
    str_add(out, "},");
    return true;
}

static void metrics(struct http_request *request)
{
    const struct metrics_form *asked = http_params(request);
    AUTO(str_release) struct str body = STR_INIT(1 << 20);
    uint64_t pending = 0;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    str_add_char(&body, '{');
    bool ok = pending_documents_count(call.db, &pending, &err);
    for (enum daily_kind kind = 0; ok && kind < DAILY_KIND_MAX; kind++)
        ok = write_days(&call, kind, asked, &body, &err);
    str_add(&body, "\"pending_applications\":");
    str_add_u64(&body, pending);
    str_add_char(&body, '}');
    if (ok)
        http_reply_text(request, 200, str_data(&body), body.length);
    else
        http_reply_err(request, &err);
}

/* ---- GET /admin/api_keys ---- */

struct keys_form {
    const char *uid;
    struct api_key_list list;
};

#define AT(member) offsetof(struct keys_form, member)
static const struct param keys_params[] = {{.name = "uid",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(uid),
                                            .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                            .doc = "UID of the user or service account."},
                                           {.name = "ordering",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(list.ordering),
                                            .fallback = "asc",
                                            .values = "asc desc",
                                            .value_code = "api_keys.ordering.invalid_ordering",
                                            .doc = "Direction of the order."},
                                           {.name = "order_by",
                                            .kind = PARAM_TEXT,
                                            .offset = AT(list.order_by),
                                            .fallback = "id",
                                            .check = check_api_key_column,
                                            .value_code = "api_keys.ordering.invalid_attribute",
                                            .doc = "Column that orders."},
                                           PAGING_ROWS_BARE(struct keys_form, list.paging),
                                           PARAM_END};
#undef AT

static bool find_holder(struct call *call, const char *uid, struct key_holder *ret_holder,
                        struct err *err)
{
    struct service_account account;
    struct user user;
    *ret_holder = (struct key_holder){0};
    if (users_by_uid(call->db, NULL, uid, &user, err)) {
        ret_holder->user_id = user.id;
        return true;
    }
    if (err->code != ERR_NOT_FOUND)
        return false;
    if (!service_accounts_by_uid(call->db, uid, &account, err)) {
        if (err->code == ERR_NOT_FOUND)
            err->key = "admin.user.doesnt_exist";
        return false;
    }
    ret_holder->service_account_id = account.id;
    return true;
}

static void api_keys(struct http_request *request)
{
    const struct keys_form *asked = http_params(request);
    struct key_holder holder;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (find_holder(&call, asked->uid, &holder, &err))
        reply_api_keys(request, &call, holder, &asked->list);
    else
        http_reply_err(request, &err);
}

#define ROUTE .method = "GET", .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .tag = "admin"
const struct http_route admin_catalog_routes[] = {
    {ROUTE, .path = "/api/v2/admin/levels", .handler = levels, .reply = level_fields,
     .reply_is_array = true, .class_name = "admin.level", .action = "read", .subject = "Level",
     .doc = "What makes each level."},
    {ROUTE, .path = "/api/v2/admin/abilities", .handler = abilities, .class_name = "admin.ability",
     .doc = "What the caller's role may do here: subjects by action; {} for nothing."},
    {ROUTE, .path = "/api/v2/admin/api_keys", .handler = api_keys, .params = keys_params,
     .params_size = sizeof(struct keys_form), .class_name = "admin.apikey", .action = "read",
     .subject = "APIKey", .reply = api_key_fields, .reply_is_array = true,
     .doc = "API keys of a user or service account, without secrets."},
    {ROUTE, .path = "/api/v2/admin/metrics", .handler = metrics, .params = metrics_params,
     .params_size = sizeof(struct metrics_form), .class_name = "admin.metric", .action = "read",
     .subject = "User", .doc = "Sign-ups and sign-ins by day; how many documents wait."},
    {.method = NULL}};
