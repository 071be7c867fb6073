#include "tests/bench/trade_watch.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

enum { CHANNEL = 1, FRAME_BYTES_MAX = 131072, WAIT_US = 20000 };

struct trade_watch {
    amqp_connection_state_t connection;
    pthread_t thread;
    _Atomic size_t count;
    _Atomic int64_t last_ns;
    atomic_bool stopping;
    struct seen_trade *trades;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- reading a message ---- */

/* {"trades":[{"tid":1,...},{"tid":2,...}]} */
static void take(struct trade_watch *watch, const amqp_bytes_t *body)
{
    static const char key[] = "\"tid\":";
    const char *at = body->bytes, *end = at + body->len;
    int64_t at_ns = watch->last_ns = now_ns();
    while (watch->count < WATCH_TRADES_MAX &&
           (at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1))) {
        uint64_t id = 0;
        for (at += sizeof(key) - 1; at < end && *at >= '0' && *at <= '9'; at++)
            id = id * 10 + (uint64_t)(*at - '0');
        watch->trades[watch->count] = (struct seen_trade){id, at_ns};
        watch->count++;
    }
}

static void *watch_main(void *arg)
{
    struct trade_watch *watch = arg;
    while (!watch->stopping) {
        amqp_envelope_t envelope;
        struct timeval wait = {0, WAIT_US};
        amqp_maybe_release_buffers(watch->connection);
        amqp_rpc_reply_t reply = amqp_consume_message(watch->connection, &envelope, &wait, 0);
        if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
            take(watch, &envelope.message.body);
            amqp_destroy_envelope(&envelope);
        } else if (reply.library_error != AMQP_STATUS_TIMEOUT) {
            fprintf(stderr, "trade watch: %s\n", amqp_error_string2(reply.library_error));
            break;
        }
    }
    return NULL;
}

/* ---- life ---- */

static bool is_fine(struct trade_watch *watch)
{
    return amqp_get_rpc_reply(watch->connection).reply_type == AMQP_RESPONSE_NORMAL;
}

static bool log_in(struct trade_watch *watch)
{
    const char *port = getenv("AMQP_PORT"), *user = getenv("AMQP_USER");
    const char *host = getenv("AMQP_HOST"), *password = getenv("AMQP_PASSWORD");
    amqp_socket_t *socket = amqp_tcp_socket_new(watch->connection);
    if (!socket || !port || !host || !user || !password ||
        amqp_socket_open(socket, host, (int)strtol(port, NULL, 10)) != 0)
        return false;
    amqp_rpc_reply_t reply = amqp_login(watch->connection, "/", 0, FRAME_BYTES_MAX, 0,
                                        AMQP_SASL_METHOD_PLAIN, user, password);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL)
        return false;
    amqp_channel_open(watch->connection, CHANNEL);
    return is_fine(watch);
}

static bool subscribe(struct trade_watch *watch, const char *market)
{
    char key[96];
    amqp_queue_declare_ok_t *queue = amqp_queue_declare(
        watch->connection, CHANNEL, amqp_empty_bytes, 0, 0, 1, 1, amqp_empty_table);
    if (!queue || !is_fine(watch))
        return false;
    amqp_bytes_t name = amqp_bytes_malloc_dup(queue->queue);
    if (!name.bytes)
        return false;
    snprintf(key, sizeof(key), "public.%s.trades", market);
    amqp_queue_bind(watch->connection, CHANNEL, name, amqp_cstring_bytes("peatio.events.ranger"),
                    amqp_cstring_bytes(key), amqp_empty_table);
    bool bound = is_fine(watch);
    if (bound)
        amqp_basic_consume(watch->connection, CHANNEL, name, amqp_empty_bytes, 0, 1, 1,
                           amqp_empty_table);
    amqp_bytes_free(name);
    return bound && is_fine(watch);
}

struct trade_watch *trade_watch_start(const char *market)
{
    struct trade_watch *watch = calloc(1, sizeof(*watch));
    assert(watch != NULL);
    watch->trades = calloc(WATCH_TRADES_MAX, sizeof(watch->trades[0]));
    watch->connection = amqp_new_connection();
    assert(watch->trades != NULL && watch->connection != NULL);
    if (!log_in(watch) || !subscribe(watch, market) ||
        pthread_create(&watch->thread, NULL, watch_main, watch) != 0) {
        fprintf(stderr, "trade watch: the broker can't be used (AMQP_*)\n");
        amqp_destroy_connection(watch->connection);
        free(watch->trades);
        free(watch);
        return NULL;
    }
    return watch;
}

size_t trade_watch_stop(struct trade_watch *watch, int quiet_ms, int wait_ms,
                        const struct seen_trade **ret_trades)
{
    int64_t deadline_ns = now_ns() + (int64_t)wait_ms * 1000000;
    watch->last_ns = now_ns();
    while (now_ns() < deadline_ns && now_ns() - watch->last_ns < (int64_t)quiet_ms * 1000000)
        usleep(WAIT_US);
    watch->stopping = true;
    pthread_join(watch->thread, NULL);
    *ret_trades = watch->trades;
    return watch->count;
}

void trade_watch_free(struct trade_watch *watch)
{
    if (!watch)
        return;
    amqp_destroy_connection(watch->connection);
    free(watch->trades);
    free(watch);
}
