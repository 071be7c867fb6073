/* routes_mail.h: the mails of the local outbox, to be read on a page. Tables end with method NULL;
 * routes.c joins them. */
#ifndef AUTH_HTTP_ROUTES_MAIL_H
#define AUTH_HTTP_ROUTES_MAIL_H

#include "http/http.h"

extern const struct http_route outbox_routes[];

#endif
