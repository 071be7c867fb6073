/*
 * /oauth2/sessions/logout: a client sends the person here to sign out (OpenID Connect RP-Initiated
 * Logout). Without a proof of whose session it is about (id_token_hint), a page asks first: else any
 * site could sign people out. Other clients of the session are told by the back channel.
 */
#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/actions/sign_out.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_uri.h"
#include "auth/http/context.h"
#include "auth/http/oauth_browser.h"
#include "auth/http/oauth_pages.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/http/user_view.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "json/read.h"

enum { VALUES_BYTES_MAX = 64 * 1024, ADDRESS_BYTES_MAX = 4096 };

struct logout_form {
    const char *id_token_hint, *client_id, *post_logout_redirect_uri, *state, *confirm;
};
static const struct param logout_params[] = {
    OAUTH_TEXT(struct logout_form, id_token_hint, "An id_token of the session."),
    OAUTH_TEXT(struct logout_form, client_id, "The client, where there is no id_token."),
    OAUTH_TEXT(struct logout_form, post_logout_redirect_uri, "Where to go then; registered."),
    OAUTH_TEXT(struct logout_form, state, "Given back with it."),
    OAUTH_TEXT(struct logout_form, confirm, "Of the page that asks."),
    PARAM_END};

struct logout {
    struct logout_form form;
    struct oauth_client_row row;
    bool has_client;
    bool is_hinted; /* the hint is of the session that is here */
    struct oauth_person person;
};

/* The audience of a hint is its client; a hint without one is none. */
static bool hint_client(struct call *call, const char *json, const char **ret_id)
{
    struct err ignored;
    cJSON *claims;
    *ret_id = NULL;
    if (!json_read(json, strlen(json), &claims, &ignored))
        return false;
    const char *audience = json_member_text(claims, "aud");
    *ret_id = audience ? arena_strdup(call->arena, audience) : NULL;
    cJSON_Delete(claims);
    return *ret_id != NULL;
}

static bool hint_read(struct call *call, struct logout *logout, struct err *err)
{
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    struct token_claims claims;
    const char *client_id;
    if (!logout->form.id_token_hint)
        return true;
    if (!oauth_verify(call->app, "JWT", NULL, true, logout->form.id_token_hint, &claims, &json,
                      err) ||
        !hint_client(call, str_data(&json), &client_id))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "id_token_hint is no id_token of ours");
    if (logout->form.client_id && strcmp(logout->form.client_id, client_id) != 0)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST,
                            "client_id is not the one of the id_token_hint");
    logout->form.client_id = client_id;
    logout->is_hinted =
        logout->person.is_there && strcmp(claims.subject, logout->person.user.uid) == 0;
    return true;
}

/* An address that is not registered is not gone to. */
static bool client_read(struct call *call, struct logout *logout, struct err *err)
{
    const char *uri = logout->form.post_logout_redirect_uri;
    if (logout->form.client_id) {
        logout->has_client =
            oauth_clients_find(call->db, call->arena, logout->form.client_id, &logout->row, err);
        if (!logout->has_client && err->code != ERR_NOT_FOUND)
            return false;
    }
    if (uri && (!logout->has_client || !oauth_uris_have(&logout->row.client.post_logout_uris, uri)))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST,
                            "post_logout_redirect_uri is not one that the client registered");
    return true;
}

static void field_add(struct str *values, bool *first, const char *name, const char *value)
{
    AUTO(str_release) struct str pair = STR_INIT(VALUES_BYTES_MAX);
    if (!value)
        return;
    page_value(&pair, "name", name);
    page_value(&pair, "value", value);
    str_add(values, *first ? "{" : ",{");
    str_add(values, str_data(&pair));
    str_add_char(values, '}');
    *first = false;
}

static void ask(struct http_request *request, const struct logout *logout)
{
    AUTO(str_release) struct str values = STR_INIT(VALUES_BYTES_MAX);
    const struct oauth_client *client = logout->has_client ? &logout->row.client : NULL;
    const char *name = client ? (client->name ? client->name : client->client_id) : NULL;
    const char *secret = browser_secret(request);
    bool first = true;
    page_value(&values, "client_name", name);
    page_value(&values, "confirm", secret ? secret : "");
    str_add(&values, ",\"fields\":[");
    field_add(&values, &first, "id_token_hint", logout->form.id_token_hint);
    field_add(&values, &first, "client_id", logout->form.client_id);
    field_add(&values, &first, "post_logout_redirect_uri", logout->form.post_logout_redirect_uri);
    field_add(&values, &first, "state", logout->form.state);
    str_add_char(&values, ']');
    page_reply(request,
               &(struct page){.kind = PAGE_LOGOUT,
                              .title = "Sign out",
                              .form_target = logout->form.post_logout_redirect_uri},
               &values);
}

static void done(struct http_request *request, const struct logout *logout)
{
    AUTO(str_release) struct str address = STR_INIT(ADDRESS_BYTES_MAX);
    const char *uri = logout->form.post_logout_redirect_uri;
    if (!uri) {
        page_reply_message(request, 200, "You are signed out", "You may close this page.");
        return;
    }
    str_add(&address, uri);
    if (logout->form.state)
        uri_add_param(&address, uri_separator(uri), "state", logout->form.state);
    browser_redirect(request, str_data(&address));
}

/* The form of our own page: another site does not know what the cookie holds. */
static bool is_confirmed(struct http_request *request, const struct logout *logout)
{
    const char *secret = browser_secret_of(request), *confirm = logout->form.confirm;
    return strcmp(http_method_of(request), "POST") == 0 && secret && confirm &&
           strlen(secret) == strlen(confirm) && bytes_equal(secret, confirm, strlen(secret));
}

static void leave(struct http_request *request)
{
    struct logout logout = {.form = *(const struct logout_form *)http_params(request)};
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!oauth_form_clean(request, &logout.form, &err) ||
        !browser_person(request, &call, &logout.person, &err) || !hint_read(&call, &logout, &err) ||
        !client_read(&call, &logout, &err)) {
        page_reply_err(request, &err);
        return;
    }
    if (logout.person.is_there && !logout.is_hinted && !is_confirmed(request, &logout)) {
        ask(request, &logout);
        return;
    }
    if (logout.person.is_there) {
        const char *cookie = http_cookie(request, call.app->config->session_name);
        if (!sign_out(&call, cookie, &err) && err.code != ERR_NOT_FOUND) {
            page_reply_err(request, &err);
            return;
        }
        reply_no_session(request);
    }
    done(request, &logout);
}

#define ROUTE                                                                                      \
    .path = "/oauth2/sessions/logout", .mode = HTTP_WORKER, .handler = leave,                      \
    .params = logout_params, .params_size = sizeof(struct logout_form), .status = 200,             \
    .access = ACCESS_PUBLIC, .tag = "oauth2", .doc = "Sign out, by the wish of a client."
const struct http_route oauth_logout_routes[] = {
    {.method = "GET", ROUTE}, {.method = "POST", ROUTE}, {.method = NULL}};
