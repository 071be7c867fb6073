/*
 * /admin/oauth/clients, /admin/oauth/grants: operators manage the clients of the provider, and end what
 * was granted. /resource/oauth/grants: a user sees and ends what he lets clients do.
 *
 * A client is the JSON document of RFC 7591 here as everywhere (domain/oauth_client.h), with `enabled`.
 * A secret is in the answer that made it, and never again.
 */
#include <string.h>

#include "api/paging.h"
#include "auth/actions/audit.h"
#include "auth/actions/oauth_register.h"
#include "auth/domain/oauth_error.h"
#include "auth/http/context.h"
#include "auth/http/list_support.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/store/oauth_grants.h"
#include "auth/store/users.h"
#include "base/auto.h"
#include "json/field.h"
#include "json/read.h"

/* ---- clients ---- */

struct list_form {
    struct paging paging;
};
static const struct param list_params[] = {PAGING_ROWS_BARE(struct list_form, paging), PARAM_END};

struct client_form {
    const char *client_id;
    struct param_bool enabled;
};
#define CLIENT_ID_ROW                                                                              \
    {                                                                                              \
        .name = "client_id", .kind = PARAM_TEXT,                                                   \
        .offset = offsetof(struct client_form, client_id),                                         \
        .flags = PARAM_REQUIRED | PARAM_IN_PATH, .doc = "The client."                              \
    }
#define ENABLED_ROW                                                                                \
    {                                                                                              \
        .name = "enabled", .kind = PARAM_BOOL, .offset = offsetof(struct client_form, enabled),    \
        .doc = "False: it may do nothing, and its tokens end."                                     \
    }
static const struct param client_params[] = {CLIENT_ID_ROW, PARAM_END};
static const struct param change_params[] = {CLIENT_ID_ROW, ENABLED_ROW, PARAM_END};

/* The words of RFC 7591 are codes here: admin.oauth.invalid_redirect_uri. */
static void reply_refusal(struct http_request *request, struct err *err)
{
    if (oauth_is(err, OAUTH_INVALID_REDIRECT_URI))
        reply_one_code(request, "admin.oauth.invalid_redirect_uri");
    else if (oauth_is(err, OAUTH_INVALID_CLIENT_METADATA))
        reply_one_code(request, "admin.oauth.invalid_client_metadata");
    else
        http_reply_err(request, err);
}

static void list(struct http_request *request)
{
    const struct list_form *asked = http_params(request);
    struct oauth_client_row *rows;
    size_t count;
    uint64_t total;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!oauth_clients_list(call.db, call.arena, paging_offset(&asked->paging),
                            paging_limit(&asked->paging), &rows, &count, &total, &err)) {
        http_reply_err(request, &err);
        return;
    }
    paging_headers(request, &asked->paging, total);
    struct str *out = http_reply_builder(request);
    str_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        oauth_registered_write(call.app, &(struct oauth_registered){.row = rows[i]}, out);
    }
    str_add_char(out, ']');
    http_reply_built(request, 200);
}

static void create(struct http_request *request)
{
    struct oauth_registered made;
    struct call call;
    struct err err;
    size_t length;
    if (!request_call(request, &call))
        return;
    const char *body = http_body(request, &length);
    if (oauth_client_create(&call, request_user(request), body, length, true, &made, &err))
        oauth_reply_registered(request, 201, &made);
    else
        reply_refusal(request, &err);
}

/* The client of the path; false: the reply is made. */
static bool client_enter(struct http_request *request, struct call *call,
                         struct oauth_client_row *ret_row)
{
    const struct client_form *form = http_params(request);
    struct err err;
    if (!request_call(request, call))
        return false;
    if (oauth_clients_find(call->db, call->arena, form->client_id, ret_row, &err))
        return true;
    http_reply_err(request, &err);
    return false;
}

static void show(struct http_request *request)
{
    struct oauth_registered shown = {.secret = ""};
    struct call call;
    if (client_enter(request, &call, &shown.row))
        oauth_reply_registered(request, 200, &shown);
}

/* The document, unless there is nothing but `enabled` in the body. */
static bool has_metadata(const char *body, size_t length)
{
    struct err ignored;
    cJSON *root;
    if (!json_read(body, length, &root, &ignored))
        return true;
    const cJSON *only = root->child;
    bool more = !(only && !only->next && strcmp(only->string, "enabled") == 0);
    cJSON_Delete(root);
    return more;
}

static void change(struct http_request *request)
{
    const struct client_form *form = http_params(request);
    struct oauth_registered changed;
    struct oauth_client_row row;
    struct call call;
    struct err err;
    size_t length;
    if (!client_enter(request, &call, &row))
        return;
    const char *body = http_body(request, &length);
    if (!has_metadata(body, length))
        body = NULL;
    if (oauth_client_replace(&call, request_user(request), &row, body, length, true,
                             form->enabled.given ? form->enabled.value : -1, &changed, &err))
        oauth_reply_registered(request, 200, &changed);
    else
        reply_refusal(request, &err);
}

