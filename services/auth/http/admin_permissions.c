#include "auth/http/routes_admin.h"

const struct http_route admin_permission_routes[] = {{.method = NULL}};
