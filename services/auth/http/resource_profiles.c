#include "auth/http/routes_resource.h"

const struct http_route resource_profile_routes[] = {{.method = NULL}};
