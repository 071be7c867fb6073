#include "auth/http/routes_admin.h"

const struct http_route admin_user_routes[] = {{.method = NULL}};
