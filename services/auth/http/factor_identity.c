/* Signing in with a passkey: a challenge, then what the authenticator signed. An extension of the
 * contract: deploy/docs/factors.md. */
#include "auth/actions/captcha.h"
#include "auth/actions/passkey.h"
#include "auth/actions/sign_in_passkey.h"
#include "auth/http/captcha_params.h"
#include "auth/http/context.h"
#include "auth/http/routes_factors.h"
#include "auth/http/user_view.h"
#include "auth/state/config.h"
#include "crypto/code.h"

enum { HOLDER_CHARS = 32 };

/* The challenge is for the browser that asked for it: it gets a cookie that must come back. */
static const char holder_name[] = "_barong_challenge";

static void reply_holder(struct http_request *request, const char *value)
{
    const struct cookie cookie = {.name = holder_name,
                                  .value = value,
                                  .path = "/",
                                  .same_site = "Strict",
                                  .max_age_s = value[0] ? CHALLENGE_LIFE_S : -1,
                                  .now_us = clock_now_us(http_clock(request)),
                                  .secure = request_app(request)->config->session_secure,
                                  .http_only = true};
    http_reply_cookie(request, &cookie);
}

static void ask(struct http_request *request)
{
    char holder[HOLDER_CHARS + 1];
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    struct str *out = http_reply_builder(request);
    code_hex(holder, HOLDER_CHARS);
    if (!passkey_ask(&call, NULL, CHALLENGE_SIGN_IN, holder, out, &err)) {
        http_reply_err(request, &err);
        return;
    }
    reply_holder(request, holder);
    http_reply_built(request, 201);
}

struct open_form {
    const char *credential;
    const char *captcha;
};

#define AT(member) offsetof(struct open_form, member)
static const struct param open_params[] = {
    {.name = "credential",
     .kind = PARAM_JSON,
     .offset = AT(credential),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .type_code = "identity.session.invalid_params",
     .doc = "PublicKeyCredential.toJSON() of navigator.credentials.get()."},
    CAPTCHA_ROW("identity.session.invalid_captcha_format", struct open_form, captcha),
    PARAM_END};
#undef AT

static void open(struct http_request *request)
{
    const struct open_form *form = http_params(request);
    struct signed_in signed_in;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    const struct sign_in_passkey asked = {.credential = form->credential,
                                          .holder = http_cookie(request, holder_name)};
    if (!captcha_check(&call, "session_create", form->captcha, &err) ||
        !sign_in_passkey(&call, &asked, &signed_in, &err)) {
        http_reply_err(request, &err);
        return;
    }
    reply_holder(request, "");
    reply_session(request, &call, &signed_in.user, &signed_in.session, 200);
}

const struct http_route factor_identity_routes[] = {
    {.method = "POST",
     .path = "/api/v2/identity/sessions/passkey/challenge",
     .mode = HTTP_WORKER,
     .handler = ask,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.session",
     .tag = "identity",
     .doc = "What a passkey is to sign: PublicKeyCredentialRequestOptionsJSON, and a cookie."},
    {.method = "POST",
     .path = "/api/v2/identity/sessions/passkey",
     .mode = HTTP_WORKER,
     .handler = open,
     .params = open_params,
     .params_size = sizeof(struct open_form),
     .reply = user_full_fields,
     .status = 200,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.session",
     .tag = "identity",
     .doc = "Sign in with a passkey: opens a session."},
    {.method = NULL}};
