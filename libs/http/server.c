/* Where libmicrohttpd calls in, and how the server starts and stops. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/random.h"
#include "http/private.h"
#include "log/log.h"

enum { LISTEN_BACKLOG = 1024, SPARE_FILES = 64, STOP_STEP_MS = 2, STOP_GRACE_MS = 500 };

/* ---- requests come and go ---- */

static struct http_request *pool_take(struct http_server *server)
{
    struct http_request *request = server->pool;
    if (!request)
        return request_new(server);
    server->pool = request->next;
    server->pool_count--;
    request->next = NULL;
    return request;
}

static void pool_give(struct http_server *server, struct http_request *request)
{
    if (server->pool_count >= POOL_MAX) {
        request_free(request);
        return;
    }
    request_recycle(request);
    request->next = server->pool;
    server->pool = request;
    server->pool_count++;
}

static void make_id(struct http_server *server, struct http_request *request)
{
    snprintf(request->id, sizeof(request->id), "%016llx-%llx",
             (unsigned long long)server->id_prefix, (unsigned long long)server->id_next++);
}

/* The first that libmicrohttpd tells of a request: its target, as it came. */
static void *on_target(void *user, const char *target, struct MHD_Connection *connection)
{
    struct http_server *server = user;
    struct http_request *request = pool_take(server);
    if (!request)
        return NULL;
    request->connection = connection;
    request->started_us = clock_monotonic_us(request->clock);
    request->raw_target = arena_strdup(request->arena, target);
    slow_begin(request);
    return request;
}

