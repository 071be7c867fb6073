#include "auth/http/oauth_support.h"

#include <string.h>
#include <strings.h>

#include "auth/actions/oauth.h"
#include "auth/actions/oauth_client_auth.h"
#include "auth/actions/oauth_proof.h"
#include "auth/domain/oauth_error.h"
#include "auth/http/context.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "log/log.h"

/* ---- parameters ---- */

bool oauth_form_clean(struct http_request *request, void *form, struct err *err)
{
    for (const struct param *row = http_route_of(request)->params; row->name; row++) {
        if (row->kind != PARAM_TEXT)
            continue;
        const char **text = (const char **)((char *)form + row->offset);
        if (http_param_count(request, row->name) > 1)
            return oauth_refuse(err, OAUTH_INVALID_REQUEST, "%s is there twice", row->name);
        if (*text && **text == '\0')
            *text = NULL;
    }
    return true;
}

bool oauth_body_clean(struct http_request *request, void *form, struct err *err)
{
    static const char form_type[] = "application/x-www-form-urlencoded";
    const char *type = http_header(request, "Content-Type");
    if (http_has_query(request))
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "parameters belong into the body");
    if (!type || strncasecmp(type, form_type, sizeof(form_type) - 1) != 0)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "the body must be a form");
    return oauth_form_clean(request, form, err);
}

/* ---- who ---- */

bool oauth_client_enter(struct http_request *request, struct call *call,
                        const struct oauth_client_form *form, struct oauth_client_row *ret_row,
                        struct err *err)
{
    const struct oauth_credentials credentials = {.authorization =
                                                      http_header(request, "Authorization"),
                                                  .client_id = form->client_id,
                                                  .client_secret = form->client_secret,
                                                  .assertion_type = form->client_assertion_type,
                                                  .assertion = form->client_assertion,
                                                  .endpoint = http_route_of(request)->path};
    return oauth_client_authenticate(call, &credentials, ret_row, err);
}

bool oauth_proof_enter(struct http_request *request, struct call *call, const char *access_token,
                       const char **ret_jkt, struct err *err)
{
    AUTO(str_release) struct str uri = STR_INIT(2048);
    const char *proof = http_header(request, "DPoP");
    char jkt[OAUTH_JKT_SIZE];
    *ret_jkt = NULL;
    if (!proof)
        return true;
    oauth_address(call->app, http_path_of(request), &uri);
    const struct dpop_request checked = {
        .method = http_method_of(request), .uri = str_data(&uri), .access_token = access_token};
    if (!oauth_proof_check(call, proof, &checked, jkt, err))
        return false;
    *ret_jkt = arena_strdup(call->arena, jkt);
    return *ret_jkt || err_set(err, ERR_BUSY, "no memory for a proof");
}

/* "Bearer x" or "DPoP x". */
static bool scheme_read(const char *header, const char **ret_token, bool *ret_dpop)
{
    *ret_dpop = strncasecmp(header, "DPoP ", 5) == 0;
    if (!*ret_dpop && strncasecmp(header, "Bearer ", 7) != 0)
        return false;
    *ret_token = header + (*ret_dpop ? 5 : 7);
    return **ret_token != '\0';
}

bool oauth_bearer_of(struct http_request *request, struct call *call, const char *body_token,
                     struct oauth_bearer *ret_bearer, struct err *err)
{
    const char *header = http_header(request, "Authorization"), *token = body_token, *jkt = NULL;
    struct oauth_bearer bearer;
    bool dpop = false;
    if (header && body_token)
        return oauth_refuse(err, OAUTH_INVALID_REQUEST, "two access tokens");
    if (!header && !body_token)
        return err_set(err, ERR_UNAUTHENTICATED, "no access token");
    if (header && !scheme_read(header, &token, &dpop))
        return err_set(err, ERR_UNAUTHENTICATED, "no access token");
    if (!oauth_bearer_enter(call, token, &bearer, err))
        return false;
    if (dpop != (bearer.jkt[0] != '\0'))
        return oauth_refuse(err, OAUTH_INVALID_TOKEN,
                            dpop ? "the token is not bound to a key"
                                 : "the token is bound to a key: use the scheme DPoP");
    if (dpop && !oauth_proof_enter(request, call, token, &jkt, err))
        return false;
    if (dpop && (!jkt || strcmp(jkt, bearer.jkt) != 0))
        return oauth_refuse(err, OAUTH_INVALID_TOKEN, "the proof is not by the key of the token");
    *ret_bearer = bearer;
    return true;
}

/* ---- answers ---- */

void oauth_no_store(struct http_request *request)
{
    http_reply_header(request, "Cache-Control", "no-store");
    http_reply_header(request, "Pragma", "no-cache");
}

static void nonce_header(struct http_request *request)
{
    struct call call = {.app = request_app(request), .now_us = clock_now_us(http_clock(request))};
    char nonce[DPOP_NONCE_SIZE];
    oauth_proof_nonce(&call, nonce);
    http_reply_header(request, "DPoP-Nonce", nonce);
}

static void log_failure(const struct http_request *request, const struct err *err)
{
    enum oauth_error error = oauth_error_of(err);
    bool loud = error == OAUTH_SERVER_ERROR;
    log_write(loud ? LOG_ERROR : LOG_DEBUG, "request failed",
              LOG_FIELDS(LOG_STR("request_id", http_request_id(request)),
                         LOG_STR("path", http_path_of(request)), LOG_ERR(err)));
}

static void body_reply(struct http_request *request, const struct err *err, int status)
{
    log_failure(request, err);
    oauth_no_store(request);
    if (oauth_is(err, OAUTH_USE_DPOP_NONCE))
        nonce_header(request);
    if (status == 503)
        http_reply_header(request, "Retry-After", "1");
    oauth_error_write(http_reply_builder(request), err);
    http_reply_built(request, status);
}

void oauth_reply_registered(struct http_request *request, int status,
                            const struct oauth_registered *registered)
{
    oauth_no_store(request);
    oauth_registered_write(request_app(request), registered, http_reply_builder(request));
    http_reply_built(request, status);
}

void oauth_reply_err(struct http_request *request, const struct err *err)
{
    enum oauth_error error = oauth_error_of(err);
    if (error == OAUTH_INVALID_CLIENT && http_header(request, "Authorization"))
        http_reply_header(request, "WWW-Authenticate", "Basic realm=\"oauth2\"");
    body_reply(request, err, oauth_error_status(error));
}

void oauth_reply_bearer_err(struct http_request *request, const struct err *err, const char *scope)
{
    AUTO(str_release) struct str value = STR_INIT(1024);
    enum oauth_error error = oauth_error_of(err);
    const char *header = http_header(request, "Authorization");
    bool dpop = header && strncasecmp(header, "DPoP ", 5) == 0;
    bool says = err->key != NULL;
    int status = err->code == ERR_UNAUTHENTICATED || error == OAUTH_USE_DPOP_NONCE ||
                         error == OAUTH_INVALID_DPOP_PROOF
                     ? 401
                     : oauth_error_status(error);
    if (status == 401 || status == 403) {
        str_add(&value, dpop ? "DPoP algs=\"ES256 RS256 PS256 EdDSA\"" : "Bearer realm=\"bourse\"");
        if (says)
            str_add_format(&value, ", error=\"%s\"", oauth_error_word(error));
        if (scope)
            str_add_format(&value, ", scope=\"%s\"", scope);
        http_reply_header(request, "WWW-Authenticate", str_data(&value));
    }
    body_reply(request, err, status);
}
