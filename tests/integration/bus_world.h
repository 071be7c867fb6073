/* bus_world.h: what the tests of libs/bus share: connections to the private broker, and its control. */
#ifndef TESTS_BUS_WORLD_H
#define TESTS_BUS_WORLD_H

#include <time.h>

#include "tests/integration/db_world.h"

#include "bus/bus.h"

static inline struct bus_config bus_config_guest(void)
{
    char path[512], text[512] = "";
    unsigned port;
    FILE *file = fopen(world_path("env", path), "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_int_equal(sscanf(text, "AMQP_PORT=%u", &port), 1);
    return (struct bus_config){.host = "127.0.0.1",
                               .port = (uint16_t)port,
                               .user = "guest",
                               .password = "guest",
                               .vhost = "/",
                               .name = "tests"};
}

static inline struct bus *bus_open_guest(const struct bus_row *rows)
{
    struct bus_config config = bus_config_guest();
    struct bus *bus = NULL;
    struct err err;
    if (!bus_open(&config, rows, &bus, &err))
        fail_msg("%s", err.what);
    return bus;
}

static inline int broker_start(void **state)
{
    (void)state;
    return servers_run("start-bus", NULL, NULL);
}

static inline double bus_seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline struct bus_message message_to(const char *queue, const char *text)
{
    return (struct bus_message){
        .exchange = "", .routing_key = queue, .body = text, .length = strlen(text)};
}

static inline void publish_ok(struct bus *bus, struct bus_message message)
{
    struct err err;
    uint64_t tag;
    if (!bus_publish(bus, &message, &tag, &err))
        fail_msg("%s", err.what);
}

static inline void settle_ok(struct bus *bus)
{
    struct err err;
    if (!bus_settle(bus, 0, &err))
        fail_msg("%s", err.what);
}

/* rabbitmqctl takes longer on a busy machine than a silent connection lives: these say meanwhile that
 * they are there. */
static inline int broker_ctl(const char *words, struct bus *one, struct bus *other)
{
    pid_t pid = servers_begin("ctl", words, NULL);
    struct err err;
    int status;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        /* Whether one is broken is seen by what comes next. */
        (void)((one && bus_idle(one, &err)) || (other && bus_idle(other, &err)));
        usleep(50000);
    }
    return status;
}

/* What a call may take beyond its own bound where other programs want the processors too. */
#define BUS_SLACK_S 30.0

/* The next delivery within a minute. */
static inline struct bus_delivery next_ok(struct bus *bus)
{
    struct bus_delivery delivery;
    struct err err;
    bool got;
    if (!bus_next(bus, 60000, &got, &delivery, &err))
        fail_msg("%s", err.what);
    if (!got)
        fail_msg("no delivery");
    return delivery;
}

static inline bool is_empty(struct bus *bus)
{
    struct bus_delivery delivery;
    struct err err;
    bool got;
    if (!bus_next(bus, 300, &got, &delivery, &err))
        fail_msg("%s", err.what);
    return !got;
}

static inline void consume_ok(struct bus *bus, const char *queue, uint16_t prefetch)
{
    struct err err;
    if (!bus_consume(bus, queue, prefetch, &err))
        fail_msg("%s", err.what);
}

static inline void ack_ok(struct bus *bus, uint64_t tag, bool and_all_before)
{
    struct err err;
    if (!bus_ack(bus, tag, and_all_before, &err))
        fail_msg("%s", err.what);
}

#endif
