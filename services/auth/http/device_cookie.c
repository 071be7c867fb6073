#include "auth/http/device_cookie.h"

#include "auth/http/context.h"
#include "auth/state/config.h"

static const char name[] = "_barong_device";

enum { LIFETIME_S = 180 * 24 * 3600 };

const char *device_cookie(struct http_request *request)
{
    return http_cookie(request, name);
}

void reply_device_cookie(struct http_request *request, const char *value)
{
    const struct cookie cookie = {.name = name,
                                  .value = value,
                                  .path = "/",
                                  .same_site = "Strict",
                                  .max_age_s = LIFETIME_S,
                                  .now_us = clock_now_us(http_clock(request)),
                                  .secure = request_app(request)->config->session_secure,
                                  .http_only = true};
    http_reply_cookie(request, &cookie);
}
