/*
 * bench_load: an HTTP/1.1 load generator: one thread, keep-alive connections, one request in flight
 * on each, requests that were made before.
 *
 *   bench_load --port=N --people=FILE [--mode=cross|mix|get] [--path=/...] [--connections=64]
 *              [--seconds=5] [--warmup=1] [--watch=FILE] [--pause=MS] [--rate=N] [--cookie=NAME]
 *
 * A closed loop: the next request leaves when the answer of the last one has come, so a slow server
 * is asked less often, and percentiles leave out what would have waited (coordinated omission). They
 * tell what these clients saw, not what an open stream of the same rate would see.
 *
 * --rate spreads N requests a second over the connections instead, as long as the server keeps up:
 * what a request costs when the machine is not full.
 *
 * --cookie sends what the file has for a token as a cookie of this name.
 *
 * --watch listens to the trades of the market meanwhile and writes lines to FILE: "order ID NS", when
 * it was sent, and "trade ID NS", when its event arrived; both on CLOCK_MONOTONIC.
 *
 * Prints "begin" and "end" around the measured window, then one line of results. Any status outside
 * of 2xx, a connection that breaks, and an answer that takes STALL_MS end it with exit status 1.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/histogram.h"
#include "tests/bench/requests.h"
#include "tests/bench/trade_watch.h"

enum {
    CONNECTIONS_MAX = 2048,
    ANSWER_BYTES = 4096, /* kept of an answer: its head and the begin of its body */
    EVENTS_MAX = 256,
    SENT_SLOTS = 1 << 20, /* orders whose time of sending is remembered */
    STALL_MS = 15000,
    PAUSE_MS_MAX = 1000,
    RATE_MAX = 1000000,
    WATCH_QUIET_MS = 1000,
    WATCH_WAIT_MS = 10000
};

struct connection {
    int fd;
    bool is_waiting; /* for an answer */
    struct request request;
    int64_t sent_ns, due_ns; /* due: of the next request, with --rate; 0: none */
    size_t got, body_left;
    size_t head; /* bytes of the answer's head; 0: not complete */
    int status;
    char answer[ANSWER_BYTES], room[REQUEST_BYTES_MAX];
};

struct sent {
    uint64_t order_id;
    int64_t at_ns;
};

