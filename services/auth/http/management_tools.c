#include "auth/http/routes_admin.h"

const struct http_route management_tool_routes[] = {{.method = NULL}};
