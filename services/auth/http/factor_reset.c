/* Getting rid of lost second factors: an extension of the contract: deploy/docs/factors.md. */
#include "auth/actions/captcha.h"
#include "auth/actions/factor_reset.h"
#include "auth/http/captcha_params.h"
#include "auth/http/context.h"
#include "auth/http/device_cookie.h"
#include "auth/http/resource_support.h"
#include "auth/http/routes_factors.h"

struct ask_form {
    const char *email, *password;
    const char *captcha;
};

#define AT(member) offsetof(struct ask_form, member)
static const struct param ask_params[] = {
    {.name = "email",
     .kind = PARAM_TEXT,
     .offset = AT(email),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "E-mail address."},
    {.name = "password",
     .kind = PARAM_TEXT,
     .offset = AT(password),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .doc = "Password."},
    CAPTCHA_ROW("identity.session.invalid_captcha_format", struct ask_form, captcha),
    PARAM_END};
#undef AT

static void ask(struct http_request *request)
{
    const struct ask_form *form = http_params(request);
    const struct sign_in asked = {
        .email = form->email, .password = form->password, .device = device_cookie(request)};
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (captcha_check(&call, "session_create", form->captcha, &err) &&
        factor_reset_ask(&call, &asked, &err))
        reply_number(request, 201, 201);
    else
        http_reply_err(request, &err);
}

struct token_form {
    const char *token;
};

static const struct param token_params[] = {{.name = "token",
                                             .kind = PARAM_TEXT,
                                             .offset = offsetof(struct token_form, token),
                                             .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                             .doc = "Of the link in the mail."},
                                            PARAM_END};

struct started_view {
    int64_t due_at;
};
static const struct json_field started_fields[] = {
    {"due_at", JSON_TIME_ISO, offsetof(struct started_view, due_at),
     .doc = "When the factors are removed, unless somebody stops it."},
    {NULL}};

static void start(struct http_request *request)
{
    const struct token_form *form = http_params(request);
    struct started_view view;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (factor_reset_start(&call, form->token, &view.due_at, &err))
        http_reply_object(request, started_fields, &view);
    else
        http_reply_err(request, &err);
}

static void cancel(struct http_request *request)
{
    const struct token_form *form = http_params(request);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (factor_reset_cancel(&call, form->token, &err))
        reply_number(request, 200, 200);
    else
        http_reply_err(request, &err);
}

#define RESET "/api/v2/identity/users/factor_reset/"

const struct http_route factor_reset_routes[] = {
    {.method = "POST",
     .path = RESET "generate_code",
     .mode = HTTP_HEAVY,
     .handler = ask,
     .params = ask_params,
     .params_size = sizeof(struct ask_form),
     .access = ACCESS_PUBLIC,
     .class_name = "identity.factor_reset",
     .tag = "identity",
     .doc = "Send the mail that starts the reset of lost second factors."},
    {.method = "POST",
     .path = RESET "confirm_code",
     .mode = HTTP_WORKER,
     .handler = start,
     .params = token_params,
     .params_size = sizeof(struct token_form),
     .reply = started_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.factor_reset",
     .tag = "identity",
     .doc = "Start it: the owner is told, and can stop it for a while."},
    {.method = "POST",
     .path = RESET "cancel",
     .mode = HTTP_WORKER,
     .handler = cancel,
     .params = token_params,
     .params_size = sizeof(struct token_form),
     .status = 200,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.factor_reset",
     .tag = "identity",
     .doc = "Stop it, by the link of the notice."},
    {.method = NULL}};
