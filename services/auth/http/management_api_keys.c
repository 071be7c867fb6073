#include "auth/http/routes_admin.h"

const struct http_route management_api_key_routes[] = {{.method = NULL}};
