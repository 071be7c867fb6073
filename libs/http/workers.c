/* The bounded pool of threads that may block. */
#include <stdlib.h>

#include "http/private.h"

enum { IDLE_MS = 1000 };

static void work(struct http_request *request, void *state)
{
    CHECK_OBJ(request, HTTP_REQUEST_MAGIC);
    request->worker_state = state;
    request->on_worker = true;
    chain_work(request);
    request->on_worker = false;
    request->worker_state = NULL;
    http_resume(request);
}

static void *worker_main(void *user)
{
    struct http_server *server = user;
    const struct http_server_spec *spec = &server->spec;
    void *item, *state = spec->worker_open ? spec->worker_open(spec->app) : NULL;
    for (;;) {
        if (queue_drain(server->work, &item, 1, IDLE_MS) == 1)
            work(item, state);
        else if (queue_is_closed(server->work))
            break;
    }
    if (spec->worker_close)
        spec->worker_close(spec->app, state);
    return NULL;
}

bool workers_start(struct http_server *server, struct err *err)
{
    unsigned wanted = server->limits.workers;
    server->work = queue_new(server->limits.workers_queue_max);
    server->workers = calloc(wanted + 1, sizeof(*server->workers));
    if (!server->work || !server->workers)
        return err_set(err, ERR_INTERNAL, "no memory for workers");
    while (server->workers_count < wanted) {
        pthread_t *thread = &server->workers[server->workers_count];
        if (pthread_create(thread, NULL, worker_main, server) != 0)
            return err_set(err, ERR_INTERNAL, "no thread for a worker");
        server->workers_count++;
    }
    return true;
}

static void turn_away(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "stopping");
    http_reply_err(request, &err);
    http_resume(request);
}

void workers_stop(struct http_server *server)
{
    void *item;
    if (!server->work)
        return;
    queue_close(server->work);
    while (queue_drain(server->work, &item, 1, 0) == 1)
        turn_away(item);
    for (unsigned i = 0; i < server->workers_count; i++)
        pthread_join(server->workers[i], NULL);
    server->workers_count = 0;
}

bool workers_give(struct http_request *request)
{
    struct http_server *server = request->server;
    assert(server->workers_count > 0);
    /* Only this thread pushes: what is free now stays free. */
    if (queue_length(server->work) >= server->limits.workers_queue_max ||
        atomic_load(&server->stopping))
        return false;
    away_begin(request);
    /* The queue can only have been closed in between. */
    if (!queue_push(server->work, request))
        turn_away(request);
    return true;
}
