/* What everybody may know: /public/ping, time, version, configs, password/validate, and their twins
 * below /identity (reference barong.md §1.1). */
#include <string.h>

#include "auth/http/context.h"
#include "auth/http/routes_public.h"
#include "auth/state/config.h"
#include "auth/state/password_rules.h"
#include "base/auto.h"
#include "service/service.h"

/* Set by the build of a release (EXTRA_CFLAGS); a plain `make` has none. */
#ifndef BOURSE_GIT_SHA
#define BOURSE_GIT_SHA ""
#endif
#ifndef BOURSE_BUILD_TIME_S
#define BOURSE_BUILD_TIME_S 0
#endif

enum { PATTERN_BYTES_MAX = 4096 + 16 };

struct ping_view {
    const char *ping;
};
static const struct json_field ping_fields[] = {
    {"ping", JSON_TEXT, offsetof(struct ping_view, ping), .doc = "pong."}, {NULL}};

static void ping(struct http_request *request)
{
    http_reply_object(request, ping_fields, &(struct ping_view){"pong"});
}

struct time_view {
    int64_t time;
};
static const struct json_field time_fields[] = {
    {"time", JSON_TIME_UNIX, offsetof(struct time_view, time), .doc = "Seconds since 1970."},
    {NULL}};

static void time_now(struct http_request *request)
{
    struct time_view view = {clock_now_us(http_clock(request))};
    http_reply_object(request, time_fields, &view);
}

/* ---- version ---- */

struct version_view {
    const char *git_tag, *git_sha, *version;
    int64_t build_date;
};
#define AT(member) offsetof(struct version_view, member)
static const struct json_field version_fields[] = {
    {"git_tag", JSON_TEXT, AT(git_tag), .doc = "Tag of the build."},
    {"git_sha", JSON_TEXT, AT(git_sha), .doc = "Commit of the build."},
    {"build_date", JSON_TIME_ISO, AT(build_date), .doc = "When it was built."},
    {"version", JSON_TEXT, AT(version), .doc = "Version."},
    {NULL},
};
#undef AT

static void version(struct http_request *request)
{
    struct version_view view = {.git_tag = BOURSE_VERSION,
                                .git_sha = BOURSE_GIT_SHA,
                                .version = BOURSE_VERSION,
                                .build_date = BOURSE_BUILD_TIME_S * INT64_C(1000000)};
    http_reply_object(request, version_fields, &view);
}

/* ---- configs ---- */

struct configs_view {
    int64_t session_expire_time, password_min_entropy;
    const char *captcha_type, *captcha_id, *phone_verification_type, *password_regexp;
};
#define AT(member) offsetof(struct configs_view, member)
static const struct json_field configs_fields[] = {
    {"session_expire_time", JSON_I64, AT(session_expire_time),
     .doc = "Seconds after which an unused session ends."},
    {"captcha_type", JSON_TEXT, AT(captcha_type), .doc = "none, recaptcha, geetest."},
    {"captcha_id", JSON_TEXT, AT(captcha_id), JSON_OMIT_EMPTY, .doc = "Site key of reCAPTCHA."},
    {"phone_verification_type", JSON_TEXT, AT(phone_verification_type),
     .doc = "How phones are verified."},
    {"password_min_entropy", JSON_I64, AT(password_min_entropy),
     .doc = "Least strength of a password."},
    {"password_regexp", JSON_TEXT, AT(password_regexp), .doc = "What a password must look like."},
    {NULL},
};
#undef AT

static void configs(struct http_request *request)
{
    const struct auth_config *config = request_app(request)->config;
    AUTO(str_release) struct str pattern = STR_INIT(PATTERN_BYTES_MAX);
    bool is_recaptcha = strcmp(config->captcha, "recaptcha") == 0;
    /* As Ruby prints a regular expression: so clients know it. */
    str_add(&pattern, "(?-mix:");
    str_add(&pattern, config->password_regexp);
    str_add_char(&pattern, ')');
    struct configs_view view = {.session_expire_time = config->session_expire_time_s,
                                .password_min_entropy = config->password_min_entropy,
                                .captcha_type = config->captcha,
                                .captcha_id = is_recaptcha ? config->recaptcha_site_key : NULL,
                                .phone_verification_type = config->phone_verification,
                                .password_regexp = str_data(&pattern)};
    http_reply_object(request, configs_fields, &view);
}

struct auth0_view {
    const char *domain, *client_id;
};
static const struct json_field auth0_fields[] = {
    {"auth0_domain", JSON_TEXT, offsetof(struct auth0_view, domain), .doc = "Tenant of Auth0."},
    {"auth0_client_id", JSON_TEXT, offsetof(struct auth0_view, client_id),
     .doc = "Our client there."},
    {NULL},
};

static void auth0(struct http_request *request)
{
    const struct auth_config *config = request_app(request)->config;
    struct auth0_view view = {config->auth0_domain, config->auth0_client_id};
    http_reply_object(request, auth0_fields, &view);
}

/* ---- password/validate ---- */

struct password_form {
    const char *password;
};
static const struct param password_params[] = {{.name = "password",
                                                .kind = PARAM_TEXT,
                                                .offset = offsetof(struct password_form, password),
                                                .flags = PARAM_REQUIRED,
                                                .doc = "A password; it is not kept."},
                                               PARAM_END};

struct entropy_view {
    struct dec entropy;
};
static const struct json_field entropy_fields[] = {{"entropy", JSON_DEC_NUMBER,
                                                    offsetof(struct entropy_view, entropy),
                                                    .doc = "Its strength in bits."},
                                                   {NULL}};

static void password_validate(struct http_request *request)
{
    const struct password_form *form = http_params(request);
    int64_t units = password_rules_entropy(request_app(request)->password_rules, form->password);
    /* One unit of a decimal is 10^-16, one of the entropy 10^-15. */
    struct entropy_view view = {.entropy = {.units = (__int128)units * 10}};
    json_write_object(http_reply_builder(request), entropy_fields, &view);
    http_reply_built(request, 201);
}

#define ROUTE_OF(part_, method_, path_, handler_, reply_, doc_)                                    \
    .method = (method_), .path = "/api/v2/" part_ "/" path_, .mode = HTTP_INLINE,                  \
    .handler = (handler_), .access = ACCESS_PUBLIC, .reply = (reply_),                             \
    .class_name = part_ ".general", .tag = part_, .doc = (doc_)
#define GET(path, handler, reply, doc)                                                             \
    {ROUTE_OF("public", "GET", path, handler, reply, doc)},                                        \
    {                                                                                              \
        ROUTE_OF("identity", "GET", path, handler, reply, doc)                                     \
    }
#define VALIDATE(part_)                                                                            \
    {                                                                                              \
        ROUTE_OF(part_, "POST", "password/validate", password_validate, entropy_fields,            \
                 "How strong a password is."),                                                     \
            .params = password_params, .params_size = sizeof(struct password_form)                 \
    }

const struct http_route public_routes[] = {
    GET("ping", ping, ping_fields, "Whether the service answers."),
    GET("time", time_now, time_fields, "The service's clock."),
    GET("version", version, version_fields, "Which build this is."),
    GET("configs", configs, configs_fields, "What a front end has to know of us."),
    {ROUTE_OF("public", "GET", "configs/auth0", auth0, auth0_fields, "Sign-in by Auth0.")},
    VALIDATE("public"),
    VALIDATE("identity"),
    {.method = NULL}};
