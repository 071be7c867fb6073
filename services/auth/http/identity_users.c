/* /identity/users: signing up, confirming the address, a new password (reference barong.md §1.2). */
#include <string.h>

#include "auth/actions/captcha.h"
#include "auth/actions/confirmation.h"
#include "auth/actions/device.h"
#include "auth/actions/letter_request.h"
#include "auth/actions/password_reset.h"
#include "auth/actions/sign_up.h"
#include "auth/actions/whitelink_use.h"
#include "auth/http/captcha_params.h"
#include "auth/http/context.h"
#include "auth/http/device_cookie.h"
#include "auth/http/routes_public.h"
#include "auth/http/user_view.h"
#include "auth/state/config.h"

/* A parameter that must be there and not be blank. */
#define NEEDED(name_, member, doc_)                                                                \
    {                                                                                              \
        .name = (name_), .kind = PARAM_TEXT, .offset = (member),                                   \
        .flags = PARAM_REQUIRED | PARAM_NOT_BLANK, .doc = (doc_)                                   \
    }

static void reply_number(struct http_request *request, const char *number)
{
    http_reply_text(request, http_route_of(request)->status, number, strlen(number));
}

/* ---- POST /identity/users ---- */

struct sign_up_form {
    struct sign_up form;
    const char *captcha;
};

#define AT(member) offsetof(struct sign_up_form, member)
static const struct param sign_up_params[] = {
    NEEDED("email", AT(form.email), "E-mail address."),
    NEEDED("password", AT(form.password), "Password."),
    {.name = "username",
     .kind = PARAM_TEXT,
     .offset = AT(form.username),
     .doc = "Name, 4 to 12 letters and digits."},
    {.name = "refid",
     .kind = PARAM_TEXT,
     .offset = AT(form.referral_uid),
     .doc = "UID of who brought the user."},
    CAPTCHA_ROW("identity.user.invalid_captcha_format", struct sign_up_form, captcha),
    {.name = "data",
     .kind = PARAM_JSON,
     .offset = AT(form.data),
     .type_code = "data.invalid_format",
     .doc = "JSON text of the front end's own."},
    PARAM_END};
#undef AT

static void create(struct http_request *request)
{
    const struct sign_up_form *form = http_params(request);
    char device[DEVICE_COOKIE_SIZE];
    struct sign_up_codes codes;
    struct opened_session opened;
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    struct sign_up asked = form->form;
    device_make(NULL, device);
    asked.device = device;
    if (!captcha_check(&call, "user_create", form->captcha, &err)) {
        http_reply_err(request, &err);
    } else if (sign_up(&call, &asked, &user, &opened, &codes, &err)) {
        reply_device_cookie(request, device);
        reply_session(request, &call, &user, &opened, 201);
    } else if (codes.count > 0) {
        http_reply_codes(request, codes.items, codes.count);
    } else {
        http_reply_err(request, &err);
    }
}

/* ---- POST /identity/users/{email,password}/generate_code ---- */

struct letter_form {
    const char *email;
    const char *captcha;
};

#define AT(member) offsetof(struct letter_form, member)
static const struct param letter_params[] = {
    NEEDED("email", AT(email), "E-mail address."),
    CAPTCHA_ROW("identity.user.invalid_captcha_format", struct letter_form, captcha), PARAM_END};
#undef AT

static void ask_letter(struct http_request *request, const char *place, bool is_reset)
{
    const struct letter_form *form = http_params(request);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (captcha_check(&call, place, form->captcha, &err) &&
        letter_ask(&call, is_reset, form->email, &err))
        reply_number(request, "201");
    else
        http_reply_err(request, &err);
}

static void ask_confirmation(struct http_request *request)
{
    ask_letter(request, "email_confirmation", false);
}

static void ask_reset(struct http_request *request)
{
    ask_letter(request, "password_reset", true);
}

/* ---- POST /identity/users/email/confirm_code ---- */

struct token_form {
    const char *token;
};

static const struct param confirm_params[] = {
    NEEDED("token", offsetof(struct token_form, token), "The token of the mail."), PARAM_END};

static void confirm(struct http_request *request)
{
    const struct token_form *form = http_params(request);
    struct opened_session opened;
    struct user user;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (confirmation_confirm(&call, form->token, &user, &opened, &err))
        reply_session(request, &call, &user, &opened, 201);
    else
        http_reply_err(request, &err);
}

