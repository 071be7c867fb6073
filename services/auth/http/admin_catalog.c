#include "auth/http/routes_admin.h"

const struct http_route admin_catalog_routes[] = {{.method = NULL}};
