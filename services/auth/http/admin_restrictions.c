#include "auth/http/routes_admin.h"

const struct http_route admin_restriction_routes[] = {{.method = NULL}};
