#include "accounting/openapi.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/routes.h"
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
    return !is_admin(route) && !is_management(route) && !has_prefix(route, "/api/v2/internal/");
}

struct part {
    const char *name;
    struct openapi_info info;
    bool (*select)(const struct http_route *route);
};

#define LICENSE                                                                                    \
    .license_name = "Apache-2.0", .license_url = "https://www.apache.org/licenses/LICENSE-2.0"

#define AT_EDGE .route_base = "/api/v2", .public_base = "/api/v2/peatio"

static const struct part parts[] = {
    {"user",
     {.title = "Bourse accounting: user API",
      .version = BOURSE_VERSION,
      .description =
          "Markets, market data, balances, orders and trades. The paths are those of the "
          "edge.",
      AT_EDGE,
      LICENSE},
     is_user},
    {"admin",
     {.title = "Bourse accounting: admin API",
      .version = BOURSE_VERSION,
      .description = "For the operators of an exchange; each call needs an ability of its role.",
      AT_EDGE,
      LICENSE},
     is_admin},
    {"management",
     {.title = "Bourse accounting: management API",
      .version = BOURSE_VERSION,
      .description = "Server to server. Every body is a JWS document signed by the signers of the "
                     "call's scope; the parameters are the member `data` of its payload. The edge "
                     "does not let them in: the paths are those of the service.",
      LICENSE},
     is_management},
};

bool openapi_print(const char *part, struct str *out)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strcmp(parts[i].name, part) != 0)
            continue;
        struct http_route *routes = calloc(ROUTES_MAX, sizeof(*routes));
        if (!routes)
            return false;
        accounting_routes(routes);
        http_print_openapi(routes, &parts[i].info, parts[i].select, out);
        free(routes);
        return true;
    }
    return false;
}

static void reply(struct http_request *request, const char *part)
{
    struct err err;
    if (openapi_print(part, http_reply_builder(request))) {
        http_reply_built(request, 200);
        return;
    }
    err_set(&err, ERR_INTERNAL, "no memory for the document");
    http_reply_err(request, &err);
}

void openapi_user(struct http_request *request)
{
    reply(request, "user");
}

void openapi_admin(struct http_request *request)
{
    reply(request, "admin");
}

void openapi_management(struct http_request *request)
{
    reply(request, "management");
}
