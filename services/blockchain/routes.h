/* routes.h: all routes of the gateway. */
#ifndef BLOCKCHAIN_ROUTES_H
#define BLOCKCHAIN_ROUTES_H

#include <stddef.h>

#include "http/http.h"

enum { ROUTES_MAX = 96 };

/* Fills the table, ends it with a row without method, gives the number of routes. */
size_t blockchain_routes(struct http_route *routes);

#endif
