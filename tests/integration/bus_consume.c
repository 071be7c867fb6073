/*
 * Consuming from a real broker: order, acks, prefetch, rejects into the dead-letter queue, what comes
 * again after a lost connection, and acks that are too late.
 */
#include "tests/integration/bus_world.h"

static const struct bus_row topology[] = {
    {.kind = BUS_QUEUE, .name = "consume.dead", .type = "quorum"},
    {.kind = BUS_QUEUE, .name = "consume", .type = "quorum", .dead_letter = "consume.dead"},
    {.name = NULL},
};

struct world {
    struct bus *publisher, *consumer;
    struct err err;
};

static int world_open(void **state)
{
    static struct world world;
    world.publisher = bus_open_guest(topology);
    world.consumer = bus_open_guest(NULL);
    assert_int_equal(broker_ctl("purge_queue consume", world.publisher, world.consumer), 0);
    assert_int_equal(broker_ctl("purge_queue consume.dead", world.publisher, world.consumer), 0);
    *state = &world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    bus_close(world->publisher);
    bus_close(world->consumer);
    return 0;
}

static void publish_numbers(struct bus *bus, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%u", i);
        publish_ok(bus, message_to("consume", text));
    }
    settle_ok(bus);
}

static uint64_t assert_next(struct bus *bus, unsigned number)
{
    char text[16];
    struct bus_delivery delivery = next_ok(bus);
    snprintf(text, sizeof(text), "%u", number);
    assert_string_equal(delivery.body, text); /* a NUL stands behind every body */
    return delivery.tag;
}

static void bus_next__messages__come_in_order_and_are_gone_when_acked(void **state)
{
    struct world *world = *state;
    uint64_t tag = 0;
    consume_ok(world->consumer, "consume", 50);
    consume_ok(world->consumer, "consume", 50); /* a second time is fine */
    publish_numbers(world->publisher, 1, 500);
    for (unsigned i = 1; i <= 500; i++) {
        tag = assert_next(world->consumer, i);
        if (i % 50 == 0)
            ack_ok(world->consumer, tag, true);
    }
    assert_true(is_empty(world->consumer));
    assert_true(bus_reopen(world->consumer, &world->err));
    assert_true(is_empty(world->consumer));
}

static void bus_next__prefetch__bounds_what_is_unacked(void **state)
{
    struct world *world = *state;
    uint64_t tags[5];
    consume_ok(world->consumer, "consume", 5);
    publish_numbers(world->publisher, 1, 20);
    for (unsigned i = 1; i <= 5; i++)
        tags[i - 1] = assert_next(world->consumer, i);
    assert_true(is_empty(world->consumer));
    ack_ok(world->consumer, tags[2], false); /* one, out of order: one more comes */
    assert_next(world->consumer, 6);
    assert_true(is_empty(world->consumer));
    ack_ok(world->consumer, tags[4], true);
    for (unsigned i = 7; i <= 10; i++)
        assert_next(world->consumer, i);
    assert_true(is_empty(world->consumer));
}

static void bus_next__nothing_there__returns_in_time(void **state)
{
    struct world *world = *state;
    struct bus_delivery delivery;
    bool got;
    consume_ok(world->consumer, "consume", 5);
    double started = bus_seconds_now();
    assert_true(bus_next(world->consumer, 0, &got, &delivery, &world->err));
    assert_false(got);
    assert_true(bus_next(world->consumer, 500, &got, &delivery, &world->err));
    assert_false(got);
    assert_true(bus_seconds_now() - started >= 0.49);
}

static void bus_reject__goes_to_the_dead_letter_queue(void **state)
{
    struct world *world = *state;
    struct bus *dead = bus_open_guest(NULL);
    consume_ok(world->consumer, "consume", 5);
    consume_ok(dead, "consume.dead", 5);
    publish_numbers(world->publisher, 1, 3);
    ack_ok(world->consumer, assert_next(world->consumer, 1), false);
    assert_true(bus_reject(world->consumer, assert_next(world->consumer, 2), &world->err));
    ack_ok(world->consumer, assert_next(world->consumer, 3), false);
    ack_ok(dead, assert_next(dead, 2), false);
    assert_true(is_empty(world->consumer) && is_empty(dead));
    bus_close(dead);
}

