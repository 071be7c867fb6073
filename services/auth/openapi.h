/* openapi.h: the documents of the API, printed from the route tables (reference barong.md §0.1). */
#ifndef AUTH_OPENAPI_H
#define AUTH_OPENAPI_H

#include "http/http.h"

struct service;

/* The flag --print-openapi. `part`: "user" (public, identity, resource), "admin", "management", "oauth". */
int auth_openapi_flag(struct service *service, const char *part);

extern const struct http_route openapi_routes[]; /* ends with method NULL */

#endif