struct load {
    int port, connections_count, seconds, warmup;
    int pause_ms; /* before each request: lone orders; stops the whole loop */
    int rate;     /* requests a second; 0: as fast as answers come */
    enum request_mode mode;
    const char *people, *path, *watch_file, *cookie;
    struct requests *requests;
    struct trade_watch *watch;
    struct connection *connections;
    int epoll;
    bool is_measuring, is_over;
    struct histogram latency;
    struct sent *sent;
    uint64_t answers_2xx;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void fail(const struct connection *connection, const char *what)
{
    fprintf(stderr, "bench_load: %s", what);
    if (connection && connection->got > 0)
        fprintf(stderr, ": %.*s", (int)connection->got, connection->answer);
    fprintf(stderr, "\n");
    exit(1);
}

/* ---- one request ---- */

static void send_next(struct load *load, struct connection *connection)
{
    if (load->pause_ms > 0)
        usleep((useconds_t)load->pause_ms * 1000);
    connection->request = requests_next(load->requests, connection->room);
    connection->got = connection->head = connection->body_left = 0;
    connection->sent_ns = now_ns();
    connection->is_waiting = true;
    /* A request is small and the one before was answered: the socket has room for all of it. */
    ssize_t sent =
        send(connection->fd, connection->request.text, connection->request.length, MSG_NOSIGNAL);
    if (sent != (ssize_t)connection->request.length)
        fail(NULL, "a request could not be sent whole");
}

static uint64_t id_of(const struct connection *connection)
{
    const char *body = connection->answer + connection->head;
    const char *id = memmem(body, connection->got - connection->head, "\"id\":", 5);
    return id ? strtoull(id + 5, NULL, 10) : 0;
}

static void take_order(struct load *load, struct connection *connection)
{
    uint64_t id = id_of(connection);
    if (id == 0)
        fail(connection, "an order without id");
    if (load->is_measuring)
        load->sent[id % SENT_SLOTS] = (struct sent){id, connection->sent_ns};
    if (load->mode == MODE_MIX)
        requests_rests(load->requests, connection->request.member, id);
}

static void take_answer(struct load *load, struct connection *connection)
{
    int64_t took_ns = now_ns() - connection->sent_ns;
    if (connection->status < 200 || connection->status > 299)
        fail(connection, "not 2xx");
    if (connection->request.makes_order)
        take_order(load, connection);
    if (load->is_measuring) {
        histogram_add(&load->latency, (uint64_t)took_ns / 1000);
        load->answers_2xx++;
    }
    connection->is_waiting = false;
    if (load->is_over)
        return;
    if (load->rate == 0) {
        send_next(load, connection);
        return;
    }
    int64_t period_ns = (int64_t)load->connections_count * 1000000000 / load->rate, now = now_ns();
    connection->due_ns += period_ns;
    if (connection->due_ns < now)
        connection->due_ns = now;
}

/* Those whose time has come. */
static void send_due(struct load *load)
{
    int64_t now = now_ns();
    for (int i = 0; i < load->connections_count; i++) {
        struct connection *connection = &load->connections[i];
        if (!connection->is_waiting && connection->due_ns != 0 && connection->due_ns <= now)
            send_next(load, connection);
    }
}

/* ---- reading answers ---- */

static size_t content_length(const char *head, size_t length)
{
    static const char name[] = "\r\ncontent-length:";
    for (size_t i = 0; i + sizeof(name) < length; i++)
        if (head[i] == '\r' && strncasecmp(head + i, name, sizeof(name) - 1) == 0)
            return strtoul(head + i + sizeof(name) - 1, NULL, 10);
    return 0;
}

static void read_head(struct connection *connection)
{
    const char *end = memmem(connection->answer, connection->got, "\r\n\r\n", 4);
    if (!end) {
        if (connection->got == ANSWER_BYTES - 1)
            fail(connection, "the head of an answer is too long");
        return;
    }
    connection->head = (size_t)(end - connection->answer) + 4;
    connection->status = (int)strtol(connection->answer + sizeof("HTTP/1.1"), NULL, 10);
    size_t body = content_length(connection->answer, connection->head);
    size_t here = connection->got - connection->head;
    if (here > body)
        fail(connection, "more than one answer");
    connection->body_left = body - here;
}

static void on_readable(struct load *load, struct connection *connection)
{
    static char rest[65536];
    bool keeps = connection->got < ANSWER_BYTES - 1;
    char *to = keeps ? connection->answer + connection->got : rest;
    size_t room = keeps ? ANSWER_BYTES - 1 - connection->got : sizeof(rest);
    ssize_t length = recv(connection->fd, to, room, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0 || !connection->is_waiting)
        fail(connection, "the server closed a connection");
    if (keeps)
        connection->got += (size_t)length;
    connection->answer[connection->got] = '\0';
    if (connection->head == 0)
        read_head(connection);
    else
        connection->body_left -= (size_t)length;
    if (connection->head != 0 && connection->body_left == 0)
        take_answer(load, connection);
}

static void check_stalls(struct load *load)
{
    int64_t now = now_ns();
    for (int i = 0; i < load->connections_count; i++) {
        const struct connection *connection = &load->connections[i];
        if (connection->is_waiting && now - connection->sent_ns > (int64_t)STALL_MS * 1000000)
            fail(connection, "STALL: an answer did not come");
    }
}

static bool any_waits(const struct load *load)
{
    for (int i = 0; i < load->connections_count; i++)
        if (load->connections[i].is_waiting)
            return true;
    return false;
}

/* ---- the run ---- */

static void open_connections(struct load *load)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    load->epoll = epoll_create1(0);
    load->connections = calloc((size_t)load->connections_count, sizeof(load->connections[0]));
    assert(load->epoll >= 0 && load->connections != NULL);
    for (int i = 0; i < load->connections_count; i++) {
        struct connection *connection = &load->connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        connection->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connection->fd < 0 ||
            connect(connection->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
            fail(NULL, "can't connect");
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event);
    }
}

static void turn(struct load *load, int64_t until_ns)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t checked_ns = now_ns(), now;
    while ((now = now_ns()) < until_ns && (!load->is_over || any_waits(load))) {
        if (load->rate > 0 && !load->is_over)
            send_due(load);
        int count = epoll_wait(load->epoll, events, EVENTS_MAX, load->rate > 0 ? 1 : 10);
        for (int i = 0; i < count; i++)
            on_readable(load, events[i].data.ptr);
        if (now - checked_ns > 1000000000) {
            check_stalls(load);
            checked_ns = now;
        }
    }
}

