/* routes.h: the whole table of routes, joined from the tables of http/. */
#ifndef AUTH_ROUTES_H
#define AUTH_ROUTES_H

#include "http/http.h"

enum { ROUTES_MAX = 512 };

/* Fills routes[ROUTES_MAX], ended by method NULL; the number of routes. */
size_t auth_routes(struct http_route *routes);
/* The same for the process that sends mails. */
size_t auth_mail_routes(struct http_route *routes);

#endif
