#include "auth/http/list_support.h"

#include "auth/http/access.h"
#include "auth/http/context.h"
#include "auth/http/resource_support.h"

struct listing request_page(struct http_request *request, const struct paging *paging)
{
    return (struct listing){.arena = http_arena(request),
                            .limit = paging_limit(paging),
                            .offset = paging_offset(paging)};
}

void *request_room(struct http_request *request, size_t count, size_t size)
{
    struct err err;
    void *room = arena_alloc(http_arena(request), (count ? count : 1) * size);
    if (!room && !err_set(&err, ERR_BUSY, "no memory for %zu rows", count))
        http_reply_err(request, &err);
    return room;
}

void reply_page(struct http_request *request, const struct paging *paging, uint64_t total,
                const struct json_field *fields, const void *rows, size_t count, size_t size)
{
    if (http_route_of(request)->access == ACCESS_MANAGEMENT)
        paging_headers(request, paging, total);
    else
        resource_paging(request, paging, total);
    json_write_array(http_reply_builder(request), fields, rows, count, size);
    http_reply_built(request, 200);
}

void reply_done(struct http_request *request, bool ok, int status, const struct err *err)
{
    if (ok)
        reply_number(request, status, status);
    else
        http_reply_err(request, err);
}

void admin_run(struct http_request *request, admin_action *action)
{
    struct call call;
    struct err err;
    if (!request_call(request, &call))
        return;
    bool ok = action(&call, request_user(request), http_params(request), &err);
    reply_done(request, ok, 200, &err);
}

void reply_one_code(struct http_request *request, const char *code)
{
    http_reply_codes(request, &code, 1);
}
