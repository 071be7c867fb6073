#include "auth/http/routes_public.h"

const struct http_route identity_session_routes[] = {{.method = NULL}};
