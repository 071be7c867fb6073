/* The answer: built into one buffer of the request, which libmicrohttpd sends without a copy. */
#include <string.h>
#include <strings.h>

#include "http/private.h"
#include "log/log.h"

static const char retry_after_s[] = "1";

static void begin(struct http_request *request, int status)
{
    CHECK_OBJ(request, HTTP_REQUEST_MAGIC);
    assert(!request->is_replied);
    request->is_replied = true;
    request->status = status;
}

void http_reply_object(struct http_request *request, const struct json_field *fields,
                       const void *object)
{
    begin(request, route_status(request->route));
    str_clear(&request->reply);
    json_write_object(&request->reply, fields, object);
}

void http_reply_array(struct http_request *request, const struct json_field *fields,
                      const void *objects, size_t count, size_t size)
{
    begin(request, route_status(request->route));
    str_clear(&request->reply);
    json_write_array(&request->reply, fields, objects, count, size);
}

void http_reply_text(struct http_request *request, int status, const char *text, size_t length)
{
    begin(request, status);
    str_clear(&request->reply);
    str_add_bytes(&request->reply, text, length);
}

void http_reply_empty(struct http_request *request, int status)
{
    begin(request, status);
    str_clear(&request->reply);
}

struct str *http_reply_builder(struct http_request *request)
{
    assert(!request->is_replied);
    str_clear(&request->reply);
    return &request->reply;
}

void http_reply_built(struct http_request *request, int status)
{
    begin(request, status);
}

/* Header values may come from outside: a line break in one would be a second header. */
static const char *clean_value(struct http_request *request, const char *value)
{
    char *copy = arena_strdup(request->arena, value);
    for (char *at = copy; at && *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '_';
    return copy;
}

void http_reply_header(struct http_request *request, const char *name, const char *value)
{
    assert(request->headers_count < REPLY_HEADERS_MAX);
    const char *copy = clean_value(request, value);
    if (!copy)
        return;
    request->headers[request->headers_count++] = (struct reply_header){name, copy};
    if (strcasecmp(name, "Content-Type") == 0)
        request->has_content_type = true;
}

void http_reply_cookie(struct http_request *request, const struct cookie *cookie)
{
    struct str text = STR_INIT(2 * COOKIE_VALUE_MAX);
    cookie_write(&text, cookie);
    assert(str_ok(&text));
    http_reply_header(request, "Set-Cookie", text.data);
    str_release(&text);
}

/* Two errors of the contract carry a string where the others carry a list. */
static bool is_plain_error(enum err_code code)
{
    return code == ERR_METHOD_NOT_ALLOWED || code == ERR_BODY_INVALID;
}

static void write_err(struct http_request *request, const struct err *err)
{
    struct str *out = &request->reply;
    str_clear(out);
    if (request->server->spec.error_body)
        request->server->spec.error_body(request, err, out);
    if (out->length > 0)
        return;
    bool plain = is_plain_error(err->code);
    str_add(out, plain ? "{\"errors\":" : "{\"errors\":[");
    json_write_string(out, err_key(err));
    str_add(out, plain ? "}" : "]}");
}

static void log_err(const struct http_request *request, const struct err *err)
{
    bool loud = err_status(err->code) >= 500 && err_retry(err->code) == ERR_FINAL;
    log_write(loud ? LOG_ERROR : LOG_DEBUG, "request failed",
              LOG_FIELDS(LOG_STR("request_id", request->id), LOG_STR("method", request->method),
                         LOG_STR("path", request->target.path), LOG_ERR(err)));
}

void http_reply_err(struct http_request *request, const struct err *err)
{
    assert(err->code != ERR_NONE);
    begin(request, err_status(err->code));
    log_err(request, err);
    /* What a handler had said of its own reply does not fit this one. */
    request->headers_count = 0;
    request->has_content_type = false;
    if (err_retry(err->code) == ERR_RETRY)
        http_reply_header(request, "Retry-After", retry_after_s);
    write_err(request, err);
}

void http_reply_codes(struct http_request *request, const char *const *codes, size_t count)
{
    struct str *out = &request->reply;
    assert(count > 0);
    begin(request, 422);
    str_clear(out);
    if (request->server->spec.codes_body)
        request->server->spec.codes_body(request, codes, count, out);
    if (out->length > 0)
        return;
    str_add(out, "{\"errors\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, codes[i]);
    }
    str_add(out, "]}");
}

/* ---- to libmicrohttpd ---- */

static void add_headers(const struct http_request *request, struct MHD_Response *response)
{
    if (!request->has_content_type && request->status != 204)
        MHD_add_response_header(response, "Content-Type", "application/json");
    if (request->id[0])
        MHD_add_response_header(response, "X-Request-Id", request->id);
    for (size_t i = 0; i < request->headers_count; i++)
        MHD_add_response_header(response, request->headers[i].name, request->headers[i].value);
    if (request->must_close || atomic_load(&request->server->stopping))
        MHD_add_response_header(response, "Connection", "close");
}

static void replace_overflow(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_INTERNAL, "the reply does not fit into %zu bytes or into memory",
            request->reply.max);
    request->is_replied = false;
    http_reply_err(request, &err);
}

/* The reply stays in the request until on_completed(). */
enum MHD_Result reply_send(struct http_request *request)
{
    assert(request->is_replied);
    if (!str_ok(&request->reply))
        replace_overflow(request);
    request->stage = STAGE_SENT;
    slow_sending(request, request->reply.length);
    struct str *body = &request->reply;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->length, body->data, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    add_headers(request, response);
    enum MHD_Result queued =
        MHD_queue_response(request->connection, (unsigned)request->status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result reply_send_abandoned(struct MHD_Connection *connection)
{
    char body[] = "{\"errors\":[\"server.busy\"]}";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof(body) - 1, body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Retry-After", retry_after_s);
    MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(connection, 503, response);
    MHD_destroy_response(response);
    return queued;
}
