/* GET /public/ping, /time, /version and their twins below /identity. */
#include "auth/http/context.h"
#include "auth/http/routes_public.h"
#include "service/service.h"

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

#define ROUTE(path_, handler_, reply_, doc_)                                                       \
    {.method = "GET",                                                                              \
     .path = "/api/v2/public/" path_,                                                              \
     .mode = HTTP_INLINE,                                                                          \
     .handler = (handler_),                                                                        \
     .access = ACCESS_PUBLIC,                                                                      \
     .reply = (reply_),                                                                            \
     .tag = "public",                                                                              \
     .doc = (doc_)},                                                                               \
    {                                                                                              \
        .method = "GET", .path = "/api/v2/identity/" path_, .mode = HTTP_INLINE,                   \
        .handler = (handler_), .access = ACCESS_PUBLIC, .reply = (reply_), .tag = "identity",      \
        .doc = (doc_)                                                                              \
    }

const struct http_route public_routes[] = {
    ROUTE("ping", ping, ping_fields, "Whether the service answers."),
    ROUTE("time", time_now, time_fields, "The service's clock."),
    {.method = NULL}};
