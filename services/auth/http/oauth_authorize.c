/* /oauth2/auth, login, consent: a person is asked. The order of things is in
 * actions/oauth_flow.h. */
#include <string.h>

#include "auth/actions/oauth.h"
#include "auth/actions/oauth_flow.h"
#include "auth/actions/oauth_place.h"
#include "auth/actions/session.h"
#include "auth/actions/sign_in.h"
#include "auth/actions/sign_out.h"
#include "auth/domain/oauth_error.h"
#include "auth/http/context.h"
#include "auth/http/device_cookie.h"
#include "auth/http/oauth_browser.h"
#include "auth/http/oauth_pages.h"
#include "auth/http/oauth_support.h"
#include "auth/http/routes_oauth.h"
#include "auth/http/user_view.h"
#include "auth/state/config.h"
#include "base/auto.h"

enum { VALUES_BYTES_MAX = 64 * 1024 };

static const char *client_name(const struct oauth_client *client)
{
    return client->name ? client->name : client->client_id;
}

/* ---- the request ---- */

#define ASKED(field)                                                                               \
    {                                                                                              \
        .name = #field, .kind = PARAM_TEXT, .offset = offsetof(struct oauth_params, field),        \
        .doc =                                                                                     \
            "As in RFC 6749, OpenID Connect, and the standards that deploy/docs/oauth.md names."   \
    }
static const struct param auth_params[] = {ASKED(client_id),
                                           ASKED(response_type),
                                           ASKED(redirect_uri),
                                           ASKED(scope),
                                           ASKED(state),
                                           ASKED(response_mode),
                                           ASKED(code_challenge),
                                           ASKED(code_challenge_method),
                                           ASKED(nonce),
                                           ASKED(prompt),
                                           ASKED(max_age),
                                           ASKED(login_hint),
                                           ASKED(id_token_hint),
                                           ASKED(acr_values),
                                           ASKED(resource),
                                           ASKED(dpop_jkt),
                                           ASKED(request),
                                           ASKED(request_uri),
                                           PARAM_END};

/* Nothing is left to ask, or a page has to ask it. */
static void step_take(struct http_request *request, struct call *call,
                      const struct oauth_request *asked, const struct oauth_person *person,
                      enum oauth_step step, int64_t login_after)
{
    char code[OAUTH_SECRET_SIZE], handle[OAUTH_SECRET_SIZE];
    struct err err;
    if (step == OAUTH_STEP_DONE) {
        bool good = oauth_flow_finish(call, asked, NULL, person, asked->ask.scopes, code, &err);
        browser_answer(request, asked, good ? code : NULL, &err);
        return;
    }
    const char *secret = browser_secret(request);
    if (secret && oauth_flow_begin(call, asked, login_after, secret, NULL, handle, &err))
        browser_go(request, step == OAUTH_STEP_LOGIN ? "/oauth2/login" : "/oauth2/consent", handle);
    else
        browser_answer(request, asked, NULL, &err);
}

static void authorize(struct http_request *request)
{
    struct oauth_params params = *(const struct oauth_params *)http_params(request);
    struct oauth_request asked;
    struct oauth_person person;
    enum oauth_step step;
    struct call call;
    struct err err, twice;
    if (!request_call(request, &call))
        return;
    /* A parameter that is there twice may be the very one that says where answers go. */
    bool clean = oauth_form_clean(request, &params, &twice);
    if (!clean && (http_param_count(request, "client_id") > 1 ||
                   http_param_count(request, "redirect_uri") > 1 ||
                   http_param_count(request, "request_uri") > 1)) {
        page_reply_err(request, &twice);
        return;
    }
    if (!oauth_request_find(&call, &params, &asked, &err)) {
        page_reply_err(request, &err);
        return;
    }
    if (!clean) {
        browser_answer(request, &asked, NULL, &twice);
        return;
    }
    if (!oauth_params_check(&asked.params, &asked.row.client, asked.was_pushed, &asked.ask, &err)) {
        browser_answer(request, &asked, NULL, &err);
        return;
    }
    int64_t login_after = oauth_login_after(&asked.ask, call.now_us);
    if (!browser_person(request, &call, &person, &err) ||
        !oauth_decide(&call, &asked, &person, login_after, &step, &err))
        browser_answer(request, &asked, NULL, &err);
    else
        step_take(request, &call, &asked, &person, step, login_after);
}

