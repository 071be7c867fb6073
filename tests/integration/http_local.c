/* The Unix socket of a server: who is there first, what lies in its place, and that it is gone at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/http.h"

static char path[64];

static void greet(struct http_request *request)
{
    http_reply_text(request, 200, "{}", 2);
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/hello", .mode = HTTP_INLINE, .handler = greet},
    {.method = NULL},
};

static int setup(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/http-local-%d.sock", getpid());
    unlink(path);
    return 0;
}

static bool start(const char *where, struct http_server **ret_server, struct err *err)
{
    struct http_server_spec spec = {
        .address = "127.0.0.1", .local_socket = where, .routes = routes, .clock = &clock_real};
    return http_server_start(&spec, ret_server, err);
}

static int open_local(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* Two requests on one connection, as an edge keeps it. */
static void assert_serves(void)
{
    static const char question[] = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    int fd = open_local();
    for (int i = 0; i < 2; i++) {
        char answer[1024] = "";
        size_t got = 0;
        assert_int_equal(send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL),
                         sizeof(question) - 1);
        while (!strstr(answer, "\r\n\r\n{}")) {
            ssize_t more = recv(fd, answer + got, sizeof(answer) - 1 - got, 0);
            assert_true(more > 0);
            got += (size_t)more;
            answer[got] = '\0';
        }
        assert_memory_equal(answer, "HTTP/1.1 200", 12);
    }
    close(fd);
}

static void http_local__requests__served_and_socket_gone_at_the_end(void **state)
{
    struct http_server *server;
    struct err err;
    (void)state;
    assert_true(start(path, &server, &err));
    assert_serves();
    http_server_stop(server, 2000);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void http_local__socket_of_a_killed_process__replaced(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct http_server *server;
    struct err err;
    (void)state;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd); /* the file stays */
    assert_true(start(path, &server, &err));
    assert_serves();
    http_server_stop(server, 2000);
}

static void http_local__another_process_listens__refused(void **state)
{
    struct http_server *first, *second;
    struct err err;
    (void)state;
    assert_true(start(path, &first, &err));
    assert_false(start(path, &second, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.what, "another process"));
    assert_serves();
    http_server_stop(first, 2000);
}

static void http_local__a_file_that_is_no_socket__left_alone(void **state)
{
    struct http_server *server;
    struct err err;
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_false(start(path, &server, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

static void http_local__path_too_long__told(void **state)
{
    char longer[200];
    struct http_server *server;
    struct err err;
    (void)state;
    memset(longer, 'x', sizeof(longer));
    longer[0] = '/';
    longer[sizeof(longer) - 1] = '\0';
    assert_false(start(longer, &server, &err));
    assert_non_null(strstr(err.what, "107"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(http_local__requests__served_and_socket_gone_at_the_end, setup),
        cmocka_unit_test_setup(http_local__socket_of_a_killed_process__replaced, setup),
        cmocka_unit_test_setup(http_local__another_process_listens__refused, setup),
        cmocka_unit_test_setup(http_local__a_file_that_is_no_socket__left_alone, setup),
        cmocka_unit_test_setup(http_local__path_too_long__told, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
