/* /oauth2/register: clients that register themselves (RFC 7591, 7592), where that is allowed. And
 * /oauth2/userinfo: who somebody is. */
#include <string.h>
#include <strings.h>

#include "auth/actions/oauth.h"
#include "auth/actions/oauth_register.h"
#include "auth/actions/oauth_userinfo.h"
#include "auth/domain/oauth_error.h"
#include "auth/http/context.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/state/config.h"
#include "auth/store/throttles.h"
#include "base/auto.h"
#include "crypto/crypto.h"

enum { REGISTRATIONS_PER_HOUR = 100, ANSWER_BYTES_MAX = 128 * 1024 };

struct path_form {
    const char *client_id;
};
static const struct param path_params[] = {{.name = "client_id",
                                            .kind = PARAM_TEXT,
                                            .offset = offsetof(struct path_form, client_id),
                                            .flags = PARAM_REQUIRED | PARAM_IN_PATH,
                                            .doc = "The client."},
                                           PARAM_END};

static const char *bearer_token(const struct http_request *request)
{
    const char *header = http_header(request, "Authorization");
    return header && strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

/* Whether this may be done here at all, and by whom. */
static bool registration_check(struct http_request *request, struct call *call, struct err *err)
{
    const struct auth_config *config = call->app->config;
    const char *wanted = config->oauth_registration_token, *token = bearer_token(request);
    bool granted;
    if (strcmp(config->oauth_registration, "open") != 0)
        return err_set_key(err, ERR_NOT_FOUND, "not_found", "registration is off");
    if (wanted[0] != '\0' &&
        (!token || strlen(token) != strlen(wanted) || !bytes_equal(token, wanted, strlen(wanted))))
        return oauth_refuse(err, OAUTH_INVALID_TOKEN, "registration needs a token");
    const struct throttle limit = {"oauth.register", call->visitor.ip, REGISTRATIONS_PER_HOUR};
    if (!throttle_take(call->db, &limit, call->now_us, &granted, err))
        return false;
    return granted || err_set(err, ERR_TOO_MANY, "too many registrations");
}

static void refuse(struct http_request *request, const struct err *err)
{
    if (err->code == ERR_NOT_FOUND)
        http_reply_text(request, 404, "{\"error\":\"not_found\"}", 21);
    else if (oauth_is(err, OAUTH_INVALID_TOKEN))
        oauth_reply_bearer_err(request, err, NULL);
    else
        oauth_reply_err(request, err);
}

static void create(struct http_request *request)
{
    struct oauth_registered registered;
    struct call call;
    struct err err;
    size_t length;
    if (!request_call(request, &call))
        return;
    const char *body = http_body(request, &length);
    if (registration_check(request, &call, &err) &&
        oauth_client_create(&call, NULL, body, length, false, &registered, &err))
        oauth_reply_registered(request, 201, &registered);
    else
        refuse(request, &err);
}

/* The client that the token of the request belongs to. */
static bool client_enter(struct http_request *request, struct call *call,
                         struct oauth_client_row *ret_row)
{
    const struct path_form *form = http_params(request);
    const char *token = bearer_token(request);
    struct err err;
    if (!request_call(request, call))
        return false;
    if (!token)
        err_set(&err, ERR_UNAUTHENTICATED, "no registration token");
    else if (oauth_client_by_token(call, form->client_id, token, ret_row, &err))
        return true;
    if (err.code == ERR_UNAUTHENTICATED)
        oauth_reply_bearer_err(request, &err, NULL);
    else
        refuse(request, &err);
    return false;
}

static void reply_row(struct http_request *request, const struct oauth_registered *changed)
{
    struct oauth_registered shown = *changed;
    snprintf(shown.registration, sizeof(shown.registration), "%s", bearer_token(request));
    oauth_reply_registered(request, 200, &shown);
}

static void show(struct http_request *request)
{
    struct oauth_registered shown = {.secret = ""};
    struct call call;
    if (client_enter(request, &call, &shown.row))
        reply_row(request, &shown);
}

static void replace(struct http_request *request)
{
    struct oauth_registered changed;
    struct oauth_client_row row;
    struct call call;
    struct err err;
    size_t length;
    if (!client_enter(request, &call, &row))
        return;
    const char *body = http_body(request, &length);
    if (oauth_client_replace(&call, NULL, &row, body, length, false, -1, &changed, &err))
        reply_row(request, &changed);
    else
        refuse(request, &err);
}

static void delete (struct http_request *request)
{
    struct oauth_client_row row;
    struct call call;
    struct err err;
    if (!client_enter(request, &call, &row))
        return;
    if (oauth_client_remove(&call, NULL, &row, &err))
        http_reply_empty(request, 204);
    else
        refuse(request, &err);
}

/* ---- userinfo ---- */

struct userinfo_form {
    const char *access_token;
};
static const struct param userinfo_params[] = {
    OAUTH_TEXT(struct userinfo_form, access_token, "The token, where no header can be sent."),
    PARAM_END};

static void userinfo(struct http_request *request)
{
    AUTO(str_release) struct str out = STR_INIT(ANSWER_BYTES_MAX);
    struct userinfo_form form = *(const struct userinfo_form *)http_params(request);
    struct oauth_bearer bearer;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    /* A token in an address ends up in logs and histories. */
    if (form.access_token &&
        (http_has_query(request) || strcmp(http_method_of(request), "POST") != 0))
        form.access_token = NULL;
    if (!oauth_form_clean(request, &form, &err) ||
        !oauth_bearer_of(request, &call, form.access_token, &bearer, &err) ||
        !oauth_userinfo(&call, &bearer, &out, &err)) {
        oauth_reply_bearer_err(request, &err,
                               oauth_is(&err, OAUTH_INSUFFICIENT_SCOPE) ? "openid" : NULL);
        return;
    }
    oauth_no_store(request);
    http_reply_text(request, 200, str_data(&out), out.length);
}

#define ROUTE .mode = HTTP_WORKER, .access = ACCESS_PUBLIC, .tag = "oauth2"
#define CLIENT                                                                                     \
    .path = "/oauth2/register/:client_id", ROUTE, .params = path_params,                           \
    .params_size = sizeof(struct path_form)
#define USERINFO                                                                                   \
    ROUTE, .handler = userinfo, .params = userinfo_params,                                         \
           .params_size = sizeof(struct userinfo_form), .status = 200,                             \
           .doc = "Claims of the user of an access token (OpenID Connect)."
const struct http_route oauth_register_routes[] = {
    {.method = "POST",
     .path = "/oauth2/register",
     ROUTE,
     .handler = create,
     .status = 201,
     .doc = "Register a client (RFC 7591), where that is allowed."},
    {.method = "GET", CLIENT, .handler = show, .doc = "What is registered (RFC 7592)."},
    {.method = "PUT", CLIENT, .handler = replace, .doc = "Register anew."},
    {.method = "DELETE", CLIENT, .handler = delete, .status = 204, .doc = "Forget the client."},
    {.method = "GET", .path = "/oauth2/userinfo", USERINFO},
    {.method = "POST", .path = "/oauth2/userinfo", USERINFO},
    {.method = "GET", .path = "/userinfo", USERINFO},
    {.method = "POST", .path = "/userinfo", USERINFO},
    {.method = NULL}};
