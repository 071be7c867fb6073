/* Clients that are slow on purpose are cut off; the merely slow, and all others, are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "http/http.h"
#include "tests/integration/http_client.h"

enum { SLOW_CLIENTS = 300, LARGE_BYTES = 8000000 };

struct world {
    struct http_server *server;
    uint16_t port;
};

static void answer(struct http_request *request)
{
    size_t length;
    const char *body = http_body(request, &length);
    http_reply_text(request, 200, body, length);
}

static void answer_large(struct http_request *request)
{
    struct str *out = http_reply_builder(request);
    char *room = str_reserve(out, LARGE_BYTES);
    assert_non_null(room);
    memset(room, 'x', LARGE_BYTES);
    out->length = LARGE_BYTES;
    http_reply_built(request, 200);
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/", .handler = answer},
    {.method = "GET", .path = "/", .handler = answer},
    {.method = "GET", .path = "/large", .handler = answer_large},
    {.method = NULL},
};

static int world_open(void **state)
{
    static struct world world;
    struct err err;
    struct rlimit files;
    struct http_server_spec spec = {.address = "127.0.0.1",
                                    .routes = routes,
                                    .clock = &clock_real,
                                    .limits = {.idle_timeout_s = 2, .head_timeout_s = 1}};
    *state = &world;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
    setrlimit(RLIMIT_NOFILE, &files);
    if (!http_server_start(&spec, &world.server, &err))
        return -1;
    world.port = http_server_port(world.server);
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    http_server_stop(world->server, 1000);
    return 0;
}

static int64_t now_ms(void)
{
    return clock_monotonic_us(&clock_real) / 1000;
}

/* A server that is late because other programs run is no failure: only that it closes, and not early. */
enum { LATEST_MS = 30000, TRICKLES = 400, FAIR_PAUSE_MS = 500 };

/* Sends `text` byte by byte; the milliseconds until the server closed, or -1 if it answered. */
static int64_t trickle(struct world *world, const char *head, size_t bytes, int pause_ms)
{
    struct client client;
    int64_t start_ms = now_ms(), closed_ms = -1;
    assert_true(client_open(&client, world->port));
    client_send_text(&client, head);
    for (size_t i = 0; i < bytes; i++) {
        if (client_read(&client, pause_ms) == 0) {
            closed_ms = now_ms() - start_ms;
            break;
        }
        client_send(&client, "x", 1);
    }
    client_close(&client);
    return closed_ms;
}

static void http__slow_headers__are_cut_off(void **state)
{
    int64_t closed_ms = trickle(*state, "GET / HTTP/1.1\r\nHost: a\r\nX: ", TRICKLES, 100);
    assert_in_range(closed_ms, 900, LATEST_MS);
    closed_ms = trickle(*state, "GET /", TRICKLES, 100);
    assert_in_range(closed_ms, 900, LATEST_MS);
}

static void http__slow_body__is_cut_off(void **state)
{
    int64_t closed_ms = trickle(
        *state, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", TRICKLES, 100);
    assert_in_range(closed_ms, 900, LATEST_MS);
}

/* Sends a body in pieces. `ret_longest_ms`: of the pauses between them, as they came out. */
static bool is_served_in_pieces(struct world *world, int64_t *ret_longest_ms)
{
    static const char piece[512] = {'x'};
    struct client client;
    struct answer answer_read;
    bool is_good = client_open(&client, world->port);
    int64_t sent_ms = now_ms();
    *ret_longest_ms = 0;
    client_send_text(&client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7680\r\n\r\n");
    for (int i = 0; is_good && i < 15; i++) {
        is_good = client_send(&client, piece, sizeof(piece));
        if (now_ms() - sent_ms > *ret_longest_ms)
            *ret_longest_ms = now_ms() - sent_ms;
        sent_ms = now_ms();
        usleep(200000);
    }
    is_good = is_good && client_answer(&client, false, &answer_read) && answer_read.status == 200;
    client_close(&client);
    return is_good;
}

static void http__body_at_a_fair_pace__is_served(void **state)
{
    int64_t longest_ms = FAIR_PAUSE_MS + 1;
    bool is_served = false;
    /* A client that was kept from its pace by other programs proves nothing. */
    for (int tries = 0; !is_served && longest_ms > FAIR_PAUSE_MS && tries < 10; tries++)
        is_served = is_served_in_pieces(*state, &longest_ms);
    assert_true(is_served);
}

static void http__client_that_does_not_read__is_cut_off(void **state)
{
    struct world *world = *state;
    struct client client;
    struct answer answer_read;
    bool is_cut_off = false;
    for (int wait_ms = 4500; !is_cut_off && wait_ms < LATEST_MS; wait_ms *= 2) {
        assert_true(client_open(&client, world->port));
        client_send_text(&client, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        usleep((useconds_t)wait_ms * 1000);
        is_cut_off = !client_answer(&client, false, &answer_read);
        client_close(&client);
    }
    assert_true(is_cut_off);
}

static void http__idle_connection__is_closed_after_its_time(void **state)
{
    struct world *world = *state;
    struct client client;
    struct answer answer_read;
    assert_true(client_open(&client, world->port));
    client_send_text(&client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(client_answer(&client, false, &answer_read));
    int64_t start_ms = now_ms();
    assert_true(client_is_closed(&client));
    assert_in_range(now_ms() - start_ms, 900, LATEST_MS);
    client_close(&client);
}

static void http__among_many_slow_clients__others_are_served_at_once(void **state)
{
    static struct client slow[SLOW_CLIENTS];
    struct world *world = *state;
    int closed = 0, slow_answers = 0;
    for (int i = 0; i < SLOW_CLIENTS; i++) {
        assert_true(client_open(&slow[i], world->port));
        client_send_text(&slow[i], "GET / HTTP/1.1\r\nX: ");
    }
    for (int i = 0; i < 200; i++) {
        struct client client;
        struct answer answer_read;
        int64_t start_ms = now_ms();
        assert_true(client_open(&client, world->port));
        client_send_text(&client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_true(client_answer(&client, false, &answer_read));
        slow_answers += now_ms() - start_ms > 500;
        client_close(&client);
        client_send(&slow[i], "x", 1);
    }
    for (int i = 0; i < SLOW_CLIENTS; i++) {
        closed += client_read(&slow[i], LATEST_MS) == 0;
        client_close(&slow[i]);
    }
    assert_int_equal(closed, SLOW_CLIENTS);
    assert_in_range(slow_answers, 0, 100); /* by accident, not as a rule */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http__slow_headers__are_cut_off),
        cmocka_unit_test(http__slow_body__is_cut_off),
        cmocka_unit_test(http__body_at_a_fair_pace__is_served),
        cmocka_unit_test(http__client_that_does_not_read__is_cut_off),
        cmocka_unit_test(http__idle_connection__is_closed_after_its_time),
        cmocka_unit_test(http__among_many_slow_clients__others_are_served_at_once),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
