/* The HTTP server over real sockets: answers, bodies, limits, hooks, modes, and the orderly end. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/auto.h"
#include "log/log.h"
#include "tests/integration/http_client.h"
#include "tests/integration/http_world.h"

/* One request on a connection of its own. */
static struct answer ask(struct world *world, const char *line, const char *headers,
                         const char *body)
{
    struct answer answer = {.status = 0};
    if (!client_ask(world->port, line, headers, body, &answer))
        fail_msg("no answer to: %.200s", line);
    return answer;
}

static void assert_answer(const struct answer *answer, int status, const char *body)
{
    assert_string_equal(answer->body, body);
    assert_int_equal(answer->status, status);
}

#define JSON "Content-Type: application/json\r\n"
#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static void http__modes__answer_alike(void **state)
{
    struct world *world = *state;
    struct answer answer = ask(world, "GET /inline", "", "");
    assert_answer(&answer, 200, "{\"a\":1}");
    assert_string_equal(answer_header(&answer, "Content-Type"), "application/json");
    answer = ask(world, "GET /work", "", "");
    assert_answer(&answer, 200, "{\"a\":1}");
    answer = ask(world, "GET /defer", "", "");
    assert_answer(&answer, 200, "{\"a\":1,\"user\":\"writer\"}");
    assert_int_equal(atomic_load(&world->finishes), 1);
    answer = ask(world, "PUT /inline/", "", "");
    assert_answer(&answer, 200, "{\"a\":1}");
}

static void http__verbs__follow_the_contract(void **state)
{
    struct world *world = *state;
    struct answer answer = ask(world, "POST /inline", "", "");
    assert_answer(&answer, 405, "{\"errors\":\"server.method_not_allowed\"}");
    assert_string_equal(answer_header(&answer, "Allow"), "OPTIONS, HEAD, GET, PUT");
    answer = ask(world, "TRACE /inline", "", "");
    assert_int_equal(answer.status, 405);
    answer = ask(world, "HEAD /inline", "", "");
    assert_answer(&answer, 200, "");
    assert_string_equal(answer_header(&answer, "Content-Length"), "7");
    answer = ask(world, "OPTIONS /inline", "", "");
    assert_answer(&answer, 204, "");
    assert_string_equal(answer_header(&answer, "Allow"), "OPTIONS, HEAD, GET, PUT");
    answer = ask(world, "OPTIONS *", "", "");
    assert_int_equal(answer.status, 204);
    answer = ask(world, "GET /nothing", "", "");
    assert_answer(&answer, 404, "404 Not Found");
    assert_string_equal(answer_header(&answer, "Content-Type"), "text/plain");
}

