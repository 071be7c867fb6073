#include "accounting/openapi.h"

#include <stdlib.h>

#include "accounting/routes.h"
#include "api/document.h"
#include "service/service.h"

static bool is_user(const struct http_route *route)
{
    return !api_route_is_admin(route) && !api_route_is_management(route) &&
           !api_route_has_prefix(route, "/api/v2/internal/");
}

#define AT_EDGE .route_base = "/api/v2", .public_base = "/api/v2/peatio"

static const struct api_document parts[] = {
    {"user",
     {.title = "Bourse accounting: user API",
      .version = BOURSE_VERSION,
      .description =
          "Markets, market data, balances, orders and trades. The paths are those of the "
          "edge.",
      AT_EDGE,
      API_LICENSE},
     is_user},
    {"admin",
     {.title = "Bourse accounting: admin API",
      .version = BOURSE_VERSION,
      .description = "For the operators of an exchange; each call needs an ability of its role.",
      AT_EDGE,
      API_LICENSE},
     api_route_is_admin},
    {"management",
     {.title = "Bourse accounting: management API",
      .version = BOURSE_VERSION,
      .description = "Server to server. Every body is a JWS document signed by the signers of the "
                     "call's scope; the parameters are the member `data` of its payload. The edge "
                     "does not let them in: the paths are those of the service.",
      API_LICENSE},
     api_route_is_management},
};

static const struct api_documents documents = {parts, ARRAY_LEN(parts), accounting_routes,
                                               ROUTES_MAX};

int openapi_flag(struct service *service, const char *part)
{
    (void)service;
    return api_document_say(&documents, "bourse-accounting", part) ? EXIT_SUCCESS : EXIT_USAGE;
}

void openapi_user(struct http_request *request)
{
    api_document_reply(request, &documents, "user");
}

void openapi_admin(struct http_request *request)
{
    api_document_reply(request, &documents, "admin");
}

void openapi_management(struct http_request *request)
{
    api_document_reply(request, &documents, "management");
}
