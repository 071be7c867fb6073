#include "auth/http/routes_oauth.h"

const struct http_route oauth_metadata_routes[] = {{.method = NULL}};
