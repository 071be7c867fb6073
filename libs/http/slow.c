/*
 * Clients that are slow on purpose. libmicrohttpd only knows idle ones: a byte a minute keeps a
 * connection for ever. Here each connection has a moment by which its next step must be done:
 * headers in a fixed time, a body or an answer at SLOW_BYTES_PER_S or faster. A thread looks twice
 * a second and shuts down the sockets that are late; the loop then sees them as closed.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "http/private.h"

enum { SLOW_BYTES_PER_S = 1024, LOOK_MS = 500 };
#define NEVER INT64_MAX

struct slow_link {
    int fd;
    _Atomic int64_t deadline_us;
    struct slow_link *next, *previous; /* under server->lock, as is closing `fd` */
};

static int64_t seconds_from_now(const struct http_server *server, uint64_t seconds)
{
    return clock_monotonic_us(server->spec.clock) + (int64_t)seconds * 1000000;
}

static void set(struct http_request *request, int64_t deadline_us)
{
    if (request->slow)
        atomic_store_explicit(&request->slow->deadline_us, deadline_us, memory_order_relaxed);
}

static void link_add(struct http_server *server, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct slow_link *link = calloc(1, sizeof(*link));
    *context = link;
    if (!link || !info) {
        free(link);
        *context = NULL;
        return;
    }
    link->fd = info->connect_fd;
    link->deadline_us = seconds_from_now(server, server->limits.head_timeout_s);
    pthread_mutex_lock(&server->lock);
    link->next = server->links;
    if (link->next)
        link->next->previous = link;
    server->links = link;
    if (!link->next)
        pthread_cond_signal(&server->watch_wake);
    pthread_mutex_unlock(&server->lock);
}

static void link_remove(struct http_server *server, struct slow_link *link)
{
    if (!link)
        return;
    pthread_mutex_lock(&server->lock);
    if (link->next)
        link->next->previous = link->previous;
    if (link->previous)
        link->previous->next = link->next;
    else
        server->links = link->next;
    pthread_mutex_unlock(&server->lock);
    free(link);
}

/* libmicrohttpd closes the socket after CLOSED was told, never before. */
void slow_on_connection(void *user, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = user;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        link_add(server, connection, context);
    } else {
        link_remove(server, *context);
        *context = NULL;
    }
}

void slow_begin(struct http_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    request->slow = info ? info->socket_context : NULL;
}

void slow_reading_body(struct http_request *request, uint64_t bytes)
{
    uint64_t seconds = request->server->limits.head_timeout_s + bytes / SLOW_BYTES_PER_S;
    set(request, request->started_us + (int64_t)seconds * 1000000);
}

void slow_handling(struct http_request *request)
{
    set(request, NEVER);
}

void slow_sending(struct http_request *request, uint64_t bytes)
{
    uint64_t idle_s = request->server->limits.idle_timeout_s;
    set(request, seconds_from_now(request->server, idle_s + bytes / SLOW_BYTES_PER_S));
}

/* Between requests a connection may be idle; then the next headers have their time. */
void slow_end(struct http_request *request)
{
    const struct http_limits *limits = &request->server->limits;
    set(request, seconds_from_now(request->server,
                                  (uint64_t)limits->idle_timeout_s + limits->head_timeout_s));
}

static void look_locked(struct http_server *server)
{
    int64_t now_us = clock_monotonic_us(server->spec.clock);
    for (struct slow_link *link = server->links; link; link = link->next) {
        if (atomic_load_explicit(&link->deadline_us, memory_order_relaxed) > now_us)
            continue;
        shutdown(link->fd, SHUT_RDWR);
        atomic_store_explicit(&link->deadline_us, NEVER, memory_order_relaxed);
    }
}

static void wait_locked(struct http_server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)LOOK_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&server->watch_wake, &server->lock, &until);
}

static void *watch(void *user)
{
    struct http_server *server = user;
    pthread_mutex_lock(&server->lock);
    while (!server->watch_ends) {
        /* Without connections there is nothing to wake up for. */
        if (server->links)
            wait_locked(server);
        else
            pthread_cond_wait(&server->watch_wake, &server->lock);
        look_locked(server);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

bool slow_start(struct http_server *server, struct err *err)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&server->watch_wake, &attributes);
    pthread_condattr_destroy(&attributes);
    server->has_watch = pthread_create(&server->watch, NULL, watch, server) == 0;
    return server->has_watch || err_set(err, ERR_INTERNAL, "no thread for slow clients");
}

void slow_stop(struct http_server *server)
{
    if (!server->has_watch)
        return;
    pthread_mutex_lock(&server->lock);
    server->watch_ends = true;
    pthread_cond_signal(&server->watch_wake);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->watch, NULL);
    pthread_cond_destroy(&server->watch_wake);
    server->has_watch = false;
    assert(server->links == NULL);
}
