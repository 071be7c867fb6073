#include "auth/http/routes_mail.h"

const struct http_route outbox_routes[] = {{.method = NULL}};
