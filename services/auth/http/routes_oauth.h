/* routes_oauth.h: the OAuth 2.0 and OpenID Connect provider. Tables end with method NULL; routes.c
 * joins them. */
#ifndef AUTH_HTTP_ROUTES_OAUTH_H
#define AUTH_HTTP_ROUTES_OAUTH_H

#include "http/http.h"

extern const struct http_route oauth_metadata_routes[];
extern const struct http_route oauth_authorize_routes[]; /* authorization, PAR, device, consent */
extern const struct http_route oauth_device_routes[];    /* the page for the code of a device */
extern const struct http_route oauth_token_routes[];     /* token, introspection, revocation */
extern const struct http_route oauth_logout_routes[];
extern const struct http_route oauth_register_routes[];
extern const struct http_route oauth_admin_routes[];
extern const struct http_route oauth_resource_routes[]; /* what I let clients do */

#endif
