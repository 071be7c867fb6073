/* routes.h: all routes of the service in one table. */
#ifndef ACCOUNTING_ROUTES_H
#define ACCOUNTING_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "http/http.h"

enum { ROUTES_MAX = 512 };

/* Joins the tables of the groups; ends with method NULL. `routes` has room for ROUTES_MAX. Gives the
 * number of routes. */
size_t accounting_routes(struct http_route *routes);

#endif
