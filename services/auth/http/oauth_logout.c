#include "auth/http/routes_oauth.h"

const struct http_route oauth_logout_routes[] = {{.method = NULL}};
