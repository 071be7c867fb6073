/* routes_factors.h: second factors beyond the codes of an app: passkeys, recovery codes, step-up, and
 * getting rid of a lost factor. Tables end with method NULL; routes.c joins them. */
#ifndef AUTH_HTTP_ROUTES_FACTORS_H
#define AUTH_HTTP_ROUTES_FACTORS_H

#include "http/http.h"

extern const struct http_route factor_identity_routes[]; /* of those who are signing in */

extern const struct http_route factor_reset_routes[];    /* of those who lost theirs */
extern const struct http_route factor_resource_routes[]; /* passkeys of those who are signed in */
extern const struct http_route
    factor_step_up_routes[]; /* showing again who one is; recovery codes */

#endif
