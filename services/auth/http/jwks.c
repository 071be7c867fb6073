#include "auth/http/routes_authz.h"

const struct http_route jwks_routes[] = {{.method = NULL}};
