#include "auth/http/routes_oauth.h"

const struct http_route oauth_token_routes[] = {{.method = NULL}};
