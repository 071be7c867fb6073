/*
 * The HTTP client against a server of a few lines in a thread: what it sends, what it takes, and
 * that every call is bounded. The server answers each path in its own way and notes the request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "fetch/fetch.h"

struct server {
    int listener;
    unsigned port, connections;
    pthread_t thread;
    char request[65536]; /* the last one, head and body */
};

struct world {
    struct server server;
    struct fetch *fetch;
    struct str out;
    struct err err;
    char url[128];
};

static void reply(int socket, const char *text)
{
    send(socket, text, strlen(text), MSG_NOSIGNAL);
}

static void reply_large(int socket)
{
    char block[4096];
    memset(block, 'x', sizeof(block));
    reply(socket, "HTTP/1.1 200 OK\r\nContent-Length: 4096000\r\n\r\n");
    for (int i = 0; i < 1000; i++)
        if (send(socket, block, sizeof(block), MSG_NOSIGNAL) < 0)
            return;
}

/* Reads one request; false: the line ended. */
static bool read_request(struct server *server, int socket)
{
    size_t length = 0;
    for (;;) {
        ssize_t count =
            recv(socket, server->request + length, sizeof(server->request) - 1 - length, 0);
        if (count <= 0)
            return false;
        length += (size_t)count;
        server->request[length] = '\0';
        const char *end = strstr(server->request, "\r\n\r\n");
        const char *body_length = strstr(server->request, "Content-Length: ");
        size_t want =
            body_length && end && body_length < end ? strtoul(body_length + 16, NULL, 10) : 0;
        if (end && length >= (size_t)(end + 4 - server->request) + want)
            return true;
    }
}

