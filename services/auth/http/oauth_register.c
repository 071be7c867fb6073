#include "auth/http/routes_oauth.h"

const struct http_route oauth_register_routes[] = {{.method = NULL}};
