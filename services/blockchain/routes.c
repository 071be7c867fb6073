/*
 * routes.c: every request that the gateway answers. Open this first, consumers.c second.
 *
 * A new endpoint: parameters and field tables, an action with its test, the handler in http/, a row
 * in the table of its group, `make docs`.
 */
#include "blockchain/routes.h"

#include <string.h>

#include "blockchain/http/routes_admin.h"
#include "blockchain/http/routes_internal.h"

static const struct http_route *const groups[] = {
    /* Operators. */
    admin_chain_routes,
    admin_payout_routes,
    admin_stray_routes,
    /* Other services. */
    internal_chain_routes,
    internal_try_routes,
    internal_address_routes,
    internal_event_routes,
    internal_payout_routes,
    internal_asset_routes,
    internal_read_routes,
    internal_statement_routes,
    internal_stopped_routes,
    /* Custody providers. */
    webhook_routes,
};

size_t blockchain_routes(struct http_route *routes)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        for (const struct http_route *route = groups[i]; route->method; route++) {
            assert(count < ROUTES_MAX - 1);
            memcpy(&routes[count++], route, sizeof(*route));
        }
    memset(&routes[count], 0, sizeof(routes[count]));
    return count;
}
