#include "auth/http/routes_public.h"

const struct http_route identity_user_routes[] = {{.method = NULL}};
