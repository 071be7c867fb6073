#include "auth/openapi.h"

#include <stdlib.h>

#include "auth/http/access.h"
#include "auth/routes.h"
#include "api/document.h"
#include "service/service.h"

static bool is_user(const struct http_route *route)
{
    static const char *const prefixes[] = {"/api/v2/public/", "/api/v2/identity/",
                                           "/api/v2/resource/", "/api/v2/swagger"};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        if (api_route_has_prefix(route, prefixes[i]))
            return true;
    return false;
}

static bool is_oauth(const struct http_route *route)
{
    return api_route_has_prefix(route, "/oauth2/") ||
           api_route_has_prefix(route, "/.well-known/") || api_route_has_prefix(route, "/userinfo");
}

#define AT_EDGE .route_base = "/api/v2", .public_base = "/api/v2/barong"

static const struct api_document parts[] = {
    {"user",
     {.title = "Bourse auth: user API",
      .version = BOURSE_VERSION,
      .description = "Sign-up, sign-in, sessions, and what belongs to a user: profiles, documents, "
                     "phones, second factors, API keys. The paths are those of the edge.",
      AT_EDGE,
      API_LICENSE},
     is_user},
    {"admin",
     {.title = "Bourse auth: admin API",
      .version = BOURSE_VERSION,
      .description = "For those who run the platform; each call needs a permission and an ability "
                     "of the caller's role.",
      AT_EDGE,
      API_LICENSE},
     api_route_is_admin},
    {"management",
     {.title = "Bourse auth: management API",
      .version = BOURSE_VERSION,
      .description = "Server to server. Every body is a JWS document signed by the signers of the "
                     "call's scope; the parameters are the member `data` of its payload. The edge "
                     "does not let them in: the paths are those of the service.",
      API_LICENSE},
     api_route_is_management},
    {"oauth",
     {.title = "Bourse auth: OAuth 2.0 and OpenID Connect",
      .version = BOURSE_VERSION,
      .description = "For clients and resource servers. The paths are those of the edge.",
      API_LICENSE},
     is_oauth},
};

static const struct api_documents documents = {parts, ARRAY_LEN(parts), auth_routes, ROUTES_MAX};

int auth_openapi_flag(struct service *service, const char *part)
{
    (void)service;
    return api_document_say(&documents, "bourse-auth", part) ? EXIT_SUCCESS : EXIT_USAGE;
}

static void user(struct http_request *request)
{
    api_document_reply(request, &documents, "user");
}

static void admin(struct http_request *request)
{
    api_document_reply(request, &documents, "admin");
}

static void management(struct http_request *request)
{
    api_document_reply(request, &documents, "management");
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
