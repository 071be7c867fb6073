#include "auth/http/routes_oauth.h"

const struct http_route oauth_admin_routes[] = {{.method = NULL}};
