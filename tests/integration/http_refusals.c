/*
 * Messages that two parsers could read differently (request smuggling), and targets with two
 * meanings: each is refused and its connection closed, so that what follows it is never taken for
 * a request. Some are answered by libmicrohttpd itself, which for three of them sends its header
 * twice before it closes; what counts is that nothing but refusals comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/auto.h"
#include "http/http.h"
#include "tests/integration/http_client.h"

/* Sent behind each vector: if it were ever served, we would see its marker. */
static const char smuggled[] = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
static const char marker[] = "SMUGGLED";

struct world {
    struct http_server *server;
    uint16_t port;
};

static void answer_marker(struct http_request *request)
{
    http_reply_text(request, 200, marker, sizeof(marker) - 1);
}

static void answer_body(struct http_request *request)
{
    size_t length;
    const char *body = http_body(request, &length);
    http_reply_text(request, 200, body, length);
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/body", .handler = answer_body},
    {.method = "GET", .path = "/body", .handler = answer_body},
    {.method = "GET", .path = "/smuggled", .handler = answer_marker},
    {.method = NULL},
};

static int world_open(void **state)
{
    static struct world world;
    struct err err;
    struct http_server_spec spec = {.address = "127.0.0.1", .routes = routes, .clock = &clock_real};
    *state = &world;
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

/* All that comes back until the server closes; false: it does not close. */
static bool converse(struct world *world, const char *bytes, size_t length, struct str *out)
{
    struct client client;
    int got;
    assert_true(client_open(&client, world->port));
    client_send(&client, bytes, length);
    while ((got = client_read(&client, 3000)) > 0)
        continue;
    str_add_bytes(out, str_data(&client.in), client.in.length);
    client_close(&client);
    return got == 0;
}

#define POST "POST /body HTTP/1.1\r\nHost: a\r\n"
#define GET "GET /body HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void http__ambiguous_messages__are_refused_and_closed(void **state)
{
    static const char *const rows[] = {
        POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n01234",
        POST "Content-Length: 5\r\nContent-Length: 0\r\n\r\n01234",
        POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        POST "Content-Length: +5\r\n\r\n01234",
        POST "Content-Length: -5\r\n\r\n01234",
        POST "Content-Length: 5,5\r\n\r\n01234",
        POST "Content-Length: 5, 5\r\n\r\n01234",
        POST "Content-Length: 0x5\r\n\r\n01234",
        POST "Content-Length: 5 5\r\n\r\n01234",
        POST "Content-Length: 5;a\r\n\r\n01234",
        POST "Content-Length: five\r\n\r\n01234",
        POST "Content-Length:\r\n\r\n",
        POST "Content-Length: 18446744073709551616\r\n\r\n",
        POST "Content-Length: 99999999999999999999999999\r\n\r\n",
        POST "Content-Length : 5\r\n\r\n01234",
        POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: identity\r\n\r\n",
        POST "Transfer-Encoding: chunked,chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: \x0b"
             "chunked\r\n\r\n0\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\n01234",
        CHUNKED "FFFFFFFFFFFFFFFF1\r\n01234\r\n0\r\n\r\n",
        CHUNKED "-5\r\n01234\r\n0\r\n\r\n",
        CHUNKED "0x5\r\n01234\r\n0\r\n\r\n",
        CHUNKED "zz\r\n01234\r\n0\r\n\r\n",
        CHUNKED "5\r\n01234XX0\r\n\r\n",
        CHUNKED " \r\n01234\r\n0\r\n\r\n",
        GET "X: a\rb\r\n\r\n",
        GET "X\0a: b\r\n\r\n",
        GET "no colon\r\n\r\n",
        GET "X y: z\r\n\r\n",
        GET "Host: b\r\n\r\n",
        GET "Authorization: a\r\nAuthorization: b\r\n\r\n",
        GET "X: a\x01"
            "b\r\n\r\n",
        "GET /body HTTP/1.1\r\n\r\n",
        "GET /body HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET /body HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /body HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET /body HTTP/1.1x\r\nHost: a\r\n\r\n",
        "GET /body\r\n\r\n",
        "GET\t/body\tHTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/body HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET body HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /../body HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /x/%2e%2e/body HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /x/%2E%2E%2fbody HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%2fbody HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /x\\body HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body%c0%ae HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body#x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body?%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /body?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str text = STR_INIT(4096), out = STR_INIT(CLIENT_TEXT_MAX);
        /* Rows may hold one NUL inside of their text. */
        size_t first = strlen(rows[i]);
        bool has_nul = strstr(rows[i], "X") && rows[i][first - 1] == 'X';
        str_add_bytes(&text, rows[i], has_nul ? first + 1 + strlen(rows[i] + first + 1) : first);
        str_add(&text, smuggled);
        if (!converse(world, text.data, text.length, &out))
            fail_msg("not closed after: %s", rows[i]);
        if (strstr(str_data(&out), marker) || strstr(str_data(&out), "HTTP/1.1 2"))
            fail_msg("served: %s\n%s", rows[i], out.data);
        if (out.length > 0 && !strstr(out.data, "HTTP/1.1 4") && !strstr(out.data, "HTTP/1.1 505"))
            fail_msg("%s\ngives %s", rows[i], out.data);
    }
}

/* What is unusual but has one meaning is served, and the next request with it. */
static void http__unusual_messages__are_served_once(void **state)
{
    static const struct {
        const char *text, *body;
    } rows[] = {
        {POST "Content-Length:5\r\n\r\n01234", "01234"},
        {POST "Content-Length:   5\r\n\r\n01234", "01234"},
        {POST "content-LENGTH: 5\r\n\r\n01234", "01234"},
        {POST "Content-Length: 05\r\n\r\n01234", "01234"},
        {POST "transfer-encoding: CHUNKED\r\n\r\n5\r\n01234\r\n0\r\n\r\n", "01234"},
        {CHUNKED "5;ext=\"a;b\"\r\n01234\r\n0\r\n\r\n", "01234"},
        {CHUNKED "0005\r\n01234\r\n000\r\n\r\n", "01234"},
        {CHUNKED "3\r\n012\r\n2\r\n34\r\n0\r\n\r\n", "01234"},
        {CHUNKED "5\r\n01234\r\n0\r\nAuthorization: x\r\nContent-Length: 3\r\n\r\n", "01234"},
        {GET "Content-Length: 5\r\n\r\n01234", "01234"},
        {GET "Content-Length: 0\r\n\r\n", ""},
        {"\r\n\r\n" GET "\r\n", ""},
        {"GET /%62ody/?a=%20 HTTP/1.1\r\nhost: a\r\n\r\n", ""},
        {GET "X: \xc3\xa9\r\nX: again\r\n\r\n", ""},
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct client client;
        struct answer answer;
        assert_true(client_open(&client, world->port));
        client_send_text(&client, rows[i].text);
        client_send_text(&client, smuggled);
        if (!client_answer(&client, false, &answer) || answer.status != 200)
            fail_msg("not served: %s", rows[i].text);
        assert_string_equal(answer.body, rows[i].body);
        if (!client_answer(&client, false, &answer) || answer.status != 200)
            fail_msg("nothing behind: %s", rows[i].text);
        assert_string_equal(answer.body, marker);
        client_close(&client);
    }
}

/* The same bytes in any pieces are the same message. */
static void http__message_in_pieces__is_the_same(void **state)
{
    static const char text[] =
        POST "Transfer-Encoding: chunked\r\n\r\n3\r\n012\r\n2\r\n34\r\n0\r\n\r\n";
    struct world *world = *state;
    for (size_t cut = 1; cut < sizeof(text) - 1; cut += 3) {
        struct client client;
        struct answer answer;
        assert_true(client_open(&client, world->port));
        client_send(&client, text, cut);
        usleep(1000);
        client_send(&client, text + cut, sizeof(text) - 1 - cut);
        assert_true(client_answer(&client, false, &answer));
        assert_string_equal(answer.body, "01234");
        client_close(&client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http__ambiguous_messages__are_refused_and_closed),
        cmocka_unit_test(http__unusual_messages__are_served_once),
        cmocka_unit_test(http__message_in_pieces__is_the_same),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
