/* routes_internal.h: the tables of routes, one a file of this room. */
#ifndef SIGNER_HTTP_ROUTES_INTERNAL_H
#define SIGNER_HTTP_ROUTES_INTERNAL_H

#include "http/http.h"

extern const struct http_route policy_routes[]; /* /internal/policy, /internal/audit */
extern const struct http_route keys_routes[];   /* /internal/keys */
extern const struct http_route sign_routes[];   /* /internal/sign */
extern const struct http_route safe_routes[];   /* /internal/sign/safe */

#endif