/* We decode targets ourselves: libmicrohttpd leaves them alone. */
static size_t keep_encoded(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

static bool read_query(struct http_request *request, struct err *err)
{
    const char *query = request->target.query;
    request->has_query = *query != '\0';
    if (!request->has_query)
        return true;
    char *copy = arena_strdup(request->arena, query);
    if (!copy)
        return err_set(err, ERR_BUSY, "no memory for the query");
    return values_add_pairs(&request->values, copy, QUERY_PAIRS_MAX, request->arena, err);
}

/* A body that is not much too large is read and dropped before the 413: closing a socket with
 * unread bytes resets it, and the client would not see the answer. */
static bool read_announced(struct http_request *request, struct err *err)
{
    uint64_t announced = request->body_announced, max = request->body.max;
    if (announced <= max)
        return true;
    request->body_too_large = true;
    if (announced / DISCARD_FACTOR <= max && !http_header(request, "Expect"))
        return true;
    return err_set(err, ERR_BODY_TOO_LARGE, "%llu bytes announced", (unsigned long long)announced);
}

static bool read_head(struct http_request *request, const char *version, struct err *err)
{
    struct http_server *server = request->server;
    if (!headers_check(request, version, err))
        return false;
    if (!request->raw_target)
        return err_set(err, ERR_BUSY, "no memory for the target");
    /* "OPTIONS *" asks about the server, not about a path. */
    if (request->verb == VERB_OPTIONS && strcmp(request->raw_target, "*") == 0) {
        request->target.path = request->raw_target;
        request->verbs = (1U << VERB_ROUTED) - 1;
        return true;
    }
    if (!target_parse(request->raw_target, request->arena, &request->target, err) ||
        !read_query(request, err))
        return false;
    struct route_match match = router_find(server->router, request->verb, request->target.segments,
                                           request->target.segments_count);
    request->route = match.route;
    request->verbs = match.verbs;
    if (match.route && match.route->body_bytes_max > 0)
        request->body.max = match.route->body_bytes_max;
    return read_announced(request, err);
}

static enum MHD_Result on_headers(struct http_request *request, const char *method,
                                  const char *version)
{
    struct err err;
    request->stage = STAGE_BODY;
    request->verb = verb_parse(method);
    /* The method is text of the client: an unknown one is not repeated anywhere. */
    request->method = verb_name(request->verb);
    bool valid = read_head(request, version, &err);
    if (request->id[0] == '\0')
        make_id(request->server, request);
    if (valid) {
        slow_reading_body(request, 0);
        return MHD_YES;
    }
    request->must_close = true;
    http_reply_err(request, &err);
    return reply_send(request);
}

/* Above a limit the body is read on and dropped, so that the client sees our answer instead of a
 * reset; but not for ever. */
static enum MHD_Result on_body(struct http_request *request, const char *bytes, size_t length)
{
    struct http_server *server = request->server;
    request->body_received += length;
    slow_reading_body(request, request->body_received);
    if (!request->body_too_large && !request->body_refused) {
        request->body_too_large = length > request->body.max - request->body.length;
        request->body_refused = length > BODIES_BYTES_MAX - server->bodies_bytes;
    }
    if (!request->body_too_large && !request->body_refused) {
        str_add_bytes(&request->body, bytes, length);
        server->bodies_bytes += length;
        request->body_counted += length;
        request->body_refused = !str_ok(&request->body);
        return MHD_YES;
    }
    server->bodies_bytes -= request->body_counted;
    request->body_counted = 0;
    str_release(&request->body);
    return request->body_received / (DISCARD_FACTOR + 1) <= request->body.max ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_complete_body(struct http_request *request)
{
    request->stage = STAGE_HANDLER;
    request->is_in_flight = true;
    slow_handling(request);
    atomic_fetch_add(&request->server->in_flight, 1);
    return chain_run(request) ? MHD_YES : reply_send(request);
}

static enum MHD_Result on_return(struct http_request *request)
{
    away_end(request);
    if (atomic_load(&request->away) == AWAY_ABANDONED)
        return reply_send_abandoned(request->connection);
    atomic_store(&request->away, AWAY_NOT);
    return chain_continue(request) ? MHD_YES : reply_send(request);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    (void)user;
    (void)connection;
    (void)url;
    if (!*context)
        return MHD_NO; /* no memory for a request */
    struct http_request *request = CAST_OBJ(struct http_request, *context, HTTP_REQUEST_MAGIC);
    switch (request->stage) {
    case STAGE_HEADERS:
        return on_headers(request, method, version);
    case STAGE_BODY:
        if (*upload_size == 0)
            return on_complete_body(request);
        size_t length = *upload_size;
        *upload_size = 0;
        return on_body(request, upload, length);
    case STAGE_BEFORE:
    case STAGE_HANDLER:
        return on_return(request);
    case STAGE_SENT:
        break;
    }
    return MHD_NO;
}

static void observe(const struct http_request *request, int status)
{
    const struct http_server_spec *spec = &request->server->spec;
    int64_t us = clock_monotonic_us(request->clock) - request->started_us;
    if (spec->observe)
        spec->observe(request->app, request->route, status, us);
    log_debug("request", LOG_STR("request_id", request->id), LOG_STR("method", request->method),
              LOG_STR("path", request->target.path), LOG_I64("status", status), LOG_I64("us", us));
}

static void on_completed(void *user, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = user;
    (void)connection;
    (void)code;
    if (!*context)
        return;
    struct http_request *request = CAST_OBJ(struct http_request, *context, HTTP_REQUEST_MAGIC);
    *context = NULL;
    slow_end(request);
    away_end(request);
    server->bodies_bytes -= request->body_counted;
    bool abandoned = atomic_load(&request->away) == AWAY_ABANDONED;
    if (abandoned)
        observe(request, 503);
    else if (request->is_replied)
        observe(request, request->status);
    if (request->is_in_flight)
        atomic_fetch_sub(&server->in_flight, 1);
    if (abandoned)
        away_let_go(request);
    else
        pool_give(server, request);
}

/* ---- start ---- */

static void fill_limits(struct http_limits *limits)
{
    if (limits->connections_max == 0)
        limits->connections_max = 1200;
    if (limits->connection_bytes == 0)
        limits->connection_bytes = 16 * 1024;
    if (limits->body_bytes_max == 0)
        limits->body_bytes_max = 1024 * 1024;
    if (limits->arena_bytes_max == 0)
        limits->arena_bytes_max = 8 * 1024 * 1024;
    if (limits->workers_queue_max == 0)
        limits->workers_queue_max = 256;
    if (limits->idle_timeout_s == 0)
        limits->idle_timeout_s = 60;
    if (limits->head_timeout_s == 0)
        limits->head_timeout_s = 10;
}

static bool parse_address(const struct http_server_spec *spec, struct sockaddr_in *ret_address,
                          struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(spec->port)};
    if (inet_pton(AF_INET, spec->address, &address.sin_addr) != 1)
        return err_set(err, ERR_CONFIG, "%s is no IPv4 address", spec->address);
    *ret_address = address;
    return true;
}

/* One descriptor a connection: the usual soft limit of 1024 is less than that. */
static bool raise_file_limit(const struct http_limits *limits, struct err *err)
{
    struct rlimit files;
    rlim_t need = limits->connections_max + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= need)
        return true;
    files.rlim_cur = need;
    if (need > files.rlim_max || setrlimit(RLIMIT_NOFILE, &files) != 0)
        return err_set(err, ERR_CONFIG, "%u connections need a limit of %lu open files",
                       limits->connections_max, (unsigned long)need);
    return true;
}