/* ---- signing in ---- */

struct flow_form {
    const char *flow;
};
static const struct param flow_params[] = {
    OAUTH_TEXT(struct flow_form, flow, "The handle of the flow."), PARAM_END};

struct login_form {
    const char *flow, *email, *password, *otp_code;
};
static const struct param login_params[] = {
    OAUTH_TEXT(struct login_form, flow, "The handle of the flow."),
    OAUTH_TEXT(struct login_form, email, "E-mail address."),
    OAUTH_TEXT(struct login_form, password, "Password."),
    OAUTH_TEXT(struct login_form, otp_code, "Code of the second factor."), PARAM_END};

static void login_page(struct http_request *request, const struct oauth_waiting *waiting,
                       const char *handle, const char *email, const char *problem, int status)
{
    AUTO(str_release) struct str values = STR_INIT(VALUES_BYTES_MAX);
    const char *hint = waiting->request.params.login_hint;
    page_value(&values, "client_name", client_name(&waiting->request.row.client));
    page_value(&values, "flow", handle);
    page_value(&values, "email", email ? email : hint ? hint : "");
    page_reply(request,
               &(struct page){.kind = PAGE_LOGIN,
                              .status = status,
                              .title = "Sign in",
                              .problem = problem,
                              .form_target = waiting->request.params.redirect_uri},
               &values);
}

static void login_show(struct http_request *request)
{
    const struct flow_form *form = http_params(request);
    struct oauth_waiting waiting;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (oauth_place_check(call.app, call.arena, &call.visitor, &err) &&
        oauth_flow_open(&call, form->flow, browser_secret_of(request), &waiting, &err))
        login_page(request, &waiting, form->flow, NULL, NULL, 200);
    else
        page_reply_err(request, &err);
}

/* What is said to a person; an empty key stands for all others. */
static const struct {
    const char *key, *text;
} problems[] = {
    {"identity.session.missing_otp", "Please type the one-time code as well."},
    {"identity.session.invalid_otp", "The one-time code is not right."},
    {"identity.session.banned", "This account is banned."},
    {"identity.session.deleted", "This account was deleted."},
    {"identity.session.not_active", "This account is not active."},
    {"", "E-mail address or password is not right."},
};

static void login_failed(struct http_request *request, const struct oauth_waiting *waiting,
                         const struct login_form *form, const struct err *err)
{
    size_t i = 0;
    if (err->code == ERR_TOO_MANY) {
        login_page(request, waiting, form->flow, form->email,
                   "Too many tries. Please wait a while.", 429);
        return;
    }
    if (err_status(err->code) >= 500) {
        page_reply_err(request, err);
        return;
    }
    while (problems[i].key[0] != '\0' && strcmp(problems[i].key, err_key(err)) != 0)
        i++;
    login_page(request, waiting, form->flow, form->email, problems[i].text, 401);
}

static void login(struct http_request *request)
{
    const struct login_form *form = http_params(request);
    struct oauth_waiting waiting;
    struct signed_in signed_in;
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    if (!oauth_place_check(call.app, call.arena, &call.visitor, &err) ||
        !oauth_flow_open(&call, form->flow, browser_secret_of(request), &waiting, &err)) {
        page_reply_err(request, &err);
        return;
    }
    const struct sign_in asked = {.email = form->email ? form->email : "",
                                  .password = form->password ? form->password : "",
                                  .otp_code = form->otp_code,
                                  .device = device_cookie(request)};
    if (!sign_in(&call, &asked, &signed_in, &err)) {
        login_failed(request, &waiting, form, &err);
        return;
    }
    reply_device_cookie(request, signed_in.device);
    reply_session_cookie(request, &signed_in.session);
    browser_go(request, "/oauth2/consent", form->flow);
}

/* ---- agreeing ---- */