static void bus_next__after_a_lost_connection__comes_again_and_old_acks_hit_nothing(void **state)
{
    struct world *world = *state;
    struct bus_delivery delivery;
    bool got;
    consume_ok(world->consumer, "consume", 10);
    publish_numbers(world->publisher, 1, 4);
    uint64_t first = assert_next(world->consumer, 1), second = assert_next(world->consumer, 2);
    ack_ok(world->consumer, first, false);
    assert_true(bus_idle(world->consumer, &world->err));
    assert_int_equal(broker_ctl("close_all_connections test", NULL, NULL), 0);
    got = true;
    while (bus_next(world->consumer, 5000, &got, &delivery, &world->err) && got)
        ;
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
    assert_false(bus_is_open(world->consumer));
    assert_true(bus_reopen(world->consumer, &world->err)); /* and consumes again */
    /* The broker's numbers start at 1 again: an ack from before must not reach the new ones. */
    ack_ok(world->consumer, second, true);
    for (unsigned i = 2; i <= 4; i++) {
        delivery = next_ok(world->consumer);
        assert_int_equal(*(const char *)delivery.body - '0', i);
        assert_true(delivery.redelivered);
    }
    assert_true(bus_reopen(world->consumer, &world->err));
    delivery = next_ok(world->consumer);
    assert_int_equal(*(const char *)delivery.body, '2');
    while (!is_empty(world->consumer))
        ;
    assert_true(bus_reopen(world->publisher, &world->err));
}

static void bus_next__queue_deleted__is_unavailable(void **state)
{
    static const struct bus_row rows[] = {
        {.kind = BUS_QUEUE, .name = "consume.gone", .type = "quorum"}, {.name = NULL}};
    struct world *world = *state;
    struct bus *owner = bus_open_guest(rows);
    struct bus_delivery delivery;
    bool got = true;
    consume_ok(owner, "consume.gone", 5);
    assert_int_equal(broker_ctl("delete_queue consume.gone", world->publisher, world->consumer), 0);
    assert_false(bus_next(owner, 5000, &got, &delivery, &world->err) && !got);
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
    assert_non_null(strstr(world->err.what, "consume.gone"));
    assert_true(bus_reopen(owner, &world->err)); /* declared again, consumed again */
    publish_ok(world->publisher, message_to("consume.gone", "back"));
    settle_ok(world->publisher);
    assert_string_equal(next_ok(owner).body, "back");
    bus_close(owner);
    assert_false(bus_consume(world->consumer, "consume.never", 5, &world->err));
    assert_code(world->err, ERR_BUS_UNAVAILABLE); /* its owner may be late */
}

static void bus_next__message_above_the_limit__comes_without_its_body(void **state)
{
    struct world *world = *state;
    consume_ok(world->consumer, "consume", 5);
    char command[600], path[512];
    struct bus_config config = bus_config_guest();
    snprintf(command, sizeof(command),
             "import pika\n"
             "c = pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', %u))\n"
             "c.channel().basic_publish('', 'consume', b'x' * (%d + 1))\n"
             "c.channel().basic_publish('', 'consume', b'small')\n"
             "c.close()\n",
             config.port, BUS_MESSAGE_BYTES_MAX);
    FILE *file = fopen(world_path("large.py", path), "w");
    assert_non_null(file);
    assert_true(fputs(command, file) >= 0);
    fclose(file);
    const char *const words[] = {"/usr/bin/python3", path, NULL};
    pid_t pid;
    assert_int_equal(
        posix_spawn(&pid, words[0], NULL, NULL, (char *const *)(uintptr_t)words, environ), 0);
    struct bus_delivery delivery = next_ok(world->consumer);
    waitpid(pid, NULL, 0);
    assert_true(delivery.is_too_large);
    assert_int_equal(delivery.length, 0);
    assert_true(bus_reject(world->consumer, delivery.tag, &world->err));
    assert_string_equal(next_ok(world->consumer).body, "small");
}

static void bus_publish__on_the_bus_that_consumes__mixes(void **state)
{
    struct world *world = *state;
    consume_ok(world->consumer, "consume", 100);
    for (unsigned i = 1; i <= 100; i++)
        publish_numbers(world->consumer, i, i); /* deliveries come in while confirms are awaited */
    for (unsigned i = 1; i <= 100; i++)
        assert_next(world->consumer, i);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(bus_next__messages__come_in_order_and_are_gone_when_acked),
        TEST(bus_next__prefetch__bounds_what_is_unacked),
        TEST(bus_next__nothing_there__returns_in_time),
        TEST(bus_reject__goes_to_the_dead_letter_queue),
        TEST(bus_next__after_a_lost_connection__comes_again_and_old_acks_hit_nothing),
        TEST(bus_next__queue_deleted__is_unavailable),
        TEST(bus_next__message_above_the_limit__comes_without_its_body),
        TEST(bus_publish__on_the_bus_that_consumes__mixes),
    };
    return cmocka_run_group_tests(tests, broker_start, NULL);
}
