#include "auth/http/routes_admin.h"

const struct http_route management_user_routes[] = {{.method = NULL}};
