#include "auth/http/routes_admin.h"

const struct http_route management_label_routes[] = {{.method = NULL}};
