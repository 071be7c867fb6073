#include "blockchain/openapi.h"

#include <stdlib.h>

#include "api/document.h"
#include "blockchain/routes.h"
#include "service/service.h"

static bool is_internal(const struct http_route *route)
{
    return api_route_has_prefix(route, "/internal/");
}

static bool is_admin(const struct http_route *route)
{
    return !is_internal(route);
}

static const struct api_document parts[] = {
    {"admin",
     {.title = "Bourse blockchain gateway: operators' API",
      .version = BOURSE_VERSION,
      .description = "How the chains are, and what became of a transaction. For administrators.",
      .route_base = "/api/v2",
      .public_base = "/api/v2/blockchain",
      API_LICENSE},
     is_admin},
    {"internal",
     {.title = "Bourse blockchain gateway: internal API",
      .version = BOURSE_VERSION,
      .description = "For accounting, with a service token. Amounts are integers of the smallest "
                     "unit, as text.",
      API_LICENSE},
     is_internal},
};

static const struct api_documents documents = {parts, ARRAY_LEN(parts), blockchain_routes,
                                               ROUTES_MAX};

int openapi_flag(struct service *service, const char *part)
{
    (void)service;
    return api_document_say(&documents, "bourse-blockchain", part) ? EXIT_SUCCESS : EXIT_USAGE;
}