static void new_secret(struct http_request *request)
{
    struct oauth_registered changed;
    struct oauth_client_row row;
    struct call call;
    struct err err;
    if (!client_enter(request, &call, &row))
        return;
    if (oauth_client_new_secret(&call, request_user(request), &row, &changed, &err))
        oauth_reply_registered(request, 201, &changed);
    else
        reply_refusal(request, &err);
}

static void forget(struct http_request *request)
{
    struct oauth_client_row row;
    struct call call;
    struct err err;
    if (!client_enter(request, &call, &row))
        return;
    if (oauth_client_remove(&call, request_user(request), &row, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

/* ---- grants ---- */

struct grant_view {
    const char *id, *client_id, *client_name, *uid, *scope, *resource;
    int64_t created_at, used_at, expires_at;
};
#define AT(member) offsetof(struct grant_view, member)
static const struct json_field grant_fields[] = {
    {"id", JSON_TEXT, AT(id), .doc = "The grant."},
    {"client_id", JSON_TEXT, AT(client_id), .doc = "Who may act."},
    {"client_name", JSON_TEXT, AT(client_name), .doc = "What it calls itself."},
    {"uid", JSON_TEXT, AT(uid), .doc = "For whom; empty: for itself."},
    {"scope", JSON_TEXT, AT(scope), .doc = "What it may do."},
    {"resource", JSON_TEXT, AT(resource), .doc = "Where; null: here."},
    {"created_at", JSON_TIME_ISO, AT(created_at), .doc = "When it was agreed to."},
    {"used_at", JSON_TIME_ISO, AT(used_at), .doc = "When tokens were made last."},
    {"expires_at", JSON_TIME_ISO, AT(expires_at), .doc = "When it ends by itself."},
    {NULL}};
#undef AT

struct grants_form {
    const char *uid, *client_id;
    struct paging paging;
};
static const struct param grants_params[] = {{.name = "uid",
                                              .kind = PARAM_TEXT,
                                              .offset = offsetof(struct grants_form, uid),
                                              .doc = "Of this user."},
                                             {.name = "client_id",
                                              .kind = PARAM_TEXT,
                                              .offset = offsetof(struct grants_form, client_id),
                                              .doc = "Of this client."},
                                             PAGING_ROWS_BARE(struct grants_form, paging),
                                             PARAM_END};
static const struct param own_params[] = {PAGING_ROWS_BARE(struct grants_form, paging), PARAM_END};

static void reply_grants(struct http_request *request, struct call *call, uint64_t user_id,
                         uint64_t client, const struct paging *paging)
{
    struct oauth_grant_row *rows;
    size_t count;
    uint64_t total;
    struct err err;
    if (!oauth_grants_page(call->db, call->arena, user_id, client, call->now_us,
                           paging_offset(paging), paging_limit(paging), &rows, &count, &total,
                           &err)) {
        http_reply_err(request, &err);
        return;
    }
    struct grant_view *views = request_room(request, count + 1, sizeof(*views));
    char(*scopes)[SCOPES_TEXT_MAX] =
        views ? request_room(request, count + 1, sizeof(*scopes)) : NULL;
    if (!views || !scopes)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct oauth_grant *grant = &rows[i].grant;
        views[i] = (struct grant_view){grant->grant_id,
                                       rows[i].client_id,
                                       rows[i].client_name,
                                       rows[i].uid,
                                       scopes_text(grant->scopes, scopes[i]),
                                       grant->resource[0] ? grant->resource : NULL,
                                       grant->created_at,
                                       grant->used_at,
                                       grant->expires_at};
    }
    reply_page(request, paging, total, grant_fields, views, count, sizeof(*views));
}

static void grants(struct http_request *request)
{
    const struct grants_form *asked = http_params(request);
    struct oauth_client_row row = {.client = {.row = 0}};
    struct user user = {.id = 0};
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if ((asked->uid && !users_by_uid(call.db, call.arena, asked->uid, &user, &err)) ||
        (asked->client_id &&
         !oauth_clients_find(call.db, call.arena, asked->client_id, &row, &err)))
        http_reply_err(request, &err);
    else
        reply_grants(request, &call, user.id, row.client.row, &asked->paging);
}

static void own_grants(struct http_request *request)
{
    const struct grants_form *asked = http_params(request);
    struct call call;
    if (request_call(request, &call))
        reply_grants(request, &call, request_user(request)->id, 0, &asked->paging);
}

struct grant_form {
    const char *id;
};
static const struct param grant_params[] = {{.name = "id",
                                             .kind = PARAM_TEXT,
                                             .offset = offsetof(struct grant_form, id),
                                             .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                             .doc = "The grant."},
                                            PARAM_END};

struct ending {
    struct call *call;
    const char *id;
    const struct user *admin; /* NULL: his own */
    uint64_t owner;           /* 0: anybody's */
};

static bool audit_end(const struct ending *ending, const struct oauth_grant *grant, struct err *err)
{
    char scopes[SCOPES_TEXT_MAX];
    const struct grant_view before = {.id = grant->grant_id,
                                      .client_name = "",
                                      .scope = scopes_text(grant->scopes, scopes),
                                      .created_at = grant->created_at,
                                      .used_at = grant->used_at,
                                      .expires_at = grant->expires_at};
    const struct audit audit = {
        .topic = "oauth", .action = "delete", .fields = grant_fields, .before = &before};
    return !ending->admin || audit_record(ending->call, ending->admin, &audit, err);
}

/* The tokens end, and what was agreed to is forgotten: the user is asked again. */
static bool end_unit(struct db *db, void *arg, struct err *err)
{
    const struct ending *ending = arg;
    struct oauth_grant grant;
    if (!oauth_grants_find(db, ending->id, &grant, err))
        return false;
    if (ending->owner && grant.user_id != ending->owner)
        return err_set(err, ERR_NOT_FOUND, "a grant of somebody else");
    return oauth_grants_revoke(db, &grant, ending->admin ? "operator" : "user",
                               ending->call->now_us, err) &&
           (!grant.user_id || oauth_consents_delete(db, grant.user_id, grant.client, err)) &&
           audit_end(ending, &grant, err);
}

static void end_grant(struct http_request *request, bool own)
{
    const struct grant_form *form = http_params(request);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    const struct user *user = request_user(request);
    struct ending ending = {&call, form->id, own ? NULL : user, own ? user->id : 0};
    if (db_transaction(call.db, end_unit, &ending, &err))
        http_reply_empty(request, 204);
    else
        http_reply_err(request, &err);
}

static void end_any(struct http_request *request)
{
    end_grant(request, false);
}

static void end_own(struct http_request *request)
{
    end_grant(request, true);
}

/* clang-format off */
#define ROUTE .mode = HTTP_WORKER, .access = ACCESS_ADMIN, .class_name = "admin.oauth", .tag = "admin"
#define CLIENTS .path = "/api/v2/admin/oauth/clients", ROUTE, .subject = "OAuthClient"
#define CLIENT .path = "/api/v2/admin/oauth/clients/:client_id", ROUTE, .subject = "OAuthClient", \
    .params_size = sizeof(struct client_form)
const struct http_route oauth_admin_routes[] = {
    {.method = "GET", CLIENTS, .handler = list, .params = list_params,
     .params_size = sizeof(struct list_form), .action = "read", .doc = "OAuth clients, newest first."},
    {.method = "POST", CLIENTS, .handler = create, .action = "create",
     .doc = "Register a client: the body is the document of RFC 7591."},
    {.method = "GET", CLIENT, .params = client_params, .handler = show, .action = "read",
     .doc = "One client."},
    {.method = "PUT", CLIENT, .params = change_params, .handler = change, .action = "update",
     .doc = "Register anew, or just enable and disable."},
    {.method = "DELETE", CLIENT, .params = client_params, .handler = forget, .action = "destroy",
     .status = 204, .doc = "Remove the client with all its tokens."},
    {.method = "POST", .path = "/api/v2/admin/oauth/clients/:client_id/secret", ROUTE,
     .subject = "OAuthClient", .params = client_params, .params_size = sizeof(struct client_form),
     .handler = new_secret, .action = "update",
     .doc = "Make a new secret; the old one works for a day more."},
    {.method = "GET", .path = "/api/v2/admin/oauth/grants", ROUTE, .subject = "OAuthGrant",
     .handler = grants, .params = grants_params, .params_size = sizeof(struct grants_form),
     .reply = grant_fields, .reply_is_array = true, .action = "read",
     .doc = "What users let clients do."},
    {.method = "DELETE", .path = "/api/v2/admin/oauth/grants/:id", ROUTE, .subject = "OAuthGrant",
     .handler = end_any, .params = grant_params, .params_size = sizeof(struct grant_form),
     .action = "destroy", .status = 204, .doc = "End a grant with all its tokens."},
    {.method = NULL}};

#undef ROUTE
#define ROUTE .mode = HTTP_WORKER, .access = ACCESS_USER, .class_name = "resource.oauth", .tag = "resource"
const struct http_route oauth_resource_routes[] = {
    {.method = "GET", .path = "/api/v2/resource/oauth/grants", ROUTE, .handler = own_grants,
     .params = own_params, .params_size = sizeof(struct grants_form), .reply = grant_fields,
     .reply_is_array = true, .doc = "What I let clients do."},
    {.method = "DELETE", .path = "/api/v2/resource/oauth/grants/:id", ROUTE, .handler = end_own,
     .params = grant_params, .params_size = sizeof(struct grant_form), .status = 204,
     .doc = "End it, with all its tokens."},
    {.method = NULL}};
/* clang-format on */
