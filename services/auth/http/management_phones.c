#include "auth/http/routes_admin.h"

const struct http_route management_phone_routes[] = {{.method = NULL}};
