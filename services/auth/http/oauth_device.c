/* /oauth2/device: the page where a person types what his device shows (RFC 8628). And how the pages look. */
#include <string.h>

#include "auth/actions/oauth_flow.h"
#include "auth/http/context.h"
#include "auth/http/oauth_browser.h"
#include "auth/http/oauth_pages.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/store/throttles.h"
#include "base/auto.h"

enum { VALUES_BYTES_MAX = 4 * 1024, USER_CODES_PER_HOUR = 60 };

struct code_form {
    const char *user_code;
};
static const struct param code_params[] = {
    OAUTH_TEXT(struct code_form, user_code, "What the device shows."), PARAM_END};

static void device_page(struct http_request *request, const char *typed, const char *problem,
                        int status)
{
    AUTO(str_release) struct str values = STR_INIT(VALUES_BYTES_MAX);
    page_value(&values, "user_code", typed ? typed : "");
    page_reply(
        request,
        &(struct page){
            .kind = PAGE_DEVICE, .status = status, .title = "Connect a device", .problem = problem},
        &values);
}

static void device_show(struct http_request *request)
{
    const struct code_form *form = http_params(request);
    device_page(request, form->user_code, NULL, 200);
}

static void device_typed(struct http_request *request)
{
    const struct code_form *form = http_params(request);
    struct oauth_device device;
    struct oauth_request asked;
    char handle[OAUTH_SECRET_SIZE];
    struct call call;
    struct err err;
    bool granted;
    if (!request_call(request, &call))
        return;
    /* Codes are short: guesses from one place are few. */
    const struct throttle limit = {"oauth.user_code", call.visitor.ip, USER_CODES_PER_HOUR};
    if (!throttle_take(call.db, &limit, call.now_us, &granted, &err)) {
        page_reply_err(request, &err);
        return;
    }
    if (!granted) {
        device_page(request, form->user_code, "Too many tries. Please wait a while.", 429);
        return;
    }
    if (!oauth_device_find(&call, form->user_code, &device, &asked, &err)) {
        device_page(request, form->user_code, "No device waits under this code.", 400);
        return;
    }
    const char *secret = browser_secret(request);
    if (secret && throttle_give_back(call.db, &limit, &err) &&
        oauth_flow_begin(&call, &asked, 0, secret, &device, handle, &err))
        browser_go(request, "/oauth2/consent", handle);
    else
        page_reply_err(request, &err);
}

/* ---- the look ---- */

static void style(struct http_request *request)
{
    const char *text = oauth_pages_style(request_app(request));
    http_reply_header(request, "Content-Type", "text/css; charset=utf-8");
    http_reply_header(request, "Cache-Control", "public, max-age=3600");
    http_reply_text(request, 200, text, strlen(text));
}

#define ROUTE .access = ACCESS_PUBLIC, .tag = "oauth2", .status = 200
const struct http_route oauth_device_routes[] = {
    {.method = "GET",
     .path = "/oauth2/device",
     ROUTE,
     .mode = HTTP_INLINE,
     .handler = device_show,
     .params = code_params,
     .params_size = sizeof(struct code_form),
     .doc = "The page for the code of a device."},
    {.method = "POST",
     .path = "/oauth2/device",
     ROUTE,
     .mode = HTTP_WORKER,
     .handler = device_typed,
     .params = code_params,
     .params_size = sizeof(struct code_form),
     .doc = "Takes the code of a device, and goes on."},
    {.method = "GET",
     .path = "/oauth2/style.css",
     ROUTE,
     .mode = HTTP_INLINE,
     .handler = style,
     .doc = "How the pages look."},
    {.method = NULL}};
