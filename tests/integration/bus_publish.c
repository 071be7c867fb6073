/*
 * Publishing to a real broker: confirms and their tags, what no queue takes, full queues, sizes, the
 * topology and what contradicts it.
 */
#include "tests/integration/bus_world.h"

static const struct bus_row topology[] = {
    {.kind = BUS_QUEUE, .name = "publish.dead", .type = "quorum"},
    {.kind = BUS_QUEUE, .name = "publish", .type = "quorum", .dead_letter = "publish.dead"},
    {.kind = BUS_QUEUE, .name = "publish.classic", .type = "classic"},
    {.kind = BUS_QUEUE, .name = "publish.short", .type = "quorum", .length_max = 3},
    {.kind = BUS_EXCHANGE, .name = "publish.direct", .type = "direct"},
    {.kind = BUS_EXCHANGE, .name = "publish.topic", .type = "topic", .is_transient = true},
    {.kind = BUS_BINDING, .name = "publish", .exchange = "publish.direct", .routing_key = "key"},
    {.kind = BUS_BINDING,
     .name = "publish.classic",
     .exchange = "publish.topic",
     .routing_key = "a.#"},
    {.name = NULL},
};

struct world {
    struct bus *bus;
    struct err err;
};

static int world_open(void **state)
{
    static struct world world;
    static const char *const purges[] = {"purge_queue publish", "purge_queue publish.classic",
                                         "purge_queue publish.short", "purge_queue publish.dead"};
    world.bus = bus_open_guest(topology);
    for (size_t i = 0; i < ARRAY_LEN(purges); i++)
        assert_int_equal(broker_ctl(purges[i], world.bus, NULL), 0);
    *state = &world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;
    bus_close(world->bus);
    return 0;
}

static void bus_publish__many__are_all_confirmed_in_tags_from_one(void **state)
{
    struct world *world = *state;
    struct bus_message message = message_to("publish", "hello");
    uint64_t tag;
    for (uint64_t i = 1; i <= 3000; i++) {
        assert_true(bus_publish(world->bus, &message, &tag, &world->err));
        assert_true(tag == i);
        assert_true(tag - bus_confirmed_tag(world->bus) <= BUS_IN_FLIGHT_MAX);
    }
    assert_true(bus_settle(world->bus, 10, &world->err));
    assert_true(bus_confirmed_tag(world->bus) <= 3000);
    settle_ok(world->bus);
    assert_true(bus_confirmed_tag(world->bus) == 3000);
    assert_true(bus_reopen(world->bus, &world->err));
    assert_true(bus_confirmed_tag(world->bus) == 0);
    assert_true(bus_publish(world->bus, &message, &tag, &world->err));
    assert_true(tag == 1);
    settle_ok(world->bus);
}

static void bus_publish__properties_and_sizes__arrive(void **state)
{
    static const size_t sizes[] = {0, 1, 131064, 131065, 1 << 20, BUS_MESSAGE_BYTES_MAX};
    struct world *world = *state;
    struct bus *consumer = bus_open_guest(NULL);
    char *body = malloc(BUS_MESSAGE_BYTES_MAX);
    assert_non_null(body);
    for (size_t i = 0; i < BUS_MESSAGE_BYTES_MAX; i++)
        body[i] = (char)(i * 2654435761u >> 24);
    consume_ok(consumer, "publish", 10);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct bus_message message = {
            .exchange = "publish.direct", .routing_key = "key", .body = body, .length = sizes[i]};
        if (i % 2 == 0) {
            message.content_type = "application/json";
            message.type = "trade";
            message.message_id = "4711";
        }
        publish_ok(world->bus, message);
        settle_ok(world->bus);
        struct bus_delivery delivery = next_ok(consumer);
        assert_int_equal(delivery.length, sizes[i]);
        assert_memory_equal(delivery.body, body, sizes[i]);
        assert_string_equal(delivery.type, i % 2 == 0 ? "trade" : "");
        assert_string_equal(delivery.message_id, i % 2 == 0 ? "4711" : "");
        assert_string_equal(delivery.content_type,
                            i % 2 == 0 ? "application/json" : "application/octet-stream");
        assert_false(delivery.redelivered || delivery.is_too_large);
        ack_ok(consumer, delivery.tag, false);
    }
    free(body);
    bus_close(consumer);
}

