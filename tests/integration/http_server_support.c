#include "tests/integration/http_world.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct numbers {
    int64_t a;
    const char *text, *user;
    size_t list_count;
};

static const struct json_field number_fields[] = {
    {"a", JSON_I64, offsetof(struct numbers, a)},
    {"text", JSON_TEXT, offsetof(struct numbers, text), JSON_OMIT_EMPTY},
    {"user", JSON_TEXT, offsetof(struct numbers, user), JSON_OMIT_EMPTY},
    {NULL},
};

struct echo {
    struct param_i64 a;
    const char *text;
    struct param_bool hold;
};

static const struct param echo_params[] = {
    {.name = "a", .kind = PARAM_I64, .offset = offsetof(struct echo, a), .flags = PARAM_REQUIRED},
    {.name = "text", .kind = PARAM_TEXT, .offset = offsetof(struct echo, text)},
    PARAM_END,
};

static const struct param hold_params[] = {
    {.name = "hold", .kind = PARAM_BOOL, .offset = offsetof(struct echo, hold)},
    {.name = "text", .kind = PARAM_TEXT, .offset = offsetof(struct echo, text)},
    PARAM_END,
};

static void pause_ms(int ms)
{
    struct timespec pause = {.tv_nsec = (long)ms * 1000000};
    nanosleep(&pause, NULL);
}

/* ---- handlers ---- */

static void show(struct http_request *request)
{
    struct numbers numbers = {.a = 1, .user = http_user(request)};
    http_reply_object(request, number_fields, &numbers);
}

static void echo(struct http_request *request)
{
    const struct echo *echo = http_params(request);
    struct numbers numbers = {.a = echo->a.value, .text = echo->text};
    http_reply_object(request, number_fields, &numbers);
}

static void raw(struct http_request *request)
{
    struct numbers numbers = {.a = 0};
    size_t length;
    http_body(request, &length);
    numbers.a = (int64_t)length;
    http_reply_object(request, number_fields, &numbers);
}

static void add_header(struct http_request *request)
{
    const struct echo *echo = http_params(request);
    http_reply_header(request, "X-Value", echo->text ? echo->text : "");
    http_reply_text(request, 202, "\"ok\"", 4);
}

static void forget(struct http_request *request)
{
    (void)request;
}

static void reply_bytes(struct http_request *request, size_t length)
{
    struct str *out = http_reply_builder(request);
    str_add_char(out, '"');
    for (size_t i = 0; i < length / 10; i++)
        str_add(out, "0123456789");
    str_add_char(out, '"');
    http_reply_built(request, 200);
}

static void large(struct http_request *request)
{
    reply_bytes(request, LARGE_BYTES);
}

static void huge(struct http_request *request)
{
    reply_bytes(request, 20000000);
}

static void wait_released(struct world *world)
{
    atomic_fetch_add(&world->held, 1);
    pthread_mutex_lock(&world->lock);
    while (world->is_held)
        pthread_cond_wait(&world->released, &world->lock);
    pthread_mutex_unlock(&world->lock);
    atomic_fetch_sub(&world->held, 1);
}

static void work(struct http_request *request)
{
    const struct echo *echo = http_params(request);
    assert(http_is_on_worker(request) && http_worker_state(request));
    if (echo->hold.value)
        wait_released(http_app(request));
    show(request);
}

static void defer(struct http_request *request)
{
    struct world *world = http_app(request);
    struct err err;
    http_defer(request);
    if (queue_push(world->deferred, request))
        return;
    err_set(&err, ERR_TOO_MANY, "full");
    http_reply_err(request, &err);
    http_resume(request);
}

static void finish(struct http_request *request)
{
    struct world *world = http_app(request);
    atomic_fetch_add(&world->finishes, 1);
    show(request);
}

static void *write_deferred(void *user)
{
    struct world *world = user;
    void *items[64];
    while (!queue_is_closed(world->deferred) || queue_length(world->deferred) > 0) {
        size_t count = queue_drain(world->deferred, items, 64, 100);
        for (size_t i = 0; i < count; i++) {
            const struct echo *echo = http_params(items[i]);
            if (echo->hold.value)
                wait_released(world);
            http_set_user(items[i], "writer");
            http_resume(items[i]);
        }
    }
    return NULL;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/inline", .handler = show},
    {.method = "PUT", .path = "/inline", .handler = show},
    {.method = "POST",
     .path = "/echo",
     .handler = echo,
     .params = echo_params,
     .params_size = sizeof(struct echo),
     .class_name = "test.echo"},
    {.method = "POST", .path = "/raw", .handler = raw},
    {.method = "GET",
     .path = "/header",
     .handler = add_header,
     .params = hold_params,
     .params_size = sizeof(struct echo)},
    {.method = "GET", .path = "/forget", .handler = forget},
    {.method = "GET", .path = "/large", .handler = large},
    {.method = "GET", .path = "/huge", .handler = huge},
    {.method = "GET",
     .path = "/work",
     .mode = HTTP_WORKER,
     .handler = work,
     .params = hold_params,
     .params_size = sizeof(struct echo)},
    {.method = "GET", .path = "/forget/work", .mode = HTTP_WORKER, .handler = forget},
    {.method = "GET",
     .path = "/defer",
     .mode = HTTP_DEFERRED,
     .handler = defer,
     .finish = finish,
     .params = hold_params,
     .params_size = sizeof(struct echo)},
    {.method = "GET", .path = "/private", .handler = show, .access = 1},
    {.method = "GET", .path = "/private/work", .mode = HTTP_WORKER, .handler = show, .access = 1},
    {.method = "GET",
     .path = "/private/defer",
     .mode = HTTP_DEFERRED,
     .handler = defer,
     .finish = finish,
     .params = hold_params,
     .params_size = sizeof(struct echo),
     .access = 1},
    {.method = NULL},
};

