#include "auth/http/routes_admin.h"

const struct http_route openapi_routes[] = {{.method = NULL}};
