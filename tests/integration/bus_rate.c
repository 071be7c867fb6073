/*
 * Not a test but a measurement: messages per second into a quorum queue, published and confirmed, by
 * window and size; and consumed with acks.
 *
 *     tests/integration/run_db_bus build/release/tests/integration bus_rate
 */
#include "tests/integration/bus_world.h"

static const struct bus_row topology[] = {{.kind = BUS_QUEUE, .name = "rate", .type = "quorum"},
                                          {.name = NULL}};

static void publish_many(struct bus *bus, size_t window, size_t size, unsigned count)
{
    static char body[16384];
    struct bus_message message = {
        .exchange = "", .routing_key = "rate", .body = body, .length = size};
    struct err err;
    uint64_t tag;
    double started = bus_seconds_now();
    for (unsigned i = 0; i < count; i++)
        if (!bus_publish(bus, &message, &tag, &err) || !bus_settle(bus, window - 1, &err))
            fail_msg("%s", err.what);
    settle_ok(bus);
    print_message("window %3zu, %5zu bytes: %6.0f messages per second confirmed\n", window, size,
                  count / (bus_seconds_now() - started));
}

static void consume_all(struct bus *bus)
{
    struct bus_delivery delivery;
    struct err err;
    unsigned count = 0;
    uint64_t last = 0;
    bool got;
    double started = bus_seconds_now(), ended = started;
    consume_ok(bus, "rate", 256);
    while (bus_next(bus, 1000, &got, &delivery, &err) && got) {
        last = delivery.tag;
        if (++count % 64 == 0)
            ack_ok(bus, last, true);
        ended = bus_seconds_now();
    }
    ack_ok(bus, last, true);
    print_message("consumed, prefetch 256, ack of 64: %6.0f messages per second\n",
                  count / (ended - started));
}

static void measure(void **state)
{
    static const struct {
        size_t window, size;
        unsigned count;
    } rows[] = {{1, 200, 2000},  {10, 200, 10000},  {100, 200, 20000},  {256, 200, 20000},
                {1, 2400, 2000}, {10, 2400, 10000}, {100, 2400, 20000}, {10, 10000, 10000}};
    assert_int_equal(broker_start(state), 0);
    struct bus *bus = bus_open_guest(topology), *consumer = bus_open_guest(NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        publish_many(bus, rows[i].window, rows[i].size, rows[i].count);
    consume_all(consumer);
    bus_close(bus);
    bus_close(consumer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(measure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