/* ---- hooks ---- */

/* "Bearer slow" is a member that must be looked up first. */
static bool before(struct http_request *request, const struct http_route *route, struct err *err)
{
    const char *token = http_header(request, "Authorization");
    if (!route->access)
        return true;
    if (!token)
        return err_set(err, ERR_UNAUTHENTICATED, "no token");
    if (strcmp(token, "Bearer slow") == 0 && !http_is_on_worker(request))
        return http_move_to_worker(request, err);
    if (strcmp(token, "Bearer slow and wrong") == 0)
        return http_is_on_worker(request) ? err_set(err, ERR_UNAUTHENTICATED, "unknown")
                                          : http_move_to_worker(request, err);
    char *user = arena_strdup(http_arena(request), token);
    http_set_user(request, user);
    return true;
}

static bool permit(struct http_request *request, const struct http_route *route, struct err *err)
{
    const char *user = http_user(request);
    if (route->access && strcmp(user, "Bearer guest") == 0)
        return err_set(err, ERR_FORBIDDEN, "guest");
    return true;
}

static bool unknown(struct http_request *request, const struct http_route *route, struct err *err)
{
    assert(!route);
    if (strncmp(http_path_of(request), "/private/", 9) == 0 &&
        !http_header(request, "Authorization"))
        return err_set(err, ERR_UNAUTHENTICATED, "no token");
    return true;
}

static void observe(void *app, const struct http_route *route, int status, int64_t us)
{
    struct world *world = app;
    (void)route;
    assert(status >= 200 && us >= 0);
    atomic_fetch_add(&world->observed, 1);
}

static void *worker_open(void *app)
{
    struct world *world = app;
    atomic_fetch_add(&world->worker_states, 1);
    return world;
}

static void worker_close(void *app, void *state)
{
    struct world *world = state;
    assert(app == state);
    atomic_fetch_sub(&world->worker_states, 1);
}

/* ---- the world ---- */

int world_open(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct err err;
    *state = world;
    if (!world)
        return -1;
    struct http_server_spec spec = {
        .address = "127.0.0.1",
        .routes = routes,
        .clock = &clock_real,
        .app = world,
        .before = before,
        .permit = permit,
        .unknown = unknown,
        .observe = observe,
        .worker_open = worker_open,
        .worker_close = worker_close,
        .limits = {.workers = WORLD_WORKERS,
                   .workers_queue_max = WORLD_QUEUE,
                   .connections_max = WORLD_CONNECTIONS},
    };
    pthread_mutex_init(&world->lock, NULL);
    pthread_cond_init(&world->released, NULL);
    world->deferred = queue_new(1024);
    if (!world->deferred || pthread_create(&world->writer, NULL, write_deferred, world) != 0)
        return -1;
    if (!http_server_start(&spec, &world->server, &err))
        return -1;
    world->port = http_server_port(world->server);
    return 0;
}

void world_hold(struct world *world)
{
    pthread_mutex_lock(&world->lock);
    world->is_held = true;
    pthread_mutex_unlock(&world->lock);
}

void world_release(struct world *world)
{
    pthread_mutex_lock(&world->lock);
    world->is_held = false;
    pthread_cond_broadcast(&world->released);
    pthread_mutex_unlock(&world->lock);
}

void world_wait_held(struct world *world, int count)
{
    for (int i = 0; i < 60000 && atomic_load(&world->held) != count; i++)
        pause_ms(1);
    assert(atomic_load(&world->held) == count);
}

void world_stop_server(struct world *world, int deadline_ms)
{
    http_server_stop(world->server, deadline_ms);
    world->server = NULL;
}

int world_close(void **state)
{
    struct world *world = *state;
    world_stop_server(world, 2000);
    world_release(world);
    queue_close(world->deferred);
    pthread_join(world->writer, NULL);
    queue_free(world->deferred);
    assert(atomic_load(&world->worker_states) == 0);
    pthread_cond_destroy(&world->released);
    pthread_mutex_destroy(&world->lock);
    free(world);
    return 0;
}