static void measure(struct load *load)
{
    int64_t began_ns = now_ns();
    for (int i = 0; i < load->connections_count; i++)
        if (load->rate == 0)
            send_next(load, &load->connections[i]);
        else
            load->connections[i].due_ns = began_ns + (int64_t)i * 1000000000 / load->rate;
    turn(load, began_ns + (int64_t)load->warmup * 1000000000);
    printf("begin\n");
    fflush(stdout);
    load->is_measuring = true;
    began_ns = now_ns();
    turn(load, began_ns + (int64_t)load->seconds * 1000000000);
    int64_t took_ns = now_ns() - began_ns;
    load->is_measuring = false;
    printf("end\n");
    fflush(stdout);
    load->is_over = true;
    turn(load, now_ns() + (int64_t)STALL_MS * 1000000);
    if (any_waits(load))
        fail(NULL, "STALL: answers did not come");
    printf("result answers=%llu per_second=%llu p50_us=%llu p90_us=%llu p99_us=%llu p999_us=%llu "
           "max_us=%llu\n",
           (unsigned long long)load->answers_2xx,
           (unsigned long long)(load->answers_2xx * 1000000000 / (uint64_t)took_ns),
           (unsigned long long)histogram_at(&load->latency, 500),
           (unsigned long long)histogram_at(&load->latency, 900),
           (unsigned long long)histogram_at(&load->latency, 990),
           (unsigned long long)histogram_at(&load->latency, 999),
           (unsigned long long)load->latency.max);
}

/* ---- order to trade ---- */

static void write_watch(struct load *load)
{
    const struct seen_trade *trades;
    size_t count = trade_watch_stop(load->watch, WATCH_QUIET_MS, WATCH_WAIT_MS, &trades);
    FILE *file = fopen(load->watch_file, "w");
    if (!file)
        fail(NULL, "the file of --watch can't be written");
    for (size_t i = 0; i < SENT_SLOTS; i++)
        if (load->sent[i].order_id != 0)
            fprintf(file, "order %llu %lld\n", (unsigned long long)load->sent[i].order_id,
                    (long long)load->sent[i].at_ns);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "trade %llu %lld\n", (unsigned long long)trades[i].id,
                (long long)trades[i].at_ns);
    fclose(file);
    trade_watch_free(load->watch);
}

/* ---- options ---- */

static int number(const char *text, int max)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end != '\0' || value < 0 || value > max)
        fail(NULL, "an option's number is out of range");
    return (int)value;
}

static void read_options(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},        {"people", required_argument, NULL, 'f'},
        {"mode", required_argument, NULL, 'm'},        {"path", required_argument, NULL, 'u'},
        {"connections", required_argument, NULL, 'c'}, {"seconds", required_argument, NULL, 's'},
        {"warmup", required_argument, NULL, 'w'},      {"watch", required_argument, NULL, 't'},
        {"pause", required_argument, NULL, 'l'},       {"rate", required_argument, NULL, 'r'},
        {"cookie", required_argument, NULL, 'k'},      {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'p':
            load->port = number(optarg, 65535);
            break;
        case 'f':
            load->people = optarg;
            break;
        case 'k':
            load->cookie = optarg;
            break;
        case 'r':
            load->rate = number(optarg, RATE_MAX);
            break;
        case 'u':
            load->path = optarg;
            break;
        case 'c':
            load->connections_count = number(optarg, CONNECTIONS_MAX);
            break;
        case 's':
            load->seconds = number(optarg, 3600);
            break;
        case 'w':
            load->warmup = number(optarg, 3600);
            break;
        case 'l':
            load->pause_ms = number(optarg, PAUSE_MS_MAX);
            break;
        case 't':
            load->watch_file = optarg;
            break;
        case 'm':
            load->mode = strcmp(optarg, "mix") == 0   ? MODE_MIX
                         : strcmp(optarg, "get") == 0 ? MODE_GET
                                                      : MODE_CROSS;
            break;
        default:
            exit(2);
        }
    if (load->port == 0 || !load->people || load->connections_count == 0)
        fail(NULL, "--port, --people and --connections are needed");
}

int main(int argc, char **argv)
{
    static struct load load = {
        .connections_count = 64, .seconds = 5, .warmup = 1, .path = "/market/orders"};
    read_options(&load, argc, argv);
    load.requests = requests_new(load.mode, load.people, load.path, load.cookie);
    load.sent = calloc(SENT_SLOTS, sizeof(load.sent[0]));
    if (!load.requests || !load.sent)
        return 1;
    if (load.watch_file && !(load.watch = trade_watch_start("btcusd")))
        return 1;
    open_connections(&load);
    measure(&load);
    if (load.watch)
        write_watch(&load);
    for (int i = 0; i < load.connections_count; i++)
        close(load.connections[i].fd);
    free(load.connections);
    free(load.sent);
    requests_free(load.requests);
    return 0;
}