/* ---- POST /identity/users/password/confirm_code ---- */

struct reset_form {
    const char *token, *password, *confirm_password;
};

#define AT(member) offsetof(struct reset_form, member)
static const struct param reset_params[] = {
    {.name = "reset_password_token",
     .kind = PARAM_TEXT,
     .offset = AT(token),
     .flags = PARAM_REQUIRED | PARAM_NOT_BLANK,
     .missing_code = "identity.user.missing_pass_token",
     .doc = "The token of the mail."},
    NEEDED("password", AT(password), "The new password."),
    NEEDED("confirm_password", AT(confirm_password), "The same again."),
    PARAM_END};
#undef AT

static void reset(struct http_request *request)
{
    const struct reset_form *form = http_params(request);
    struct call call;
    struct err err;
    if (strcmp(form->password, form->confirm_password) != 0) {
        err_set_key(&err, ERR_INVALID, "identity.user.passwords_doesnt_match",
                    "the passwords differ");
        http_reply_err(request, &err);
        return;
    }
    if (!request_call(request, &call))
        return;
    if (password_reset_confirm(&call, form->token, form->password, &err))
        reply_number(request, "201");
    else
        http_reply_err(request, &err);
}

/* ---- POST /identity/users/access ---- */

static const struct param access_params[] = {
    NEEDED("whitelink_token", offsetof(struct token_form, token), "The token of the link."),
    PARAM_END};

static void let_in(struct http_request *request)
{
    const struct token_form *form = http_params(request);
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (whitelink_use(&call, form->token, &err))
        reply_number(request, "201");
    else
        http_reply_err(request, &err);
}

/* ---- GET /identity/users/register_geetest ---- */

static void register_geetest(struct http_request *request)
{
    char challenge[CAPTCHA_CHALLENGE_SIZE];
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!captcha_register_geetest(&call, challenge, &err)) {
        http_reply_text(request, 200, "\"\"", 2);
        return;
    }
    struct str *out = http_reply_builder(request);
    str_add(out, "{\"gt\":");
    json_write_string(out, call.app->config->geetest_id);
    str_add(out, ",\"challenge\":");
    json_write_string(out, challenge);
    str_add_char(out, '}');
    http_reply_built(request, 200);
}

#define ROUTE(path_)                                                                               \
    .method = "POST", .path = "/api/v2/identity/users" path_, .access = ACCESS_PUBLIC,             \
    .class_name = "identity.user", .tag = "identity", .status = 201
#define FORM(params_, type) .params = (params_), .params_size = sizeof(struct type)

const struct http_route identity_user_routes[] = {
    {ROUTE(""), FORM(sign_up_params, sign_up_form), .mode = HTTP_HEAVY, .handler = create,
     .reply = user_full_fields, .doc = "Sign up: makes an account and opens a session."},
    {ROUTE("/email/generate_code"), FORM(letter_params, letter_form), .mode = HTTP_WORKER,
     .handler = ask_confirmation, .doc = "Send the mail that confirms the address again."},
    {ROUTE("/email/confirm_code"), FORM(confirm_params, token_form), .mode = HTTP_WORKER,
     .handler = confirm, .reply = user_full_fields, .doc = "Confirm the address; opens a session."},
    {ROUTE("/password/generate_code"), FORM(letter_params, letter_form), .mode = HTTP_WORKER,
     .handler = ask_reset, .doc = "Send the mail that lets its reader set a new password."},
    {ROUTE("/password/confirm_code"), FORM(reset_params, reset_form), .mode = HTTP_HEAVY,
     .handler = reset, .doc = "Set a new password; ends all sessions."},
    {ROUTE("/access"), FORM(access_params, token_form), .mode = HTTP_WORKER, .handler = let_in,
     .doc = "Let this address in, by a link of an administrator."},
    {.method = "GET",
     .path = "/api/v2/identity/users/register_geetest",
     .mode = HTTP_HEAVY,
     .handler = register_geetest,
     .access = ACCESS_PUBLIC,
     .class_name = "identity.user",
     .tag = "identity",
     .doc = "A challenge of Geetest."},
    {.method = NULL}};