static bool start_daemon(struct http_server *server, struct err *err)
{
    const struct http_limits *limits = &server->limits;
    struct sockaddr_in address;
    if (!parse_address(&server->spec, &address, err))
        return false;
    /* Never MHD_USE_EPOLL: see http.h. */
    server->daemon = MHD_start_daemon(
        MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, server->spec.port, NULL, NULL,
        on_request, server, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        server, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, slow_on_connection, server,
        MHD_OPTION_CONNECTION_LIMIT, limits->connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)limits->connection_bytes, MHD_OPTION_CONNECTION_TIMEOUT, limits->idle_timeout_s,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)LISTEN_BACKLOG,
        /* Its strict checks answer by closing or with a doubled header; ours come after it. */
        MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_END);
    if (!server->daemon)
        return err_set(err, ERR_CONFIG, "can't listen on %s:%u: %s", server->spec.address,
                       server->spec.port, strerror(errno));
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info ? info->port : server->spec.port;
    return true;
}

bool http_server_start(const struct http_server_spec *spec, struct http_server **ret_server,
                       struct err *err)
{
    struct http_server *server = calloc(1, sizeof(*server));
    if (!server)
        return err_set(err, ERR_INTERNAL, "no memory for a server");
    server->spec = *spec;
    server->limits = spec->limits;
    server->listen_fd = server->local.fd = server->local.stop_fd = -1;
    fill_limits(&server->limits);
    random_bytes(&server->id_prefix, sizeof(server->id_prefix));
    pthread_mutex_init(&server->lock, NULL);
    if (!router_new(spec->routes, &server->router, err) ||
        !raise_file_limit(&server->limits, err) || !workers_start(server, err) ||
        !slow_start(server, err) || !start_daemon(server, err) || !local_start(server, err)) {
        http_server_stop(server, 0);
        return false;
    }
    *ret_server = server;
    return true;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

/* ---- stop ---- */

static void sleep_ms(int ms)
{
    struct timespec pause = {.tv_nsec = (long)ms * 1000000};
    nanosleep(&pause, NULL);
}

static void wait_until_zero(atomic_int *count, int deadline_ms)
{
    for (int waited = 0; atomic_load(count) > 0 && waited < deadline_ms; waited += STOP_STEP_MS)
        sleep_ms(STOP_STEP_MS);
}

static void stop_daemon(struct http_server *server, int deadline_ms)
{
    local_stop(server);
    server->listen_fd = MHD_quiesce_daemon(server->daemon);
    wait_until_zero(&server->in_flight, deadline_ms);
    /* Those that wait for a worker are turned away; those that run, end. */
    workers_stop(server);
    away_abandon_all(server);
    wait_until_zero(&server->in_flight, STOP_GRACE_MS);
    /* A connection must not be suspended when its daemon ends. All have been resumed by now, and
     * the loop only has to turn once. */
    while (atomic_load(&server->away) > 0 || atomic_load(&server->resuming) > 0)
        sleep_ms(STOP_STEP_MS);
    MHD_stop_daemon(server->daemon);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
}

void http_server_stop(struct http_server *server, int deadline_ms)
{
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    if (server->daemon)
        stop_daemon(server, deadline_ms);
    workers_stop(server);
    slow_stop(server);
    while (server->pool) {
        struct http_request *request = pool_take(server);
        request_free(request);
    }
    assert(server->deferred == NULL);
    workers_free(server);
    router_free(server->router);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
