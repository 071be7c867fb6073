#include "signer/routes.h"

#include <string.h>

#include "signer/http/routes_internal.h"

static const struct http_route *const groups[] = {
    keys_routes,
    sign_routes,
    safe_routes,
    policy_routes,
};

void signer_routes(struct http_route *routes)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        for (const struct http_route *route = groups[i]; route->method; route++) {
            assert(count < ROUTES_MAX - 1);
            memcpy(&routes[count++], route, sizeof(*route));
        }
    memset(&routes[count], 0, sizeof(routes[count]));
}
