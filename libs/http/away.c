/*
 * Requests that are with another thread. The connection is suspended before the request is given
 * away, and whoever gives it back wakes the loop, so no wake-up can be lost.
 *
 * When the server stops, a deferred request whose thread does not give it back in time is
 * abandoned: its connection gets a 503 that does not touch the request, and the request lives until
 * both sides have let go of it.
 */
#include "http/private.h"

void away_begin(struct http_request *request)
{
    struct http_server *server = request->server;
    MHD_suspend_connection(request->connection);
    atomic_fetch_add(&server->away, 1);
    request->is_counted_away = true;
    atomic_store(&request->away, AWAY_GONE);
}

void http_defer(struct http_request *request)
{
    CHECK_OBJ(request, HTTP_REQUEST_MAGIC);
    struct http_server *server = request->server;
    assert(request->stage == STAGE_HANDLER);
    assert(request->route->mode == HTTP_DEFERRED);
    away_begin(request);
    pthread_mutex_lock(&server->lock);
    request->is_listed = true;
    request->previous = NULL;
    request->next = server->deferred;
    if (request->next)
        request->next->previous = request;
    server->deferred = request;
    pthread_mutex_unlock(&server->lock);
    server->deferred_now = request;
}

static void let_go(struct http_request *request)
{
    if (atomic_fetch_add(&request->abandoned_releases, 1) == 1)
        request_free(request);
}

void http_resume(struct http_request *request)
{
    CHECK_OBJ(request, HTTP_REQUEST_MAGIC);
    int gone = AWAY_GONE;
    struct MHD_Connection *connection = request->connection;
    struct http_server *server = request->server;
    if (!atomic_compare_exchange_strong(&request->away, &gone, AWAY_BACK)) {
        assert(gone == AWAY_ABANDONED);
        let_go(request);
        return;
    }
    /* Until the loop has seen the connection, the server waits for us; and from then on, until
     * this count is down again. The request is no longer ours. */
    atomic_fetch_add(&server->resuming, 1);
    MHD_resume_connection(connection);
    atomic_fetch_sub(&server->resuming, 1);
}

void away_end(struct http_request *request)
{
    struct http_server *server = request->server;
    if (!request->is_counted_away)
        return;
    request->is_counted_away = false;
    atomic_fetch_sub(&server->away, 1);
    if (!request->is_listed)
        return;
    pthread_mutex_lock(&server->lock);
    request->is_listed = false;
    if (request->next)
        request->next->previous = request->previous;
    if (request->previous)
        request->previous->next = request->next;
    else
        server->deferred = request->next;
    pthread_mutex_unlock(&server->lock);
}

void away_abandon_all(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    for (struct http_request *request = server->deferred; request; request = request->next) {
        int gone = AWAY_GONE;
        struct MHD_Connection *connection = request->connection;
        if (atomic_compare_exchange_strong(&request->away, &gone, AWAY_ABANDONED))
            MHD_resume_connection(connection);
    }
    pthread_mutex_unlock(&server->lock);
}

void away_let_go(struct http_request *request)
{
    let_go(request);
}
