#include "auth/http/routes_resource.h"

const struct http_route resource_user_routes[] = {{.method = NULL}};
