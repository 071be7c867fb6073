#include "auth/http/routes_admin.h"

const struct http_route management_service_account_routes[] = {{.method = NULL}};
