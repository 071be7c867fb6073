/* The bounded pools of threads that may block. */
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
    struct workers *pool = user;
    const struct http_server_spec *spec = &pool->server->spec;
    void *item, *state = spec->worker_open ? spec->worker_open(spec->app) : NULL;
    for (;;) {
        if (queue_drain(pool->work, &item, 1, IDLE_MS) == 1)
            work(item, state);
        else if (queue_is_closed(pool->work))
            break;
    }
    if (spec->worker_close)
        spec->worker_close(spec->app, state);
    return NULL;
}

static bool pool_start(struct workers *pool, struct http_server *server, unsigned wanted,
                       struct err *err)
{
    pool->server = server;
    pool->work = queue_new(server->limits.workers_queue_max);
    pool->threads = calloc(wanted + 1, sizeof(*pool->threads));
    if (!pool->work || !pool->threads)
        return err_set(err, ERR_INTERNAL, "no memory for workers");
    while (pool->count < wanted) {
        if (pthread_create(&pool->threads[pool->count], NULL, worker_main, pool) != 0)
            return err_set(err, ERR_INTERNAL, "no thread for a worker");
        pool->count++;
    }
    return true;
}

bool workers_start(struct http_server *server, struct err *err)
{
    return pool_start(&server->pools[POOL_WORKERS], server, server->limits.workers, err) &&
           pool_start(&server->pools[POOL_HEAVY], server, server->limits.heavy_workers, err);
}

static void turn_away(struct http_request *request)
{
    struct err err;
    err_set(&err, ERR_BUSY, "stopping");
    http_reply_err(request, &err);
    http_resume(request);
}

static void pool_stop(struct workers *pool)
{
    void *item;
    if (!pool->work)
        return;
    queue_close(pool->work);
    while (queue_drain(pool->work, &item, 1, 0) == 1)
        turn_away(item);
    for (unsigned i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pool->count = 0;
}

void workers_stop(struct http_server *server)
{
    for (size_t i = 0; i < POOLS_COUNT; i++)
        pool_stop(&server->pools[i]);
}

void workers_free(struct http_server *server)
{
    for (size_t i = 0; i < POOLS_COUNT; i++) {
        queue_free(server->pools[i].work);
        free(server->pools[i].threads);
    }
}

bool workers_give(struct http_request *request, enum pool which)
{
    struct http_server *server = request->server;
    struct workers *pool = &server->pools[which];
    assert(pool->count > 0);
    /* Only this thread pushes: what is free now stays free. */
    if (queue_length(pool->work) >= server->limits.workers_queue_max ||
        atomic_load(&server->stopping))
        return false;
    away_begin(request);
    /* The queue can only have been closed in between. */
    if (!queue_push(pool->work, request))
        turn_away(request);
    return true;
}
