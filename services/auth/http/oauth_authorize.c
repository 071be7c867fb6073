#include "auth/http/routes_oauth.h"

const struct http_route oauth_authorize_routes[] = {{.method = NULL}};
