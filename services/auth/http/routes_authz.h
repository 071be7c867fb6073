/* routes_authz.h: what the edge asks, and the keys that our tokens are verified with. Tables end with
 * method NULL; routes.c joins them. */
#ifndef AUTH_HTTP_ROUTES_AUTHZ_H
#define AUTH_HTTP_ROUTES_AUTHZ_H

#include "http/http.h"

extern const struct http_route authz_routes[];
extern const struct http_route jwks_routes[];
extern const struct http_route internal_otp_routes[]; /* for our own services */

#endif
