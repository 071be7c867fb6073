#include "auth/http/routes_resource.h"

const struct http_route resource_label_routes[] = {{.method = NULL}};
