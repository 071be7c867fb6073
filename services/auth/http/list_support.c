#include "auth/http/list_support.h"

#include <stdio.h>

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
    paging_headers(request, paging, total);
    paging_link_header(request, paging, total, "/api/v2", "/api/v2/barong");
    json_write_array(http_reply_builder(request), fields, rows, count, size);
    http_reply_built(request, 200);
}

void reply_number(struct http_request *request, int status)
{
    char text[12];
    int length = snprintf(text, sizeof(text), "%d", status);
    http_reply_text(request, status, text, (size_t)length);
}

void reply_done(struct http_request *request, bool ok, int status, const struct err *err)
{
    if (ok)
        reply_number(request, status);
    else
        http_reply_err(request, err);
}

void reply_one_code(struct http_request *request, const char *code)
{
    http_reply_codes(request, &code, 1);
}
