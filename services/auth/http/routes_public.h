/* routes_public.h: the routes that need no token. Tables end with method NULL; routes.c joins them. */
#ifndef AUTH_HTTP_ROUTES_PUBLIC_H
#define AUTH_HTTP_ROUTES_PUBLIC_H

#include "http/http.h"

extern const struct http_route public_routes[];           /* ping, time, version, configs */
extern const struct http_route kyc_routes[];              /* KYCAID's call-back */
extern const struct http_route identity_session_routes[]; /* sign-in, sign-out */
extern const struct http_route identity_user_routes[];    /* sign-up, confirmation, reset */

#endif