static bool answer(struct server *server, int socket)
{
    if (strstr(server->request, " /ok "))
        reply(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    else if (strstr(server->request, " /created "))
        reply(socket, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    else if (strstr(server->request, " /missing "))
        reply(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    else if (strstr(server->request, " /moved "))
        reply(socket, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    else if (strstr(server->request, " /large "))
        reply_large(socket);
    else if (strstr(server->request, " /half "))
        return reply(socket, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"), false;
    else if (strstr(server->request, " /slow "))
        return read_request(server, socket); /* until the client has had enough */
    else
        return false;
    return true;
}

static void *serve(void *arg)
{
    struct server *server = arg;
    for (;;) {
        int socket = accept(server->listener, NULL, NULL);
        if (socket < 0)
            return NULL;
        server->connections++;
        while (read_request(server, socket) && answer(server, socket))
            ;
        close(socket);
    }
}

static int world_open(void **state)
{
    static struct world world;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    world = (struct world){.out = STR_INIT(65536)};
    world.server.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(world.server.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(world.server.listener, 8), 0);
    assert_int_equal(getsockname(world.server.listener, (struct sockaddr *)&address, &size), 0);
    world.server.port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&world.server.thread, NULL, serve, &world.server), 0);
    world.fetch = fetch_new();
    assert_non_null(world.fetch);
    *state = &world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    fetch_free(world->fetch);
    shutdown(world->server.listener, SHUT_RDWR);
    pthread_join(world->server.thread, NULL);
    close(world->server.listener);
    str_release(&world->out);
    return 0;
}

static bool run(struct world *world, const char *path, struct fetch_request request, long *status)
{
    snprintf(world->url, sizeof(world->url), "http://127.0.0.1:%u%s", world->server.port, path);
    request.url = world->url;
    str_clear(&world->out);
    *status = 0;
    return fetch_run(world->fetch, &request, status, &world->out, &world->err);
}

static void fetch_run__get__gives_status_and_body_on_one_connection(void **state)
{
    struct world *world = *state;
    long status;
    for (int i = 0; i < 5; i++) {
        assert_true(run(world, "/ok", (struct fetch_request){0}, &status));
        assert_int_equal(status, 200);
        assert_string_equal(world->out.data, "hello");
    }
    assert_int_equal(world->server.connections, 1);
    assert_memory_equal(world->server.request, "GET /ok HTTP/1.1\r\n", 18);
    assert_null(strstr(world->server.request, "Authorization"));
    assert_null(strstr(world->server.request, "Content-Type"));
}

static void fetch_run__post__sends_body_type_and_bearer(void **state)
{
    struct world *world = *state;
    static char body[20000];
    long status;
    memset(body, 'b', sizeof(body));
    assert_true(run(world, "/created",
                    (struct fetch_request){.method = "POST",
                                           .bearer = "abc.def",
                                           .content_type = "application/json",
                                           .body = body,
                                           .body_length = sizeof(body)},
                    &status));
    assert_int_equal(status, 201);
    assert_non_null(strstr(world->server.request, "POST /created"));
    assert_non_null(strstr(world->server.request, "Authorization: Bearer abc.def\r\n"));
    assert_non_null(strstr(world->server.request, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(world->server.request, "Content-Length: 20000\r\n"));
    assert_null(strstr(world->server.request, "Expect"));
    assert_int_equal(strlen(strstr(world->server.request, "\r\n\r\n") + 4), sizeof(body));
    /* What was set for one request is gone with it. */
    assert_true(run(world, "/ok", (struct fetch_request){0}, &status));
    assert_null(strstr(world->server.request, "abc.def"));
    assert_null(strstr(world->server.request, "Content-Length"));
    assert_true(run(world, "/ok", (struct fetch_request){.method = "PUT"}, &status));
    assert_non_null(strstr(world->server.request, "PUT /ok"));
    assert_non_null(strstr(world->server.request, "Content-Length: 0"));
    assert_true(run(world, "/ok", (struct fetch_request){.method = "DELETE"}, &status));
    assert_non_null(strstr(world->server.request, "DELETE /ok"));
}

static void fetch_run__error_status_and_redirect__are_answers(void **state)
{
    struct world *world = *state;
    long status;
    assert_true(run(world, "/missing", (struct fetch_request){0}, &status));
    assert_int_equal(status, 404);
    assert_string_equal(world->out.data, "no");
    assert_true(run(world, "/moved", (struct fetch_request){0}, &status));
    assert_int_equal(status, 302);
}

static void fetch_run__answer_above_the_ceiling__is_refused(void **state)
{
    struct world *world = *state;
    long status;
    assert_false(run(world, "/large", (struct fetch_request){0}, &status));
    assert_int_equal(world->err.code, ERR_PROTOCOL);
    assert_true(world->out.length <= 65536);
}

static void fetch_run__no_or_half_an_answer__is_unavailable(void **state)
{
    struct world *world = *state;
    long status;
    assert_false(run(world, "/half", (struct fetch_request){0}, &status));
    assert_int_equal(world->err.code, ERR_PEER_UNAVAILABLE);
    assert_false(run(world, "/close?token=secret", (struct fetch_request){0}, &status));
    assert_int_equal(world->err.code, ERR_PEER_UNAVAILABLE);
    assert_null(strstr(world->err.what, "secret"));
    assert_false(run(world, "/slow", (struct fetch_request){.timeout_ms = 200}, &status));
    assert_int_equal(world->err.code, ERR_PEER_UNAVAILABLE);
    assert_int_equal(status, 0);
    struct fetch_request nobody = {.url = "http://127.0.0.1:1/"};
    assert_false(fetch_run(world->fetch, &nobody, &status, &world->out, &world->err));
    assert_int_equal(world->err.code, ERR_PEER_UNAVAILABLE);
}

static void fetch_run__what_must_not_be_sent__is_not(void **state)
{
    struct world *world = *state;
    long status;
    assert_false(run(world, "/ok", (struct fetch_request){.bearer = "a\r\nX-Evil: 1"}, &status));
    assert_int_equal(world->err.code, ERR_INTERNAL);
    struct fetch_request file = {.url = "file:///etc/passwd"};
    assert_false(fetch_run(world->fetch, &file, &status, &world->out, &world->err));
    assert_int_equal(world->err.code, ERR_CONFIG);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    assert_true(run(world, "/ok", (struct fetch_request){0}, &status));
    unsetenv("http_proxy");
    assert_int_equal(status, 200);
}

static void fetch_run__public_only__calls_no_host_of_ours(void **state)
{
    struct world *world = *state;
    static const char *const closed[] = {
        "http://10.1.2.3/",           "http://172.16.0.1/", "http://192.168.1.1/",
        "http://169.254.169.254/",    "http://100.64.0.1/", "http://0.0.0.0/",
        "http://localhost/",          "http://[::1]/",      "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://[2002:7f00:1::]/"};
    long status;
    assert_false(run(world, "/ok", (struct fetch_request){.public_only = true}, &status));
    assert_int_equal(world->err.code, ERR_PEER_UNAVAILABLE);
    assert_int_equal(world->server.connections, 0);
    /* Not even by a connection that was there before. */
    assert_true(run(world, "/ok", (struct fetch_request){0}, &status));
    assert_false(run(world, "/ok", (struct fetch_request){.public_only = true}, &status));
    for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
        struct fetch_request request = {
            .url = closed[i], .public_only = true, .connect_timeout_ms = 60000};
        int64_t started_us = clock_monotonic_us(&clock_real);
        assert_false(fetch_run(world->fetch, &request, &status, &world->out, &world->err));
        assert_true(clock_monotonic_us(&clock_real) - started_us < 30000000);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(fetch_run__get__gives_status_and_body_on_one_connection),
        TEST(fetch_run__post__sends_body_type_and_bearer),
        TEST(fetch_run__error_status_and_redirect__are_answers),
        TEST(fetch_run__answer_above_the_ceiling__is_refused),
        TEST(fetch_run__no_or_half_an_answer__is_unavailable),
        TEST(fetch_run__what_must_not_be_sent__is_not),
        TEST(fetch_run__public_only__calls_no_host_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