static void http__bodies__json_form_or_neither(void **state)
{
    static const struct {
        const char *headers, *body, *answer;
        int status;
    } rows[] = {
        {JSON, "{\"a\":5,\"text\":\"x\"}", "{\"a\":5,\"text\":\"x\"}", 201},
        {"Content-Type: application/json; charset=utf-8\r\n", "{\"a\":5}", "{\"a\":5}", 201},
        {FORM, "a=5&text=%C3%A9+b", "{\"a\":5,\"text\":\"\xc3\xa9 b\"}", 201},
        {"", "{\"a\":5}", "{\"a\":5}", 201},
        {"", "a=5", "{\"a\":5}", 201},
        {JSON, "", "{\"errors\":[\"test.echo.missing_a\"]}", 422},
        {FORM, "a=x", "{\"errors\":[\"invalid\"]}", 422},
        {JSON, "[1]", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {JSON, "\"a\"", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {JSON, "{\"a\":5", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {JSON, "{\"a\":5,\"a\":6}", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {JSON, "{\"a\":5,\"text\":\"\xe0\"}", "{\"errors\":\"server.method.invalid_message_body\"}",
         400},
        {FORM, "a=%zz", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {FORM, "a=5&text=%E0", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {FORM, "a=5&text=%00", "{\"errors\":\"server.method.invalid_message_body\"}", 400},
        {"Content-Type: text/plain\r\n", "a=5", "{\"errors\":[\"test.echo.missing_a\"]}", 422},
        {"Content-Type: multipart/form-data; boundary=x\r\n", "--x--",
         "{\"errors\":[\"test.echo.missing_a\"]}", 422},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct answer answer = ask(world, "POST /echo", rows[i].headers, rows[i].body);
        assert_answer(&answer, rows[i].status, rows[i].answer);
    }
    struct answer answer = ask(world, "POST /echo?a=1&text=q", FORM, "a=2");
    assert_answer(&answer, 201, "{\"a\":2,\"text\":\"q\"}");
    answer = ask(world, "POST /raw", JSON, "[1,");
    assert_answer(&answer, 201, "{\"a\":3}");
    answer = ask(world, "GET /inline", JSON, "{broken");
    assert_answer(&answer, 200, "{\"a\":1}");
    static const char chunked[] =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" JSON
        "\r\n4\r\n{\"a\"\r\n3;x=y\r\n:7}\r\n0\r\nX-Trailer: 1\r\n\r\n";
    assert_true(client_ask_bytes(world->port, chunked, sizeof(chunked) - 1, &answer));
    assert_answer(&answer, 201, "{\"a\":7}");
}

static void http__request_id__is_echoed_if_it_is_clean(void **state)
{
    static const char *const wrong[] = {"a b", "a\"b", "a/b", "\xc3\xa9", ""};
    struct world *world = *state;
    char headers[256];
    struct answer answer = ask(world, "GET /inline", "X-Request-Id: Ab-9_z.7\r\n", "");
    assert_string_equal(answer_header(&answer, "X-Request-Id"), "Ab-9_z.7");
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        snprintf(headers, sizeof(headers), "X-Request-Id: %s\r\n", wrong[i]);
        answer = ask(world, "GET /inline", headers, "");
        assert_int_equal(answer.status, 200);
        const char *id = answer_header(&answer, "X-Request-Id");
        assert_true(id && strcmp(id, wrong[i]) != 0 && strlen(id) > 8);
    }
    snprintf(headers, sizeof(headers), "X-Request-Id: %064d\r\n", 7);
    answer = ask(world, "GET /inline", headers, "");
    assert_int_equal(strlen(answer_header(&answer, "X-Request-Id")), 64);
    snprintf(headers, sizeof(headers), "X-Request-Id: %065d\r\n", 7);
    answer = ask(world, "GET /inline", headers, "");
    assert_true(strlen(answer_header(&answer, "X-Request-Id")) < 64);
}

static void http__hooks__decide_in_order(void **state)
{
    struct world *world = *state;
    struct answer answer = ask(world, "GET /private?hold=x", "", "");
    assert_answer(&answer, 401, "{\"errors\":[\"jwt.decode_and_verify\"]}");
    answer = ask(world, "GET /private", "Authorization: Bearer guest\r\n", "");
    assert_answer(&answer, 403, "{\"errors\":[\"user.ability.not_permitted\"]}");
    answer = ask(world, "GET /private/defer?hold=x", "Authorization: Bearer guest\r\n", "");
    assert_int_equal(answer.status, 422);
    answer = ask(world, "GET /private", "Authorization: Bearer me\r\n", "");
    assert_answer(&answer, 200, "{\"a\":1,\"user\":\"Bearer me\"}");
    answer = ask(world, "GET /private/nothing", "", "");
    assert_int_equal(answer.status, 401);
    answer = ask(world, "GET /private/nothing", "Authorization: x\r\n", "");
    assert_int_equal(answer.status, 404);
}

static void http_move_to_worker__before__runs_there_and_comes_back(void **state)
{
    static const char slow[] = "Authorization: Bearer slow\r\n";
    struct world *world = *state;
    struct answer answer = ask(world, "GET /private", slow, "");
    assert_answer(&answer, 200, "{\"a\":1,\"user\":\"Bearer slow\"}");
    answer = ask(world, "GET /private/work", slow, "");
    assert_answer(&answer, 200, "{\"a\":1,\"user\":\"Bearer slow\"}");
    answer = ask(world, "GET /private/defer", slow, "");
    assert_answer(&answer, 200, "{\"a\":1,\"user\":\"writer\"}");
    answer = ask(world, "GET /private", "Authorization: Bearer slow and wrong\r\n", "");
    assert_int_equal(answer.status, 401);
}

static void http__bad_handlers__still_give_an_answer(void **state)
{
    struct world *world = *state;
    struct answer answer = ask(world, "GET /forget", "", "");
    assert_answer(&answer, 500, "{\"errors\":[\"server.internal_error\"]}");
    answer = ask(world, "GET /forget/work", "", "");
    assert_answer(&answer, 500, "{\"errors\":[\"server.internal_error\"]}");
    answer = ask(world, "GET /huge", "", "");
    assert_answer(&answer, 500, "{\"errors\":[\"server.internal_error\"]}");
    answer = ask(world, "GET /large", "", "");
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body_length, LARGE_BYTES + 2);
}

static void http_reply_header__line_breaks__make_no_second_header(void **state)
{
    struct world *world = *state;
    struct answer answer = ask(world, "GET /header?text=a%0d%0aSet-Cookie:%20x%3d1", "", "");
    assert_answer(&answer, 202, "\"ok\"");
    assert_string_equal(answer_header(&answer, "X-Value"), "a__Set-Cookie: x=1");
    assert_null(answer_header(&answer, "Set-Cookie"));
}

static void http__body_limit__holds_at_n_and_fails_at_n_plus_1(void **state)
{
    enum { BODY_MAX = 1024 * 1024 };
    struct world *world = *state;
    char *body = malloc(5 * BODY_MAX);
    assert_non_null(body);
    memset(body, 'x', 5 * BODY_MAX);
    for (int extra = 0; extra <= 1; extra++) {
        body[BODY_MAX + extra] = '\0';
        struct answer answer = ask(world, "POST /raw", "Content-Type: text/plain\r\n", body);
        body[BODY_MAX + extra] = 'x';
        assert_answer(&answer, extra ? 413 : 201,
                      extra ? "{\"errors\":[\"server.body_too_large\"]}" : "{\"a\":1048576}");
        if (extra)
            assert_string_equal(answer_header(&answer, "Connection"), "close");
    }
    /* Announced far above the limit, or with the client asking first: refused at once. */
    struct answer answer = ask(world, "POST /raw", "Content-Length: 10000000\r\nX: y\r\n", "");
    assert_int_equal(answer.status, 413);
    answer = ask(world, "POST /raw", "Expect: 100-continue\r\nContent-Length: 1048577\r\n", "");
    assert_int_equal(answer.status, 413);
    /* Chunks announce nothing. */
    AUTO(str_release) struct str text = STR_INIT(CLIENT_TEXT_MAX);
    str_add(&text, "POST /raw HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 17; i++) {
        str_add(&text, "10000\r\n");
        str_add_bytes(&text, body, 65536);
        str_add(&text, "\r\n");
    }
    str_add(&text, "0\r\n\r\n");
    assert_true(client_ask_bytes(world->port, text.data, text.length, &answer));
    assert_int_equal(answer.status, 413);
    free(body);
}

static void http__endless_chunks__are_cut_off(void **state)
{
    static char chunk[65536 + 16];
    struct world *world = *state;
    struct client client;
    size_t sent = 0;
    memset(chunk, 'x', sizeof(chunk));
    memcpy(chunk, "10000\r\n", 7);
    memcpy(chunk + 7 + 65536, "\r\n", 2);
    assert_true(client_open(&client, world->port));
    assert_true(client_send_text(
        &client, "POST /raw HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    while (sent < 1000 && client_send(&client, chunk, 65536 + 9))
        sent++;
    assert_true(sent < 1000);
    client_close(&client);
}

static void http__counts__hold_at_n_and_fail_at_n_plus_1(void **state)
{
    struct world *world = *state;
    for (int extra = 0; extra <= 1; extra++) {
        AUTO(str_release) struct str query = STR_INIT(8192), headers = STR_INIT(8192);
        str_add(&query, "GET /inline?a=1");
        for (int i = 1; i < 100 + extra; i++)
            str_add(&query, "&a=1");
        struct answer answer = ask(world, query.data, "", "");
        assert_int_equal(answer.status, extra ? 400 : 200);
        for (int i = 1; i < 100 + extra; i++)
            str_add_format(&headers, "X-%d: a\r\n", i);
        answer = ask(world, "GET /inline", headers.data, "");
        assert_int_equal(answer.status, extra ? 400 : 200);
    }
    AUTO(str_release) struct str line = STR_INIT(64 * 1024);
    str_add_format(&line, "GET /inline?a=%020000d", 1);
    struct answer answer = ask(world, line.data, "", "");
    assert_true(answer.status == 414 || answer.status == 431);
    str_clear(&line);
    str_add_format(&line, "X: %020000d\r\n", 1);
    answer = ask(world, "GET /inline", line.data, "");
    assert_int_equal(answer.status, 431);
}

static void http__pipelined_requests__are_answered_in_order(void **state)
{
    struct world *world = *state;
    struct client client;
    struct answer answer;
    AUTO(str_release) struct str text = STR_INIT(64 * 1024);
    for (int i = 0; i < 32; i++)
        str_add_format(&text,
                       "%s HTTP/1.1\r\nHost: a\r\nX-Request-Id: n%d\r\nContent-Length: 2\r\n\r\nxx",
                       i % 3 == 0   ? "GET /work"
                       : i % 3 == 1 ? "GET /defer"
                                    : "GET /inline",
                       i);
    assert_true(client_open(&client, world->port));
    assert_true(client_send(&client, text.data, text.length));
    for (int i = 0; i < 32; i++) {
        char id[16];
        snprintf(id, sizeof(id), "n%d", i);
        assert_true(client_answer(&client, false, &answer));
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer_header(&answer, "X-Request-Id"), id);
    }
    client_close(&client);
}

static void http__workers_full__is_503_at_once(void **state)
{
    struct world *world = *state;
    struct client clients[WORLD_WORKERS + WORLD_QUEUE];
    struct answer answer;
    world_hold(world);
    for (int i = 0; i < WORLD_WORKERS + WORLD_QUEUE; i++) {
        assert_true(client_begin(&clients[i], world->port, "GET /work?hold=1"));
        world_wait_held(world, i < WORLD_WORKERS ? i + 1 : WORLD_WORKERS);
    }
    /* The last ones are on their way into the queue: an inline request behind them is proof. */
    answer = ask(world, "GET /inline", "", "");
    assert_int_equal(answer.status, 200);
    answer = ask(world, "GET /work", "", "");
    assert_answer(&answer, 503, "{\"errors\":[\"server.busy\"]}");
    assert_string_equal(answer_header(&answer, "Retry-After"), "1");
    world_release(world);
    for (int i = 0; i < WORLD_WORKERS + WORLD_QUEUE; i++) {
        assert_true(client_answer(&clients[i], false, &answer));
        assert_int_equal(answer.status, 200);
        client_close(&clients[i]);
    }
}

static void http__clients_that_vanish__leave_nothing_behind(void **state)
{
    static const char *const beginnings[] = {
        "",
        "GET",
        "GET /inline HTTP/1.1\r\n",
        "GET /inline HTTP/1.1\r\nHost: a\r\n",
        "GET /inline HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n",
        "POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /work HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /defer HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /defer?hold=1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /work?hold=1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /inline HTTP/1.1\r\n\r\n",
        "POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
    };
    struct world *world = *state;
    world_hold(world);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
            struct client client;
            struct linger reset = {.l_onoff = 1, .l_linger = 0};
            assert_true(client_open(&client, world->port));
            client_send(&client, beginnings[i], strlen(beginnings[i]));
            usleep(2000);
            if (round == 1)
                setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
            client_close(&client);
        }
    }
    world_release(world);
    struct answer answer = ask(world, "GET /inline", "", "");
    assert_int_equal(answer.status, 200);
}

static void http__connection_limit__frees_up_again(void **state)
{
    struct world *world = *state;
    struct client clients[WORLD_CONNECTIONS];
    struct answer answer;
    for (int i = 0; i < WORLD_CONNECTIONS; i++) {
        assert_true(client_begin(&clients[i], world->port, "GET /inline"));
        assert_true(client_answer(&clients[i], false, &answer));
    }
    struct client late;
    assert_true(client_begin(&late, world->port, "GET /inline"));
    assert_true(client_read(&late, 200) <= 0);
    client_close(&late);
    for (int i = 0; i < WORLD_CONNECTIONS; i++)
        client_close(&clients[i]);
    /* When the server has noticed. */
    bool is_served = false;
    for (int tries = 0; !is_served && tries < 600; tries++) {
        usleep(50000);
        is_served = client_ask(world->port, "GET /inline", "", "", &answer);
    }
    assert_true(is_served);
    assert_int_equal(answer.status, 200);
}

/* ---- the end ---- */

static void *release_soon(void *user)
{
    usleep(100000);
    world_release(user);
    return NULL;
}

static void http_server_stop__requests_in_flight__are_answered(void **state)
{
    struct world *world = *state;
    struct client work, deferred, idle;
    struct answer answer;
    pthread_t thread;
    world_hold(world);
    assert_true(client_begin(&work, world->port, "GET /work?hold=1"));
    assert_true(client_begin(&deferred, world->port, "GET /defer?hold=1"));
    assert_true(client_begin(&idle, world->port, "GET /inline"));
    world_wait_held(world, 2);
    assert_true(client_answer(&idle, false, &answer));
    assert_int_equal(pthread_create(&thread, NULL, release_soon, world), 0);
    world_stop_server(world, 60000);
    pthread_join(thread, NULL);
    assert_true(client_answer(&work, false, &answer));
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Connection"), "close");
    assert_true(client_answer(&deferred, false, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(client_is_closed(&work) && client_is_closed(&deferred) && client_is_closed(&idle));
    client_close(&work);
    client_close(&deferred);
    client_close(&idle);
}

static void http_server_stop__deadline_passed__gives_503_and_late_resumes_are_safe(void **state)
{
    struct world *world = *state;
    struct client deferred[5];
    struct answer answer;
    world_hold(world);
    for (size_t i = 0; i < ARRAY_LEN(deferred); i++)
        assert_true(client_begin(&deferred[i], world->port, "GET /defer?hold=1"));
    world_wait_held(world, 1);
    for (int i = 0; i < 3; i++) /* who is answered came later than they */
        assert_int_equal(ask(world, "GET /inline", "", "").status, 200);
    usleep(20000);
    world_stop_server(world, 50);
    for (size_t i = 0; i < ARRAY_LEN(deferred); i++) {
        assert_true(client_answer(&deferred[i], false, &answer));
        assert_answer(&answer, 503, "{\"errors\":[\"server.busy\"]}");
        assert_true(client_is_closed(&deferred[i]));
        client_close(&deferred[i]);
    }
    assert_int_equal(atomic_load(&world->finishes), 0);
    world_release(world); /* the writer now resumes all of them */
}

static void http_server_stop__waiting_for_a_worker__is_turned_away(void **state)
{
    struct world *world = *state;
    struct client work[WORLD_WORKERS + 2];
    struct answer answer;
    pthread_t thread;
    int served = 0, turned_away = 0;
    world_hold(world);
    for (size_t i = 0; i < ARRAY_LEN(work); i++)
        assert_true(client_begin(&work[i], world->port, "GET /work?hold=1"));
    world_wait_held(world, WORLD_WORKERS);
    answer = ask(world, "GET /inline", "", "");
    assert_int_equal(pthread_create(&thread, NULL, release_soon, world), 0);
    world_stop_server(world, 10);
    pthread_join(thread, NULL);
    for (size_t i = 0; i < ARRAY_LEN(work); i++) {
        assert_true(client_answer(&work[i], false, &answer));
        served += answer.status == 200;
        turned_away += answer.status == 503;
        client_close(&work[i]);
    }
    assert_int_equal(served, WORLD_WORKERS);
    assert_int_equal(turned_away, 2);
}

static void http_server_start__port_in_use__is_an_error(void **state)
{
    struct world *world = *state;
    static const struct http_route none[] = {{.method = NULL}};
    struct http_server_spec spec = {
        .address = "127.0.0.1", .port = world->port, .routes = none, .clock = &clock_real};
    struct http_server *server = NULL;
    struct err err;
    assert_false(http_server_start(&spec, &server, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    spec.address = "nowhere";
    assert_false(http_server_start(&spec, &server, &err));
    assert_null(server);
    http_server_stop(NULL, 0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

int main(void)
{
    /* Handlers that fail on purpose are told of loudly. */
    log_set_fd(open("/dev/null", O_WRONLY | O_CLOEXEC));
    const struct CMUnitTest tests[] = {
        IN_WORLD(http__modes__answer_alike),
        IN_WORLD(http__verbs__follow_the_contract),
        IN_WORLD(http__bodies__json_form_or_neither),
        IN_WORLD(http__request_id__is_echoed_if_it_is_clean),
        IN_WORLD(http__hooks__decide_in_order),
        IN_WORLD(http_move_to_worker__before__runs_there_and_comes_back),
        IN_WORLD(http__bad_handlers__still_give_an_answer),
        IN_WORLD(http_reply_header__line_breaks__make_no_second_header),
        IN_WORLD(http__body_limit__holds_at_n_and_fails_at_n_plus_1),
        IN_WORLD(http__endless_chunks__are_cut_off),
        IN_WORLD(http__counts__hold_at_n_and_fail_at_n_plus_1),
        IN_WORLD(http__pipelined_requests__are_answered_in_order),
        IN_WORLD(http__workers_full__is_503_at_once),
        IN_WORLD(http__clients_that_vanish__leave_nothing_behind),
        IN_WORLD(http__connection_limit__frees_up_again),
        IN_WORLD(http_server_stop__requests_in_flight__are_answered),
        IN_WORLD(http_server_stop__deadline_passed__gives_503_and_late_resumes_are_safe),
        IN_WORLD(http_server_stop__waiting_for_a_worker__is_turned_away),
        IN_WORLD(http_server_start__port_in_use__is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
