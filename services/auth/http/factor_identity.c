#include "auth/http/routes_factors.h"

const struct http_route factor_identity_routes[] = {{.method = NULL}};
