#include "auth/http/routes_resource.h"

const struct http_route resource_document_routes[] = {{.method = NULL}};