struct consent_form {
    const char *flow, *action;
    struct param_list scopes;
};
static const struct param consent_params[] = {
    OAUTH_TEXT(struct consent_form, flow, "The handle of the flow."),
    OAUTH_TEXT(struct consent_form, action, "allow, deny or switch."),
    {.name = "scope",
     .kind = PARAM_MULTI,
     .offset = offsetof(struct consent_form, scopes),
     .doc = "What is agreed to."},
    PARAM_END};

static void scopes_write_rows(struct str *values, scope_set scopes)
{
    bool first = true;
    str_add(values, ",\"scopes\":[");
    for (unsigned i = 0; i < SCOPES_COUNT; i++) {
        AUTO(str_release) struct str row = STR_INIT(1024);
        if (!(scopes & 1u << i))
            continue;
        page_value(&row, "word", scope_word((enum scope)i));
        page_value(&row, "title", scope_title((enum scope)i));
        str_add_format(values, "%s{", first ? "" : ",");
        str_add(values, str_data(&row));
        /* Who somebody is can't be left out of a login. */
        str_add(values, i == SCOPE_OPENID ? ",\"fixed\":true}" : ",\"fixed\":false}");
        first = false;
    }
    str_add_char(values, ']');
}

static void consent_page(struct http_request *request, const struct oauth_waiting *waiting,
                         const struct oauth_person *person, const char *handle)
{
    AUTO(str_release) struct str values = STR_INIT(VALUES_BYTES_MAX);
    const struct oauth_client *client = &waiting->request.row.client;
    char shown[USER_CODE_SHOWN_SIZE];
    page_value(&values, "client_name", client_name(client));
    page_value(&values, "email", person->user.email);
    page_value(&values, "flow", handle);
    page_value(&values, "logo_uri", client->logo_uri);
    page_value(&values, "resource", waiting->request.params.resource);
    page_value(&values, "client_uri", client->client_uri);
    page_value(&values, "policy_uri", client->policy_uri);
    page_value(&values, "tos_uri", client->tos_uri);
    bool links = client->client_uri || client->policy_uri || client->tos_uri;
    str_add(&values, links ? ",\"links\":true" : ",\"links\":false");
    page_value(&values, "user_code",
               waiting->flow.device ? user_code_shown(waiting->device.user_code, shown) : NULL);
    scopes_write_rows(&values, waiting->request.ask.scopes);
    page_reply(request,
               &(struct page){.kind = PAGE_CONSENT,
                              .title = "Allow access?",
                              .form_target = waiting->request.params.redirect_uri,
                              .image = client->logo_uri},
               &values);
}

/* The end of a flow: to the client, or, for a device, a page. */
static void end_reply(struct http_request *request, const struct oauth_waiting *waiting,
                      const char *code, const struct err *err)
{
    if (!waiting->flow.device)
        browser_answer(request, &waiting->request, code, err);
    else if (code)
        page_reply_message(request, 200, "Your device is connected",
                           "You may close this page and go back to it.");
    else if (oauth_is(err, OAUTH_ACCESS_DENIED))
        page_reply_message(request, 200, "Refused", "The device gets no access.");
    else
        page_reply_err(request, err);
}

static void finish(struct http_request *request, struct call *call,
                   const struct oauth_waiting *waiting, const struct oauth_person *person,
                   scope_set scopes)
{
    char code[OAUTH_SECRET_SIZE];
    struct err err;
    bool good = oauth_flow_finish(call, &waiting->request, waiting, person, scopes, code, &err);
    /* A flow that was ended in another tab has its answer already. */
    if (!good && oauth_is(&err, OAUTH_INVALID_REQUEST))
        page_reply_err(request, &err);
    else
        end_reply(request, waiting, good ? code : NULL, &err);
}

static void deny(struct http_request *request, struct call *call,
                 const struct oauth_waiting *waiting)
{
    struct err err;
    if (!oauth_flow_deny(call, waiting, &err)) {
        page_reply_err(request, &err);
        return;
    }
    oauth_refuse(&err, OAUTH_ACCESS_DENIED, "the user said no");
    end_reply(request, waiting, NULL, &err);
}