static void bus_settle__message_that_no_queue_takes__fails_with_its_key(void **state)
{
    struct world *world = *state;
    struct bus_message lost = {
        .exchange = "publish.direct", .routing_key = "no-such-key", .body = "x", .length = 1};
    uint64_t tag;
    publish_ok(world->bus, message_to("publish", "fine"));
    publish_ok(world->bus, lost);
    assert_false(bus_settle(world->bus, 0, &world->err));
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
    assert_non_null(strstr(world->err.what, "no-such-key"));
    assert_non_null(strstr(world->err.what, "publish.direct"));
    assert_false(bus_is_open(world->bus));
    assert_false(bus_publish(world->bus, &lost, &tag, &world->err));
    assert_non_null(strstr(world->err.what, "no-such-key")); /* the reason stays */
    assert_true(bus_reopen(world->bus, &world->err));

    lost.is_feed = true;
    publish_ok(world->bus, lost);
    settle_ok(world->bus);
    assert_true(bus_confirmed_tag(world->bus) == 0);
}

static void bus_publish__feed__is_routed_in_order_when_settled(void **state)
{
    struct world *world = *state;
    struct bus *consumer = bus_open_guest(NULL);
    enum { COUNT = BUS_FEED_MAX + 500 }; /* more than may be under way */
    consume_ok(consumer, "publish", 1000);
    for (uint32_t i = 0; i < COUNT; i++)
        publish_ok(world->bus, (struct bus_message){.exchange = "publish.direct",
                                                    .routing_key = "key",
                                                    .body = &i,
                                                    .length = sizeof(i),
                                                    .is_feed = true});
    settle_ok(world->bus);
    publish_ok(world->bus, message_to("publish", "confirmed")); /* both kinds on one bus */
    settle_ok(world->bus);
    assert_true(bus_confirmed_tag(world->bus) == 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct bus_delivery delivery = next_ok(consumer);
        assert_int_equal(delivery.length, sizeof(i));
        assert_memory_equal(delivery.body, &i, sizeof(i));
        ack_ok(consumer, delivery.tag, false);
    }
    bus_close(consumer);
}

static void bus_publish__feed_after_a_reopen__goes_on(void **state)
{
    struct world *world = *state;
    struct bus_message message = {
        .exchange = "publish.direct", .routing_key = "no-such-key", .is_feed = true};
    publish_ok(world->bus, message);
    assert_true(bus_reopen(world->bus, &world->err));
    publish_ok(world->bus, message);
    settle_ok(world->bus);
    assert_true(bus_is_open(world->bus));
}

static void bus_settle__exchange_that_is_not_there__fails_and_reopen_declares_it(void **state)
{
    static const struct bus_row later[] = {
        {.kind = BUS_EXCHANGE, .name = "publish.later", .type = "direct"},
        {.kind = BUS_BINDING, .name = "publish", .exchange = "publish.later", .routing_key = "key"},
        {.name = NULL},
    };
    struct world *world = *state;
    struct bus_message message = {
        .exchange = "publish.later", .routing_key = "key", .body = "x", .length = 1};
    publish_ok(world->bus, message);
    assert_false(bus_settle(world->bus, 0, &world->err));
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
    assert_non_null(strstr(world->err.what, "404"));
    struct bus *owner = bus_open_guest(later);
    assert_true(bus_reopen(world->bus, &world->err));
    publish_ok(world->bus, message);
    settle_ok(world->bus);
    bus_close(owner);
}

static void bus_settle__full_queue__is_refused_and_works_again_when_drained(void **state)
{
    struct world *world = *state;
    struct bus *consumer = bus_open_guest(NULL);
    unsigned published = 0;
    bool is_full = false;
    /* A quorum queue notices its length a little late. */
    for (; published < 200 && !is_full; published++) {
        publish_ok(world->bus, message_to("publish.short", "x"));
        is_full = !bus_settle(world->bus, 0, &world->err);
    }
    assert_true(is_full);
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
    assert_non_null(strstr(world->err.what, "refused"));
    consume_ok(consumer, "publish.short", 100);
    while (!is_empty(consumer))
        ;
    assert_true(bus_reopen(consumer, &world->err)); /* gives them back unacked... */
    for (unsigned i = 0; i < 3; i++)
        ack_ok(consumer, next_ok(consumer).tag, true);
    while (!is_empty(consumer))
        ;
    bus_close(consumer);
    assert_int_equal(broker_ctl("purge_queue publish.short", world->bus, NULL), 0);
    assert_true(bus_reopen(world->bus, &world->err));
    publish_ok(world->bus, message_to("publish.short", "x"));
    settle_ok(world->bus);
}

