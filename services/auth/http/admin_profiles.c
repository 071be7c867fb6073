#include "auth/http/routes_admin.h"

const struct http_route admin_profile_routes[] = {{.method = NULL}};
