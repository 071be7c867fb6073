#include "auth/http/routes_admin.h"

const struct http_route admin_label_routes[] = {{.method = NULL}};
