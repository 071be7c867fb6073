#include "auth/http/routes_admin.h"

const struct http_route admin_activity_routes[] = {{.method = NULL}};
