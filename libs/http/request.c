/* Making, reusing and asking requests. */
#include <stdlib.h>
#include <string.h>

#include "http/private.h"
#include "json/read.h"

struct http_request *request_new(struct http_server *server)
{
    struct http_request *request = calloc(1, sizeof(*request));
    if (!request)
        return NULL;
    request->magic = HTTP_REQUEST_MAGIC;
    request->server = server;
    request->app = server->spec.app;
    request->clock = server->spec.clock;
    request->body = STR_INIT(server->limits.body_bytes_max);
    request->reply = STR_INIT(server->limits.arena_bytes_max);
    request->arena = arena_new(server->limits.arena_bytes_max);
    if (request->arena)
        return request;
    free(request);
    return NULL;
}

void request_free(struct http_request *request)
{
    if (!request)
        return;
    CHECK_OBJ(request, HTTP_REQUEST_MAGIC);
    request->magic = 0;
    str_release(&request->body);
    str_release(&request->reply);
    arena_free(request->arena);
    free(request);
}

static struct str emptied(struct str text, size_t bytes_max)
{
    if (text.capacity > KEPT_BYTES_MAX)
        str_release(&text);
    str_clear(&text);
    text.max = bytes_max;
    return text;
}

void request_recycle(struct http_request *request)
{
    CHECK_OBJ(request, HTTP_REQUEST_MAGIC);
    arena_reset(request->arena);
    *request = (struct http_request){
        .magic = HTTP_REQUEST_MAGIC,
        .server = request->server,
        .app = request->app,
        .clock = request->clock,
        .arena = request->arena,
        .body = emptied(request->body, request->server->limits.body_bytes_max),
        .reply = emptied(request->reply, request->server->limits.arena_bytes_max),
    };
}

void *http_app(const struct http_request *request)
{
    return request->app;
}

const struct http_route *http_route_of(const struct http_request *request)
{
    return request->route;
}

const void *http_params(const struct http_request *request)
{
    return request->params;
}

struct arena *http_arena(struct http_request *request)
{
    return request->arena;
}

const char *http_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *http_cookie(struct http_request *request, const char *name)
{
    char value[COOKIE_VALUE_MAX];
    if (!cookie_read(http_header(request, "Cookie"), name, value, sizeof(value)))
        return NULL;
    return arena_strdup(request->arena, value);
}

const char *http_path_of(const struct http_request *request)
{
    /* A hook that makes the body of an error also sees requests whose head could not be read. */
    return request->target.path ? request->target.path : "";
}

const char *http_method_of(const struct http_request *request)
{
    return request->method;
}

const char *http_query_of(const struct http_request *request)
{
    return request->target.query ? request->target.query : "";
}

bool http_has_query(const struct http_request *request)
{
    return request->has_query;
}

const char *http_body(const struct http_request *request, size_t *ret_length)
{
    *ret_length = request->body.length;
    return str_data(&request->body);
}

/* Whether `name` is `wanted`, "wanted[...]" or "wanted[]". */
static bool is_given_by(const char *name, const char *wanted)
{
    size_t length = strlen(wanted);
    return strncmp(name, wanted, length) == 0 && (name[length] == '\0' || name[length] == '[');
}

bool http_param_given(const struct http_request *request, const char *name)
{
    for (const struct value *value = request->values.first; value; value = value->next)
        if (is_given_by(value->name, name))
            return true;
    return request->route && route_segment(request->route, name) >= 0;
}

size_t http_param_count(const struct http_request *request, const char *name)
{
    size_t count = 0;
    for (const struct value *value = request->values.first; value; value = value->next)
        count += strcmp(value->name, name) == 0;
    return count;
}

static void delete_tree(void *root)
{
    cJSON_Delete(root);
}

bool http_set_params_json(struct http_request *request, const char *text, size_t length,
                          struct err *err)
{
    cJSON *root;
    struct values values = {.first = NULL};
    if (!json_read(text, length, &root, err))
        return false;
    if (!arena_defer(request->arena, delete_tree, root)) {
        cJSON_Delete(root);
        return err_set(err, ERR_BUSY, "no memory for parameters");
    }
    if (!cJSON_IsObject(root))
        return err_set(err, ERR_BODY_INVALID, "the JSON text is no object");
    if (!values_add_tree(&values, root, request->arena, err))
        return false;
    request->values = values;
    request->values_are_set = true;
    return true;
}

const char *http_request_id(const struct http_request *request)
{
    return request->id;
}

const struct clock *http_clock(const struct http_request *request)
{
    return request->clock;
}

void *http_worker_state(const struct http_request *request)
{
    return request->worker_state;
}

void http_set_user(struct http_request *request, void *user)
{
    request->user = user;
}

void *http_user(const struct http_request *request)
{
    return request->user;
}
