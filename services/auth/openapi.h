/* openapi.h: the documents of the API, printed from the route tables (reference barong.md §0.1). */
#ifndef AUTH_OPENAPI_H
#define AUTH_OPENAPI_H

#include <stdbool.h>

#include "base/str.h"
#include "http/http.h"

/* `part`: "user" (public, identity, resource), "admin", "management", "oauth". False: no such part. */
bool auth_openapi_print(const char *part, struct str *out);

extern const struct http_route openapi_routes[]; /* ends with method NULL */

#endif
