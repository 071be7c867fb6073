/*
 * Deferred requests at the connection counts where libmicrohttpd's epoll mode stalled for good (128
 * and 256), and around them, by TCP and by the Unix socket. Each connection asks again as soon as it has its answer; another
 * thread resumes what waits in batches. A run in which nothing moves for some seconds has stalled.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/queue.h"
#include "http/http.h"

enum { CONNECTIONS_MAX = 1000, ROUNDS = 30, STALL_MS = 60000, BATCH_MAX = 2048 };

static const char question[] =
    "POST /orders HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    "Content-Length: 14\r\n\r\n{\"volume\":0.5}";

struct order {
    struct param_dec volume;
};

static const struct param order_params[] = {
    {.name = "volume",
     .kind = PARAM_DEC,
     .offset = offsetof(struct order, volume),
     .flags = PARAM_REQUIRED | PARAM_POSITIVE},
    PARAM_END,
};

struct world {
    struct http_server *server;
    struct queue *queue;
    pthread_t writer;
    int batch_us; /* what a batch costs */
    char socket_path[64];
};

static void defer(struct http_request *request)
{
    struct world *world = http_app(request);
    http_defer(request);
    bool pushed = queue_push(world->queue, request);
    assert(pushed);
}

static void finish(struct http_request *request)
{
    http_reply_text(request, 201, "{}", 2);
}

static const struct http_route routes[] = {
    {.method = "POST",
     .path = "/orders",
     .mode = HTTP_DEFERRED,
     .handler = defer,
     .finish = finish,
     .params = order_params,
     .params_size = sizeof(struct order)},
    {.method = NULL},
};

static void *resume_batches(void *user)
{
    struct world *world = user;
    static void *items[BATCH_MAX];
    size_t count;
    while ((count = queue_drain(world->queue, items, BATCH_MAX, 60000)) > 0) {
        if (world->batch_us > 0)
            usleep((useconds_t)world->batch_us);
        for (size_t i = 0; i < count; i++)
            http_resume(items[i]);
    }
    return NULL;
}

static int world_open(void **state)
{
    static struct world world;
    struct rlimit files = {.rlim_cur = 4096, .rlim_max = 4096};
    struct err err;
    *state = &world;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
    setrlimit(RLIMIT_NOFILE, &files);
    snprintf(world.socket_path, sizeof(world.socket_path), "/tmp/http-connections-%d.sock",
             getpid());
    struct http_server_spec spec = {.address = "127.0.0.1",
                                    .local_socket = world.socket_path,
                                    .routes = routes,
                                    .clock = &clock_real,
                                    .app = &world};
    world.queue = queue_new(BATCH_MAX);
    if (!world.queue || pthread_create(&world.writer, NULL, resume_batches, &world) != 0)
        return -1;
    return http_server_start(&spec, &world.server, &err) ? 0 : -1;
}

static int world_close(void **state)
{
    struct world *world = *state;
    http_server_stop(world->server, 2000);
    queue_close(world->queue);
    pthread_join(world->writer, NULL);
    queue_free(world->queue);
    return 0;
}

/* ---- the client: all connections in one poll loop ---- */

struct connection {
    size_t got;
    int answered;
    char in[1024];
};

static int open_connection(const struct sockaddr *address, socklen_t length)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, address, length), 0);
    return fd;
}

static int open_tcp(const struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_server_port(world->server))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return open_connection((const struct sockaddr *)&address, sizeof(address));
}

static int open_local(const struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, world->socket_path, strlen(world->socket_path));
    return open_connection((const struct sockaddr *)&address, sizeof(address));
}

static void send_question(int fd)
{
    assert_int_equal(send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL), sizeof(question) - 1);
}

/* Reads; true: a whole answer has come. */
static bool read_answer(int fd, struct connection *connection)
{
    ssize_t got = recv(fd, connection->in + connection->got,
                       sizeof(connection->in) - 1 - connection->got, MSG_DONTWAIT);
    assert_true(got > 0);
    connection->got += (size_t)got;
    connection->in[connection->got] = '\0';
    const char *end = strstr(connection->in, "\r\n\r\n");
    if (!end || connection->got < (size_t)(end - connection->in) + 6)
        return false;
    assert_memory_equal(connection->in, "HTTP/1.1 201", 12);
    connection->got = 0;
    connection->answered++;
    return true;
}

static void run(struct world *world, size_t count, int batch_us,
                int (*open)(const struct world *world))
{
    static struct connection connections[CONNECTIONS_MAX];
    static struct pollfd waits[CONNECTIONS_MAX];
    size_t left = count * ROUNDS;
    world->batch_us = batch_us;
    memset(connections, 0, sizeof(connections));
    for (size_t i = 0; i < count; i++) {
        waits[i].fd = open(world);
        waits[i].events = POLLIN;
    }
    for (size_t i = 0; i < count; i++)
        send_question(waits[i].fd);
    while (left > 0) {
        if (poll(waits, count, STALL_MS) <= 0)
            fail_msg("%zu connections: nothing moves, %zu answers are missing", count, left);
        for (size_t i = 0; i < count; i++) {
            if (!waits[i].revents || !read_answer(waits[i].fd, &connections[i]))
                continue;
            left--;
            if (connections[i].answered < ROUNDS)
                send_question(waits[i].fd);
        }
    }
    for (size_t i = 0; i < count; i++)
        close(waits[i].fd);
}

static void http_resume__any_number_of_connections__never_stalls(void **state)
{
    static const size_t counts[] = {1, 2, 64, 100, 127, 128, 129, 160, 255, 256, 257, 700, 1000};
    static const int batch_us[] = {0, 200, 2000};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        for (size_t k = 0; k < ARRAY_LEN(batch_us); k++)
            run(*state, counts[i], batch_us[k], open_tcp);
}

static void http_resume__any_number_of_local_connections__never_stalls(void **state)
{
    static const size_t counts[] = {1, 64, 128, 256, 1000};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        run(*state, counts[i], 200, open_local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(http_resume__any_number_of_connections__never_stalls,
                                        world_open, world_close),
        cmocka_unit_test_setup_teardown(http_resume__any_number_of_local_connections__never_stalls,
                                        world_open, world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
