#include "auth/http/authz.h"

#include <string.h>

#include "auth/http/access.h"
#include "auth/http/context.h"
#include "auth/http/routes_authz.h"
#include "auth/state/config.h"
#include "base/auto.h"
#include "json/field.h"

static const char prefix[] = "/api/v2/auth";

enum { STATUS_PASS = 200, STATUS_REFUSED = 401, BODY_BYTES_MAX = 256, COOKIE_BYTES_MAX = 256 };

bool authz_enter(struct http_request *request, struct db *db, struct authz_answer *ret_answer,
                 struct err *err)
{
    struct auth *app = request_app(request);
    struct authz_question question = {
        .method = http_method_of(request),
        .path = http_path_of(request) + strlen(prefix),
        .query = http_query_of(request),
        .visitor = request_visitor(request),
        .key = {.kid = http_header(request, "X-Auth-Apikey"),
                .nonce = http_header(request, "X-Auth-Nonce"),
                .signature = http_header(request, "X-Auth-Signature")},
        .cookie = http_cookie(request, app->config->session_name),
        .csrf = http_header(request, "X-CSRF-Token"),
        .authorization = http_header(request, "Authorization"),
        .dpop = http_header(request, "DPoP")};
    switch (authz_ask(app, db, http_arena(request), &question, ret_answer, err)) {
    case AUTHZ_ANSWERED:
        return true;
    case AUTHZ_NEEDS_DATABASE:
        assert(!db);
        return http_move_to_worker(request, err);
    case AUTHZ_FAILED:
        break;
    }
    return false;
}

static void end_cookie(struct http_request *request)
{
    const struct auth_config *config = request_app(request)->config;
    AUTO(str_release) struct str cookie = STR_INIT(COOKIE_BYTES_MAX);
    str_add_format(&cookie, "%s=; Path=/; HttpOnly; SameSite=%s%s; Max-Age=0", config->session_name,
                   config->session_same_site, config->session_secure ? "; Secure" : "");
    if (str_ok(&cookie))
        http_reply_header(request, "Set-Cookie", cookie.data);
}

/* The gateway of the contract hands a refusal on to the client as it is. nginx can't: it knows 401, and
 * headers. It says so with X-Authz-Form, and shows the headers to nobody. */
static void refuse(struct http_request *request, const struct authz_answer *found)
{
    char status[16];
    AUTO(str_release) struct str body = STR_INIT(BODY_BYTES_MAX);
    const char *form = http_header(request, "X-Authz-Form");
    bool in_headers = form && strcmp(form, "headers") == 0;
    str_add(&body, "{\"errors\":[");
    json_write_string(&body, found->code);
    str_add(&body, "]}");
    snprintf(status, sizeof(status), "%d", found->status);
    if (in_headers) {
        http_reply_header(request, "X-Authz-Status", status);
        http_reply_header(request, "X-Authz-Body", str_data(&body));
    }
    if (found->session_ended)
        end_cookie(request);
    http_reply_text(request, in_headers ? STATUS_REFUSED : found->status, str_data(&body),
                    body.length);
}

static void answer(struct http_request *request)
{
    const struct authz_answer *found = request_authz(request);
    if (found->status != STATUS_PASS) {
        refuse(request, found);
        return;
    }
    if (found->bearer)
        http_reply_header(request, "Authorization", found->bearer);
    http_reply_empty(request, STATUS_PASS);
}

const struct http_route authz_routes[] = {
    {.method = "*",
     .path = "/api/v2/auth/*",
     .mode = HTTP_INLINE,
     .handler = answer,
     .access = ACCESS_AUTHZ,
     .tag = "authz",
     .doc = "May this request pass the edge, and as whom?"},
    {.method = NULL},
};
