/* /oauth2/token, introspect, revoke, par, device/auth: what clients call from their servers. */
#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/actions/oauth_bearer.h"
#include "auth/actions/oauth_exchange.h"
#include "auth/actions/oauth_flow.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_params.h"
#include "auth/http/context.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "json/field.h"

/* ---- token ---- */

struct token_form {
    struct oauth_client_form client;
    const char *grant_type, *code, *redirect_uri, *code_verifier, *refresh_token, *scope, *resource;
    const char *device_code;
};
static const struct param token_params[] = {
    OAUTH_TEXT(struct token_form, grant_type,
               "authorization_code, refresh_token, client_credentials or "
               "urn:ietf:params:oauth:grant-type:device_code"),
    OAUTH_TEXT(struct token_form, code, "The code of the redirect."),
    OAUTH_TEXT(struct token_form, redirect_uri, "As it was in the authorization request."),
    OAUTH_TEXT(struct token_form, code_verifier, "What code_challenge is the hash of."),
    OAUTH_TEXT(struct token_form, refresh_token, "The last refresh token."),
    OAUTH_TEXT(struct token_form, scope, "Less than what was granted."),
    OAUTH_TEXT(struct token_form, resource, "Audience of the access token."),
    OAUTH_TEXT(struct token_form, device_code, "The code of the device authorization."),
    OAUTH_CLIENT_ROWS(struct token_form),
    PARAM_END};

typedef bool exchange_function(struct call *call, const struct oauth_exchange *exchange,
                               struct str *out, struct err *err);
static exchange_function *const exchanges[] = {[OAUTH_GRANT_CODE] = oauth_exchange_code,
                                               [OAUTH_GRANT_REFRESH] = oauth_exchange_refresh,
                                               [OAUTH_GRANT_MACHINE] = oauth_exchange_machine,
                                               [OAUTH_GRANT_DEVICE] = oauth_exchange_device};
_Static_assert(ARRAY_LEN(exchanges) == OAUTH_GRANT_TYPES_COUNT,
               "every grant type has its function");

static bool token_make(struct http_request *request, struct call *call, struct str *out,
                       struct err *err)
{
    struct token_form form = *(const struct token_form *)http_params(request);
    struct oauth_client_row row;
    enum oauth_grant_type type;
    const char *jkt;
    if (!oauth_body_clean(request, &form, err) ||
        !oauth_client_enter(request, call, &form.client, &row, err))
        return false;
    if (!form.grant_type)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "grant_type is missing");
    if (!oauth_grant_type_parse(form.grant_type, &type))
        return oauth_refuse(err, OAUTH_UNSUPPORTED_GRANT_TYPE, "grant_type is not supported");
    if (!oauth_client_may(&row.client, type))
        return oauth_refuse(err, OAUTH_UNAUTHORIZED_CLIENT,
                            "the client is not registered for this grant_type");
    if (!oauth_proof_enter(request, call, NULL, &jkt, err))
        return false;
    if (row.client.dpop_required && !jkt)
        return oauth_refuse(err, OAUTH_INVALID_DPOP_PROOF, "the client must send a DPoP proof");
    const struct oauth_exchange exchange = {.client = &row.client,
                                            .code = form.code,
                                            .redirect_uri = form.redirect_uri,
                                            .code_verifier = form.code_verifier,
                                            .refresh_token = form.refresh_token,
                                            .scope = form.scope,
                                            .resource = form.resource,
                                            .device_code = form.device_code,
                                            .jkt = jkt};
    return exchanges[type](call, &exchange, out, err);
}

/* Runs what makes a JSON answer. */
static void reply_made(struct http_request *request, int status,
                       bool (*make)(struct http_request *request, struct call *call,
                                    struct str *out, struct err *err))
{
    AUTO(str_release) struct str out = STR_INIT(4 * OAUTH_TOKEN_BYTES_MAX);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!make(request, &call, &out, &err)) {
        oauth_reply_err(request, &err);
        return;
    }
    oauth_no_store(request);
    http_reply_text(request, status, str_data(&out), out.length);
}

static void token(struct http_request *request)
{
    reply_made(request, 200, token_make);
}

/* ---- introspection, revocation ---- */

struct shown_form {
    struct oauth_client_form client;
    const char *token, *token_type_hint;
};
static const struct param shown_params[] = {
    OAUTH_TEXT(struct shown_form, token, "An access or refresh token."),
    OAUTH_TEXT(struct shown_form, token_type_hint, "access_token or refresh_token; only a hint."),
    OAUTH_CLIENT_ROWS(struct shown_form), PARAM_END};

static bool shown_enter(struct http_request *request, struct call *call,
                        struct shown_form *ret_form, struct oauth_client_row *ret_row,
                        struct err *err)
{
    *ret_form = *(const struct shown_form *)http_params(request);
    return oauth_body_clean(request, ret_form, err) &&
           oauth_client_enter(request, call, &ret_form->client, ret_row, err) &&
           (ret_form->token || oauth_refuse(err, OAUTH_INVALID_REQUEST, "token is missing"));
}

static bool introspect_make(struct http_request *request, struct call *call, struct str *out,
                            struct err *err)
{
    struct shown_form form;
    struct oauth_client_row row;
    if (!shown_enter(request, call, &form, &row, err))
        return false;
    /* Anybody could ask in the name of a client that shows nothing. */
    if (oauth_client_is_public(&row.client))
        return oauth_refuse(err, OAUTH_INVALID_CLIENT, "client authentication failed");
    return oauth_introspect(call, &row.client, form.token, out, err);
}

static void introspect(struct http_request *request)
{
    reply_made(request, 200, introspect_make);
}

