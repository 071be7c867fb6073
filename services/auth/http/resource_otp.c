#include "auth/http/routes_resource.h"

const struct http_route resource_otp_routes[] = {{.method = NULL}};