static void bus_open__queue_of_another_type__is_configuration_with_the_servers_text(void **state)
{
    static const struct bus_row wrong_type[] = {
        {.kind = BUS_QUEUE, .name = "publish.classic", .type = "quorum"}, {.name = NULL}};
    static const struct bus_row wrong_exchange[] = {
        {.kind = BUS_EXCHANGE, .name = "publish.direct", .type = "topic"}, {.name = NULL}};
    static const struct bus_row wrong_binding[] = {
        {.kind = BUS_BINDING, .name = "publish", .exchange = "publish.nowhere", .routing_key = ""},
        {.name = NULL}};
    struct world *world = *state;
    struct bus_config config = bus_config_guest();
    struct bus *bus;
    assert_false(bus_open(&config, wrong_type, &bus, &world->err));
    assert_code(world->err, ERR_CONFIG);
    assert_non_null(strstr(world->err.what, "queue publish.classic: 406 PRECONDITION_FAILED"));
    assert_non_null(strstr(world->err.what, "x-queue-type"));
    assert_false(bus_open(&config, wrong_exchange, &bus, &world->err));
    assert_code(world->err, ERR_CONFIG);
    /* Its owner may be about to declare it: that heals. */
    assert_false(bus_open(&config, wrong_binding, &bus, &world->err));
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
}

static void bus_open__wrong_password_or_vhost__is_configuration(void **state)
{
    struct world *world = *state;
    struct bus_config config = bus_config_guest();
    struct bus *bus;
    config.password = "wrong-secret";
    assert_false(bus_open(&config, NULL, &bus, &world->err));
    assert_code(world->err, ERR_CONFIG);
    assert_null(strstr(world->err.what, "wrong-secret"));
    config = bus_config_guest();
    config.vhost = "nowhere";
    assert_false(bus_open(&config, NULL, &bus, &world->err));
    assert_code(world->err, ERR_CONFIG);
    config = bus_config_guest();
    config.port = 1;
    assert_false(bus_open(&config, NULL, &bus, &world->err));
    assert_code(world->err, ERR_BUS_UNAVAILABLE);
}

static void bus_publish__without_the_right__is_configuration(void **state)
{
    struct world *world = *state;
    struct bus_config config = bus_config_guest();
    struct bus *bus = NULL;
    broker_ctl("delete_user limited", world->bus, NULL);
    assert_int_equal(broker_ctl("add_user limited right", world->bus, NULL), 0);
    assert_int_equal(broker_ctl("set_permissions limited ^$ ^$ ^$", world->bus, NULL), 0);
    config.user = "limited";
    config.password = "right";
    if (!bus_open(&config, NULL, &bus, &world->err))
        fail_msg("%s", world->err.what);
    publish_ok(bus,
               (struct bus_message){
                   .exchange = "publish.direct", .routing_key = "key", .body = "x", .length = 1});
    assert_false(bus_settle(bus, 0, &world->err));
    assert_code(world->err, ERR_CONFIG);
    assert_non_null(strstr(world->err.what, "403"));
    bus_close(bus);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)
    const struct CMUnitTest tests[] = {
        TEST(bus_publish__many__are_all_confirmed_in_tags_from_one),
        TEST(bus_publish__properties_and_sizes__arrive),
        TEST(bus_settle__message_that_no_queue_takes__fails_with_its_key),
        TEST(bus_publish__feed__is_routed_in_order_when_settled),
        TEST(bus_publish__feed_after_a_reopen__goes_on),
        TEST(bus_settle__exchange_that_is_not_there__fails_and_reopen_declares_it),
        TEST(bus_settle__full_queue__is_refused_and_works_again_when_drained),
        TEST(bus_open__queue_of_another_type__is_configuration_with_the_servers_text),
        TEST(bus_open__wrong_password_or_vhost__is_configuration),
        TEST(bus_publish__without_the_right__is_configuration),
    };
    return cmocka_run_group_tests(tests, broker_start, NULL);
}
