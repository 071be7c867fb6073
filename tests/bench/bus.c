/*
 * bench_bus [SECONDS]: commands a second through the broker and our own bus library, a publisher with
 * confirms and a consumer at once, each on a thread with its own connection: one command a message,
 * then 64 commands a message, to a queue as those of commands and results are. Env AMQP_HOST, AMQP_PORT, AMQP_USER, AMQP_PASSWORD.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bus/bus.h"
#include "contract/protocol.h"

#define QUEUE "bourse.bench"

enum {
    SECONDS_DEFAULT = 3,
    IN_FLIGHT = 100,
    PACKED = 64,
    PREFETCH = 250,
    ACK_EVERY = 50,
    QUIET_MS = 500
};

struct run {
    struct str body;
    atomic_bool stopping;
    uint64_t published, consumed;
    int64_t publish_us, consume_us;
};

static const struct bus_row topology[] = {
    {.kind = BUS_QUEUE, .name = QUEUE, .type = "classic", .is_transient = true},
    {.name = NULL},
};

static void must(bool ok, const struct err *err)
{
    if (ok)
        return;
    fprintf(stderr, "bench_bus: %s: %s\n", err_name(err->code), err->what);
    exit(1);
}

static struct bus *connect_bus(const char *name)
{
    const char *port = getenv("AMQP_PORT");
    const struct bus_config config = {
        .host = getenv("AMQP_HOST"),
        .port = (uint16_t)(port ? strtol(port, NULL, 10) : 0),
        .user = getenv("AMQP_USER"),
        .password = getenv("AMQP_PASSWORD"),
        .vhost = "/",
        .name = name,
    };
    struct bus *bus = NULL;
    struct err err;
    must(bus_open(&config, topology, &bus, &err), &err);
    return bus;
}

static void *publish_main(void *arg)
{
    struct run *run = arg;
    struct bus *bus = connect_bus("bench publisher");
    struct err err;
    const struct bus_message message = {.exchange = "",
                                        .routing_key = QUEUE,
                                        .body = str_data(&run->body),
                                        .length = run->body.length};
    int64_t began_us = clock_monotonic_us(&clock_real);
    while (!run->stopping) {
        uint64_t tag;
        must(bus_publish(bus, &message, &tag, &err), &err);
        must(bus_settle(bus, IN_FLIGHT - 1, &err), &err);
        run->published = tag;
    }
    must(bus_settle(bus, 0, &err), &err);
    run->publish_us = clock_monotonic_us(&clock_real) - began_us;
    bus_close(bus);
    return NULL;
}

static void *consume_main(void *arg)
{
    struct run *run = arg;
    struct bus *bus = connect_bus("bench consumer");
    struct err err;
    struct bus_delivery delivery;
    uint64_t tag = 0;
    bool got = true;
    must(bus_consume(bus, QUEUE, PREFETCH, &err), &err);
    int64_t began_us = clock_monotonic_us(&clock_real), last_us = began_us;
    while (got || !run->stopping) {
        must(bus_next(bus, QUIET_MS, &got, &delivery, &err), &err);
        if (got) {
            last_us = clock_monotonic_us(&clock_real);
            tag = delivery.tag;
        }
        run->consumed += got;
        if (tag && (!got || run->consumed % ACK_EVERY == 0)) {
            must(bus_ack(bus, tag, true, &err), &err);
            tag = 0;
        }
    }
    run->consume_us = last_us - began_us;
    bus_close(bus);
    return NULL;
}

static void make_body(struct str *body, size_t commands)
{
    struct command many[PACKED];
    memset(many, 0, sizeof(many));
    for (size_t i = 0; i < commands; i++)
        many[i] = (struct command){.seq = i + 1,
                                   .order_id = i + 1,
                                   .member_id = 1,
                                   .price = 5000000,
                                   .amount = 10000,
                                   .kind = COMMAND_SUBMIT};
    *body = STR_INIT(PROTOCOL_BATCH_BYTES_MAX);
    command_batch_write(body, "btcusd", many, commands);
}

static void measure(size_t commands, unsigned seconds)
{
    struct run run = {.stopping = false};
    pthread_t publisher, consumer;
    make_body(&run.body, commands);
    if (pthread_create(&consumer, NULL, consume_main, &run) != 0 ||
        pthread_create(&publisher, NULL, publish_main, &run) != 0)
        exit(1);
    sleep(seconds);
    run.stopping = true;
    pthread_join(publisher, NULL);
    pthread_join(consumer, NULL);
    printf("bus commands=%zu bytes=%zu published=%llu consumed=%llu\n", commands, run.body.length,
           (unsigned long long)(run.published * 1000000 / (uint64_t)run.publish_us),
           (unsigned long long)(run.consumed * 1000000 / (uint64_t)run.consume_us));
    fflush(stdout);
    str_release(&run.body);
}

int main(int argc, char **argv)
{
    unsigned seconds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : SECONDS_DEFAULT;
    bus_close(connect_bus("bench queue")); /* the queue is there before both threads want it */
    measure(1, seconds);
    measure(PACKED, seconds);
    return 0;
}
