#include "auth/http/routes_resource.h"

const struct http_route resource_service_account_routes[] = {{.method = NULL}};
