#include "auth/http/resource_support.h"

#include <stdio.h>

#include "auth/http/context.h"

bool resource_call(struct http_request *request, struct call *ret_call, struct user *ret_user)
{
    if (!request_call(request, ret_call))
        return false;
    *ret_user = *request_user(request);
    return true;
}

void reply_number(struct http_request *request, int status, int number)
{
    char text[16];
    int length = snprintf(text, sizeof(text), "%d", number);
    http_reply_text(request, status, text, (size_t)length);
}

bool reply_unless(struct http_request *request, bool done, const struct mistakes *mistakes,
                  const struct err *err)
{
    if (mistakes && mistakes->count > 0)
        http_reply_codes(request, mistakes->codes, mistakes->count);
    else if (!done)
        http_reply_err(request, err);
    return done && !(mistakes && mistakes->count > 0);
}

void resource_paging(struct http_request *request, const struct paging *paging, uint64_t total)
{
    paging_headers(request, paging, total);
    paging_link_header(request, paging, total, "/api/v2", "/api/v2/barong");
}

void reply_no_memory(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "no memory for an answer");
    http_reply_err(request, &err);
}
