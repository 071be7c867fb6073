#include "auth/openapi.h"

#include <stdlib.h>
#include <string.h>

#include "auth/http/access.h"
#include "auth/routes.h"
#include "service/service.h"

static bool has_prefix(const struct http_route *route, const char *prefix)
{
    return strncmp(route->path, prefix, strlen(prefix)) == 0;
}

static bool is_admin(const struct http_route *route)
{
    return has_prefix(route, "/api/v2/admin/");
}

static bool is_management(const struct http_route *route)
{
    return has_prefix(route, "/api/v2/management/");
}

static bool is_user(const struct http_route *route)
{
    static const char *const prefixes[] = {"/api/v2/public/", "/api/v2/identity/",
                                           "/api/v2/resource/", "/api/v2/swagger"};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        if (has_prefix(route, prefixes[i]))
            return true;
    return false;
}

static bool is_oauth(const struct http_route *route)
{
    return has_prefix(route, "/oauth2/") || has_prefix(route, "/.well-known/") ||
           has_prefix(route, "/userinfo");
}

struct part {
    const char *name;
    struct openapi_info info;
    bool (*select)(const struct http_route *route);
};

#define LICENSE                                                                                    \
    .license_name = "Apache-2.0", .license_url = "https://www.apache.org/licenses/LICENSE-2.0"

#define AT_EDGE .route_base = "/api/v2", .public_base = "/api/v2/barong"

static const struct part parts[] = {
    {"user",
     {.title = "Bourse auth: user API",
      .version = BOURSE_VERSION,
      .description = "Sign-up, sign-in, sessions, and what belongs to a user: profiles, documents, "
                     "phones, second factors, API keys. The paths are those of the edge.",
      AT_EDGE,
      LICENSE},
     is_user},
    {"admin",
     {.title = "Bourse auth: admin API",
      .version = BOURSE_VERSION,
      .description = "For those who run the platform; each call needs a permission and an ability "
                     "of the caller's role.",
      AT_EDGE,
      LICENSE},
     is_admin},
    {"management",
     {.title = "Bourse auth: management API",
      .version = BOURSE_VERSION,
      .description = "Server to server. Every body is a JWS document signed by the signers of the "
                     "call's scope; the parameters are the member `data` of its payload. The edge "
                     "does not let them in: the paths are those of the service.",
      LICENSE},
     is_management},
    {"oauth",
     {.title = "Bourse auth: OAuth 2.0 and OpenID Connect",
      .version = BOURSE_VERSION,
      .description = "For clients and resource servers. The paths are those of the edge.",
      LICENSE},
     is_oauth},
};

bool auth_openapi_print(const char *part, struct str *out)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strcmp(parts[i].name, part) != 0)
            continue;
        struct http_route *routes = calloc(ROUTES_MAX, sizeof(*routes));
        if (!routes)
            return false;
        auth_routes(routes);
        http_print_openapi(routes, &parts[i].info, parts[i].select, out);
        free(routes);
        return true;
    }
    return false;
}

static void reply(struct http_request *request, const char *part)
{
    struct err err;
    if (auth_openapi_print(part, http_reply_builder(request))) {
        http_reply_built(request, 200);
        return;
    }
    err_set(&err, ERR_INTERNAL, "no memory for the document");
    http_reply_err(request, &err);
}

static void user(struct http_request *request)
{
    reply(request, "user");
}

static void admin(struct http_request *request)
{
    reply(request, "admin");
}

static void management(struct http_request *request)
{
    reply(request, "management");
}

#define ROUTE .method = "GET", .mode = HTTP_WORKER, .access = ACCESS_PUBLIC, .tag = "docs"
const struct http_route openapi_routes[] = {
    {ROUTE, .path = "/api/v2/swagger", .handler = user, .doc = "This document: the user API."},
    {ROUTE, .path = "/api/v2/resource/swagger_doc", .handler = user,
     .doc = "The same, where Barong had it."},
    {ROUTE, .path = "/api/v2/admin/swagger", .handler = admin,
     .doc = "The admin API as an OpenAPI document."},
    {ROUTE, .path = "/api/v2/management/swagger", .handler = management,
     .doc = "The management API as an OpenAPI document."},
    {.method = NULL},
};