/* The flow, who sits there, and what is next; false: the reply is made. */
static bool consent_enter(struct http_request *request, struct call *call, const char *handle,
                          struct oauth_waiting *waiting, struct oauth_person *person,
                          enum oauth_step *step)
{
    struct err err;
    if (!request_call(request, call))
        return false;
    if (!oauth_flow_open(call, handle, browser_secret_of(request), waiting, &err) ||
        !browser_person(request, call, person, &err)) {
        page_reply_err(request, &err);
        return false;
    }
    /* `none` was looked at when the flow began; here somebody can be asked. */
    if (!oauth_decide(call, &waiting->request, person, waiting->flow.login_after, step, &err)) {
        end_reply(request, waiting, NULL, &err);
        return false;
    }
    if (*step != OAUTH_STEP_LOGIN)
        return true;
    browser_go(request, "/oauth2/login", handle);
    return false;
}

static void consent_show(struct http_request *request)
{
    const struct flow_form *form = http_params(request);
    struct oauth_waiting waiting;
    struct oauth_person person;
    enum oauth_step step;
    struct call call;
    if (!consent_enter(request, &call, form->flow, &waiting, &person, &step))
        return;
    if (step == OAUTH_STEP_DONE)
        finish(request, &call, &waiting, &person, waiting.request.ask.scopes);
    else
        consent_page(request, &waiting, &person, form->flow);
}

static scope_set scopes_chosen(const struct consent_form *form, scope_set asked)
{
    scope_set chosen = SCOPE_BIT(OPENID), one;
    for (size_t i = 0; i < form->scopes.count; i++)
        if (scopes_parse(form->scopes.items[i], &one))
            chosen |= one;
    return chosen & asked;
}

static void consent(struct http_request *request)
{
    const struct consent_form *form = http_params(request);
    struct oauth_waiting waiting;
    struct oauth_person person;
    enum oauth_step step;
    struct call call;
    struct err err;
    if (!consent_enter(request, &call, form->flow, &waiting, &person, &step))
        return;
    const char *action = form->action ? form->action : "";
    scope_set scopes = scopes_chosen(form, waiting.request.ask.scopes);
    if (strcmp(action, "allow") == 0 && scopes) {
        finish(request, &call, &waiting, &person, scopes);
    } else if (strcmp(action, "switch") == 0) {
        /* Whoever sits there leaves first. */
        const char *cookie = http_cookie(request, call.app->config->session_name);
        if (!sign_out(&call, cookie, &err) && err.code != ERR_NOT_FOUND) {
            page_reply_err(request, &err);
            return;
        }
        reply_no_session(request);
        browser_go(request, "/oauth2/login", form->flow);
    } else {
        deny(request, &call, &waiting);
    }
}

#define ROUTE .access = ACCESS_PUBLIC, .tag = "oauth2", .status = 200
#define AUTHORIZE                                                                                  \
    .path = "/oauth2/auth", ROUTE, .mode = HTTP_WORKER, .handler = authorize,                      \
    .params = auth_params, .params_size = sizeof(struct oauth_params)
const struct http_route oauth_authorize_routes[] = {
    {.method = "GET", AUTHORIZE, .doc = "Ask a person whether a client may act for him."},
    {.method = "POST", AUTHORIZE, .doc = "The same, with the request in the body."},
    {.method = "GET",
     .path = "/oauth2/login",
     ROUTE,
     .mode = HTTP_WORKER,
     .handler = login_show,
     .params = flow_params,
     .params_size = sizeof(struct flow_form),
     .doc = "The page to sign in."},
    {.method = "POST",
     .path = "/oauth2/login",
     ROUTE,
     .mode = HTTP_HEAVY,
     .handler = login,
     .params = login_params,
     .params_size = sizeof(struct login_form),
     .doc = "Signs in, and goes on."},
    {.method = "GET",
     .path = "/oauth2/consent",
     ROUTE,
     .mode = HTTP_WORKER,
     .handler = consent_show,
     .params = flow_params,
     .params_size = sizeof(struct flow_form),
     .doc = "The page to agree."},
    {.method = "POST",
     .path = "/oauth2/consent",
     ROUTE,
     .mode = HTTP_WORKER,
     .handler = consent,
     .params = consent_params,
     .params_size = sizeof(struct consent_form),
     .doc = "Agrees or refuses, and goes back to the client."},
    {.method = NULL}};
