/* POST and DELETE /identity/sessions: signing in and out (reference barong.md §1.2). */
#include <string.h>

#include "auth/actions/auth0_sign_in.h"
#include "auth/actions/captcha.h"
#include "auth/actions/session.h"
#include "auth/actions/sign_in.h"
#include "auth/actions/sign_out.h"
#include "auth/http/captcha_params.h"
#include "auth/http/context.h"
#include "auth/http/device_cookie.h"
#include "auth/http/routes_public.h"
#include "auth/http/user_view.h"
#include "auth/state/config.h"

struct sign_in_form {
    const char *email, *password, *otp_code;
    const char *captcha;
};

#define AT(member) offsetof(struct sign_in_form, member)
static const struct param sign_in_params[] = {
    {.name = "email",
     .kind = PARAM_TEXT,
     .offset = AT(email),
     .flags = PARAM_REQUIRED,
     .doc = "E-mail address."},
    {.name = "password",
     .kind = PARAM_TEXT,
     .offset = AT(password),
     .flags = PARAM_REQUIRED,
     .doc = "Password."},
    CAPTCHA_ROW("identity.session.invalid_captcha_format", struct sign_in_form, captcha),
    {.name = "otp_code",
     .kind = PARAM_TEXT,
     .offset = AT(otp_code),
     .doc = "Code of the second factor."},
    PARAM_END};
#undef AT

static void open(struct http_request *request)
{
    const struct sign_in_form *form = http_params(request);
    struct signed_in signed_in;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    const struct sign_in asked = {.email = form->email,
                                  .password = form->password,
                                  .otp_code = form->otp_code,
                                  .device = device_cookie(request)};
    if (!captcha_check(&call, "session_create", form->captcha, &err) ||
        !sign_in(&call, &asked, &signed_in, &err)) {
        http_reply_err(request, &err);
        return;
    }
    reply_device_cookie(request, signed_in.device);
    reply_session(request, &call, &signed_in.user, &signed_in.session, 200);
}

static void close(struct http_request *request)
{
    const char *cookie = http_cookie(request, request_app(request)->config->session_name);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!sign_out(&call, cookie, &err)) {
        http_reply_err(request, &err);
        return;
    }
    reply_no_session(request);
    http_reply_text(request, 200, "200", 3);
}

/* ---- POST /identity/sessions/auth0 ---- */

struct auth0_form {
    const char *id_token, *otp_code;
};

static const struct param auth0_params[] = {{.name = "id_token",
                                             .kind = PARAM_TEXT,
                                             .offset = offsetof(struct auth0_form, id_token),
                                             .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
                                             .doc = "ID token of the Auth0 tenant."},
                                            {.name = "otp_code",
                                             .kind = PARAM_TEXT,
                                             .offset = offsetof(struct auth0_form, otp_code),
                                             .doc = "Code of the second factor."},
                                            PARAM_END};

static void open_by_auth0(struct http_request *request)
{
    const struct auth0_form *form = http_params(request);
    struct opened_session opened;
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (auth0_sign_in(&call, form->id_token, form->otp_code, &user, &opened, &err))
        reply_session(request, &call, &user, &opened, 201);
    else
        http_reply_err(request, &err);
}

const struct http_route identity_session_routes[] = {
    {.method = "POST",
     .path = "/api/v2/identity/sessions/auth0",
     .mode = HTTP_HEAVY,
     .handler = open_by_auth0,
     .params = auth0_params,
     .params_size = sizeof(struct auth0_form),
     .reply = user_full_fields,
     .status = 201,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.session",
     .tag = "identity",
     .doc = "Sign in by an ID token of Auth0."},
    {.method = "POST",
     .path = "/api/v2/identity/sessions",
     .mode = HTTP_HEAVY,
     .handler = open,
     .params = sign_in_params,
     .params_size = sizeof(struct sign_in_form),
     .reply = user_full_fields,
     .status = 200,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.session",
     .tag = "identity",
     .doc = "Sign in: opens a session."},
    {.method = "DELETE",
     .path = "/api/v2/identity/sessions",
     .mode = HTTP_WORKER,
     .handler = close,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.session",
     .tag = "identity",
     .doc = "Sign out: ends the session of the cookie."},
    {.method = NULL}};
