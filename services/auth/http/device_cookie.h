/* device_cookie.h: the cookie by which an account knows a browser again (store/known_devices.h). */
#ifndef AUTH_HTTP_DEVICE_COOKIE_H
#define AUTH_HTTP_DEVICE_COOKIE_H

#include "http/http.h"

/* NULL: none. */
const char *device_cookie(struct http_request *request);
void reply_device_cookie(struct http_request *request, const char *value);

#endif