static bool revoke_make(struct http_request *request, struct call *call, struct str *out,
                        struct err *err)
{
    struct shown_form form;
    struct oauth_client_row row;
    (void)out;
    return shown_enter(request, call, &form, &row, err) &&
           oauth_revoke(call, &row.client, form.token, err);
}

static void revoke(struct http_request *request)
{
    reply_made(request, 200, revoke_make);
}

/* ---- pushed requests ---- */

struct push_form {
    struct oauth_client_form client;
    struct oauth_params params;
};
#define PUSHED(field)                                                                              \
    {                                                                                              \
        .name = #field, .kind = PARAM_TEXT, .offset = offsetof(struct push_form, params.field),    \
        .doc = "As in the authorization request."                                                  \
    }
static const struct param push_params[] = {PUSHED(response_type),
                                           PUSHED(redirect_uri),
                                           PUSHED(scope),
                                           PUSHED(state),
                                           PUSHED(response_mode),
                                           PUSHED(code_challenge),
                                           PUSHED(code_challenge_method),
                                           PUSHED(nonce),
                                           PUSHED(prompt),
                                           PUSHED(max_age),
                                           PUSHED(login_hint),
                                           PUSHED(id_token_hint),
                                           PUSHED(acr_values),
                                           PUSHED(resource),
                                           PUSHED(dpop_jkt),
                                           PUSHED(request),
                                           PUSHED(request_uri),
                                           OAUTH_CLIENT_ROWS(struct push_form),
                                           PARAM_END};

static bool push_make(struct http_request *request, struct call *call, struct str *out,
                      struct err *err)
{
    struct push_form form = *(const struct push_form *)http_params(request);
    char uri[OAUTH_SECRET_SIZE + sizeof(OAUTH_REQUEST_URI_PREFIX)];
    struct oauth_client_row row;
    const char *jkt;
    if (!oauth_body_clean(request, &form, err) ||
        !oauth_client_enter(request, call, &form.client, &row, err) ||
        !oauth_proof_enter(request, call, NULL, &jkt, err))
        return false;
    if (jkt && form.params.dpop_jkt && strcmp(jkt, form.params.dpop_jkt) != 0)
        return oauth_refuse(err, OAUTH_INVALID_DPOP_PROOF,
                            "the proof is not by the key of dpop_jkt");
    form.params.client_id = row.client.client_id;
    if (jkt)
        form.params.dpop_jkt = jkt;
    if (!oauth_request_push(call, &row.client, &form.params, uri, err))
        return false;
    str_add(out, "{\"request_uri\":");
    json_write_string(out, uri);
    str_add_format(out, ",\"expires_in\":%d}", OAUTH_PUSHED_LIFE_S);
    return true;
}

static void push(struct http_request *request)
{
    reply_made(request, 201, push_make);
}

/* ---- devices ---- */

struct device_form {
    struct oauth_client_form client;
    const char *scope, *resource;
};
static const struct param device_params[] = {
    OAUTH_TEXT(struct device_form, scope, "What the device wants to do."),
    OAUTH_TEXT(struct device_form, resource, "Audience of the access token."),
    OAUTH_CLIENT_ROWS(struct device_form), PARAM_END};

static bool device_make(struct http_request *request, struct call *call, struct str *out,
                        struct err *err)
{
    struct device_form form = *(const struct device_form *)http_params(request);
    struct oauth_device_codes codes;
    struct oauth_client_row row;
    char shown[USER_CODE_SHOWN_SIZE];
    if (!oauth_body_clean(request, &form, err) ||
        !oauth_client_enter(request, call, &form.client, &row, err) ||
        !oauth_device_begin(call, &row.client, form.scope, form.resource, &codes, err))
        return false;
    user_code_shown(codes.user_code, shown);
    str_add_format(out, "{\"device_code\":\"%s\",\"user_code\":\"%s\",\"verification_uri\":\"",
                   codes.device_code, shown);
    oauth_address(call->app, "/oauth2/device", out);
    str_add(out, "\",\"verification_uri_complete\":\"");
    oauth_address(call->app, "/oauth2/device", out);
    str_add_format(out, "?user_code=%s\",\"expires_in\":%u,\"interval\":%u}", shown,
                   codes.expires_in_s, codes.interval_s);
    return true;
}

static void device(struct http_request *request)
{
    reply_made(request, 200, device_make);
}

#define ROUTE .method = "POST", .mode = HTTP_WORKER, .access = ACCESS_PUBLIC, .tag = "oauth2"
const struct http_route oauth_token_routes[] = {
    {.path = "/oauth2/token",
     ROUTE,
     .handler = token,
     .params = token_params,
     .params_size = sizeof(struct token_form),
     .status = 200,
     .doc = "Exchange a grant for tokens (RFC 6749)."},
    {.path = "/oauth2/introspect",
     ROUTE,
     .handler = introspect,
     .params = shown_params,
     .params_size = sizeof(struct shown_form),
     .status = 200,
     .doc = "What a token is (RFC 7662)."},
    {.path = "/oauth2/revoke",
     ROUTE,
     .handler = revoke,
     .params = shown_params,
     .params_size = sizeof(struct shown_form),
     .status = 200,
     .doc = "End a token (RFC 7009)."},
    {.path = "/oauth2/par",
     ROUTE,
     .handler = push,
     .params = push_params,
     .params_size = sizeof(struct push_form),
     .status = 201,
     .doc = "Push an authorization request (RFC 9126)."},
    {.path = "/oauth2/device/auth",
     ROUTE,
     .handler = device,
     .params = device_params,
     .params_size = sizeof(struct device_form),
     .status = 200,
     .doc = "Begin on a device (RFC 8628)."},
    {.method = NULL}};
