#include "auth/http/routes_resource.h"

const struct http_route resource_api_key_routes[] = {{.method = NULL}};
