/* Time, version, health, member levels: what a client asks about the service itself. */
#include <string.h>

#include "accounting/actions/ready.h"
#include "accounting/http/context.h"
#include "accounting/http/routes_public.h"
#include "accounting/state/config.h"
#include "service/service.h"

/* Set by the build of a release (EXTRA_CFLAGS); a plain `make` has none. */
#ifndef BOURSE_GIT_SHA
#define BOURSE_GIT_SHA ""
#endif
#ifndef BOURSE_BUILD_TIME_S
#define BOURSE_BUILD_TIME_S 0
#endif

/* ---- GET /member-levels ---- */

struct level_view {
    int64_t minimum_level;
};
static const struct json_field level_fields[] = {
    {"minimum_level", JSON_I64, offsetof(struct level_view, minimum_level),
     .doc = "The lowest level of a member who may do this."},
    {NULL},
};

struct levels_view {
    struct level_view deposit, withdraw, trading;
};
static const struct json_field levels_fields[] = {
    {"deposit", JSON_OBJECT, offsetof(struct levels_view, deposit), .sub = level_fields,
     .doc = "Deposits."},
    {"withdraw", JSON_OBJECT, offsetof(struct levels_view, withdraw), .sub = level_fields,
     .doc = "Withdrawals."},
    {"trading", JSON_OBJECT, offsetof(struct levels_view, trading), .sub = level_fields,
     .doc = "Orders."},
    {NULL},
};

static void levels_show(struct http_request *request)
{
    const struct accounting_config *config = request_app(request)->config;
    struct levels_view view = {
        .deposit = {config->level_deposit},
        .withdraw = {config->level_withdraw},
        .trading = {config->level_trading},
    };
    http_reply_object(request, levels_fields, &view);
}

/* ---- GET /timestamp, GET /version ---- */

static void timestamp_show(struct http_request *request)
{
    char text[CLOCK_ISO_SIZE];
    struct str *out = http_reply_builder(request);
    json_write_string(out, clock_iso(clock_now_us(http_clock(request)), text));
    http_reply_built(request, 200);
}

struct version_view {
    const char *git_sha, *git_tag, *version;
    int64_t build_date;
};
static const struct json_field version_fields[] = {
    {"git_sha", JSON_TEXT, offsetof(struct version_view, git_sha), .doc = "Commit of the build."},
    {"git_tag", JSON_TEXT, offsetof(struct version_view, git_tag), .doc = "Tag of the build."},
    {"build_date", JSON_TIME_ISO, offsetof(struct version_view, build_date),
     .doc = "When it was built."},
    {"version", JSON_TEXT, offsetof(struct version_view, version), .doc = "Version."},
    {NULL},
};

static void version_show(struct http_request *request)
{
    struct version_view view = {
        .git_sha = BOURSE_GIT_SHA,
        .git_tag = BOURSE_VERSION,
        .version = BOURSE_VERSION,
        .build_date = BOURSE_BUILD_TIME_S * INT64_C(1000000),
    };
    http_reply_object(request, version_fields, &view);
}

/* ---- GET /health/alive, GET /health/ready ---- */

static void reply_status(struct http_request *request, int status)
{
    struct str *out = http_reply_builder(request);
    str_add_i64(out, status);
    http_reply_built(request, status);
}

static void ready_show(struct http_request *request)
{
    struct err err;
    bool ready = accounting_is_ready(request_app(request), &err);
    if (!ready)
        http_reply_header(request, "Retry-After", "1");
    reply_status(request, ready ? 200 : 503);
}

const struct http_route public_service_routes[] = {
    {.method = "GET",
     .path = "/api/v2/public/member-levels",
     .mode = HTTP_INLINE,
     .handler = levels_show,
     .reply = levels_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "public.memberlevel",
     .tag = "public",
     .doc = "The levels that members need."},
    {.method = "GET",
     .path = "/api/v2/public/timestamp",
     .mode = HTTP_INLINE,
     .handler = timestamp_show,
     .access = ACCESS_PUBLIC,
     .class_name = "public.tool",
     .tag = "public",
     .doc = "The time of the service, as a JSON string."},
    {.method = "GET",
     .path = "/api/v2/public/version",
     .mode = HTTP_INLINE,
     .handler = version_show,
     .reply = version_fields,
     .access = ACCESS_PUBLIC,
     .class_name = "public.tool",
     .tag = "public",
     .doc = "What is running."},
    {.method = "GET",
     .path = "/api/v2/public/health/alive",
     .mode = HTTP_INLINE,
     .handler = ready_show,
     .access = ACCESS_PUBLIC,
     .class_name = "public.tool",
     .tag = "public",
     .doc = "200 when database and broker answer, else 503; the body is the number."},
    {.method = "GET",
     .path = "/api/v2/public/health/ready",
     .mode = HTTP_INLINE,
     .handler = ready_show,
     .access = ACCESS_PUBLIC,
     .class_name = "public.tool",
     .tag = "public",
     .doc = "200 when the service can take orders, else 503; the body is the number."},
    {.method = NULL},
};
