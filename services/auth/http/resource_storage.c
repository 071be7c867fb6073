#include "auth/http/routes_resource.h"

const struct http_route resource_storage_routes[] = {{.method = NULL}};
