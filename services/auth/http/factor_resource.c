#include "auth/http/routes_factors.h"

const struct http_route factor_resource_routes[] = {{.method = NULL}};
