/* What every request goes through: before -> parameters -> permit -> handler. */
#include <string.h>

#include "http/private.h"
#include "json/read.h"
#include "log/log.h"

static bool refuse(struct http_request *request, const struct err *err)
{
    http_reply_err(request, err);
    return false;
}

static bool refuse_busy(struct http_request *request, const char *what)
{
    struct err err;
    err_set(&err, ERR_BUSY, "%s", what);
    return refuse(request, &err);
}

/* A handler that forgot its reply is our bug; the client still gets an answer. */
static void reply_at_least(struct http_request *request)
{
    struct err err;
    if (request->is_replied)
        return;
    err_set(&err, ERR_INTERNAL, "the handler gave no reply");
    http_reply_err(request, &err);
}

/* ---- the body ---- */

static void delete_tree(void *root)
{
    cJSON_Delete(root);
}

static bool read_json_body(struct http_request *request, struct err *err)
{
    cJSON *root;
    if (!json_read(request->body.data, request->body.length, &root, err))
        return false;
    if (!arena_defer(request->arena, delete_tree, root)) {
        cJSON_Delete(root);
        return err_set(err, ERR_BUSY, "no memory for the body");
    }
    if (!cJSON_IsObject(root))
        return err_set(err, ERR_BODY_INVALID, "the body is no object");
    return values_add_tree(&request->values, root, request->arena, err);
}

static bool read_form_body(struct http_request *request, struct err *err)
{
    /* The handler may still want the body as it came. */
    char *copy = arena_strndup(request->arena, request->body.data, request->body.length);
    if (!copy)
        return err_set(err, ERR_BUSY, "no memory for the body");
    if (strlen(copy) != request->body.length ||
        !values_add_pairs(&request->values, copy, FORM_PAIRS_MAX, request->arena, err))
        return err_set(err, ERR_BODY_INVALID, "the form is badly encoded");
    return true;
}

static bool read_multipart_body(struct http_request *request, struct err *err)
{
    struct multipart form;
    return multipart_read(http_header(request, "Content-Type"), request->body.data,
                          request->body.length, request->arena, &form, err) &&
           values_add_multipart(&request->values, &form, request->arena, err);
}

static bool read_body(struct http_request *request, struct err *err)
{
    bool has_params = request->route->params != NULL;
    if (request->values_are_set || !has_params || request->body.length == 0 ||
        request->verb == VERB_GET || request->verb == VERB_HEAD)
        return true;
    if (request->is_json)
        return read_json_body(request, err);
    if (request->is_form)
        return read_form_body(request, err);
    if (request->is_multipart)
        return read_multipart_body(request, err);
    /* Any other type is the handler's to read. Without a type: what it looks like. */
    if (request->has_media_type)
        return true;
    char first = request->body.data[strspn(request->body.data, " \t\r\n")];
    return first == '{' || first == '[' ? read_json_body(request, err)
                                        : read_form_body(request, err);
}

/* ---- the chain ---- */

static bool run_handler(struct http_request *request)
{
    struct http_server *server = request->server;
    const struct http_route *route = request->route;
    request->stage = STAGE_HANDLER;
    if (route->mode == HTTP_WORKER || route->mode == HTTP_HEAVY) {
        enum pool pool = route->mode == HTTP_HEAVY ? POOL_HEAVY : POOL_WORKERS;
        return workers_give(request, pool) || refuse_busy(request, "no worker is free");
    }
    server->deferred_now = NULL;
    route->handler(request);
    /* A deferred request is somebody else's now: only its address may be used. */
    if (server->deferred_now == request)
        return true;
    reply_at_least(request);
    return false;
}

static bool run_from_params(struct http_request *request)
{
    const struct http_route *route = request->route;
    const struct http_server_spec *spec = &request->server->spec;
    struct codes codes = {.count = 0};
    struct err err;

    if (!read_body(request, &err))
        return refuse(request, &err);
    if (route->params_size > 0) {
        request->params = arena_alloc(request->arena, route->params_size);
        if (!request->params)
            return refuse_busy(request, "no memory for parameters");
        params_read(request, route, &codes);
    }
    if (codes.count > 0) {
        http_reply_codes(request, codes.items, codes.count);
        return false;
    }
    if (spec->permit && !spec->permit(request, route, &err))
        return refuse(request, &err);
    return run_handler(request);
}

static bool run_before(struct http_request *request)
{
    const struct http_server_spec *spec = &request->server->spec;
    struct err err;
    if (!spec->before || spec->before(request, request->route, &err))
        return run_from_params(request);
    if (!request->wants_worker)
        return refuse(request, &err);
    request->stage = STAGE_BEFORE;
    return workers_give(request, POOL_WORKERS) || refuse_busy(request, "no worker is free");
}

static void allow(struct http_request *request)
{
    char verbs[64] = "OPTIONS";
    size_t used = strlen(verbs);
    for (enum verb verb = VERB_GET; verb < VERB_ROUTED; verb++) {
        if (!(request->verbs & 1U << verb))
            continue;
        used += (size_t)snprintf(verbs + used, sizeof(verbs) - used, "%s, %s",
                                 verb == VERB_GET ? ", HEAD" : "", verb_name(verb));
    }
    http_reply_header(request, "Allow", verbs);
}

static bool run_unrouted(struct http_request *request)
{
    const struct http_server_spec *spec = &request->server->spec;
    struct err err;
    if (request->verbs != 0 && request->verb == VERB_OPTIONS) {
        allow(request);
        http_reply_empty(request, 204);
        return false;
    }
    if (request->verbs != 0) {
        err_set(&err, ERR_METHOD_NOT_ALLOWED, "no %s here", request->method);
        refuse(request, &err);
        allow(request);
        return false;
    }
    if (spec->unknown && !spec->unknown(request, NULL, &err))
        return refuse(request, &err);
    http_reply_header(request, "Content-Type", "text/plain");
    http_reply_text(request, 404, "404 Not Found", 13);
    return false;
}

bool chain_run(struct http_request *request)
{
    struct err err;
    assert(request->stage == STAGE_HANDLER);
    if (atomic_load(&request->server->stopping))
        return refuse_busy(request, "stopping");
    if (request->body_too_large) {
        err_set(&err, ERR_BODY_TOO_LARGE, "above %zu bytes", request->body.max);
        request->must_close = true;
        return refuse(request, &err);
    }
    if (request->body_refused)
        return refuse_busy(request, "no room for more bodies");
    return request->route ? run_before(request) : run_unrouted(request);
}

bool chain_continue(struct http_request *request)
{
    if (request->is_replied)
        return false;
    if (request->stage == STAGE_BEFORE)
        return run_from_params(request);
    if (request->route->mode == HTTP_DEFERRED)
        request->route->finish(request);
    reply_at_least(request);
    return false;
}

void chain_work(struct http_request *request)
{
    const struct http_server_spec *spec = &request->server->spec;
    struct err err;
    if (request->stage == STAGE_HANDLER) {
        request->route->handler(request);
        reply_at_least(request);
    } else if (!spec->before(request, request->route, &err)) {
        http_reply_err(request, &err);
    }
}

bool http_move_to_worker(struct http_request *request, struct err *err)
{
    assert(!request->on_worker);
    request->wants_worker = true;
    return err_set(err, ERR_BUSY, "needs a worker thread");
}

bool http_is_on_worker(const struct http_request *request)
{
    return request->on_worker;
}
