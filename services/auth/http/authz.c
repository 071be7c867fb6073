#include "auth/http/routes_authz.h"

const struct http_route authz_routes[] = {{.method = NULL}};
