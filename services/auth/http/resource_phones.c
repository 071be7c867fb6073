#include "auth/http/routes_resource.h"

const struct http_route resource_phone_routes[] = {{.method = NULL}};
