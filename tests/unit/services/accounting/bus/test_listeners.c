/* Which signed events go out: all of a kind that is taken, one a round of a kind that is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/bus/listeners.h"

static int world_new(void **state)
{
    *state = listeners_new();
    return *state ? 0 : -1;
}

static int world_free(void **state)
{
    listeners_free(*state);
    return 0;
}

/* A round of `count` events of one kind; gives how many went out at first. */
static size_t send(struct listeners *listeners, const char *key, size_t count)
{
    size_t sent = 0;
    listeners_begin(listeners);
    for (size_t i = 0; i < count; i++)
        sent += listeners_wants(listeners, EXCHANGE_MARKET, key);
    return sent;
}

static size_t send_owed(struct listeners *listeners, const char *key, size_t count)
{
    size_t sent = 0;
    for (size_t i = 0; i < count; i++)
        sent += listeners_owes(listeners, EXCHANGE_MARKET, key);
    return sent;
}

static void wants__somebody_takes_it__all_of_them(void **state)
{
    for (int round = 0; round < 3; round++) {
        assert_int_equal(send(*state, "btcusd.order_created", 10), 10);
        assert_false(listeners_owed(*state));
        assert_int_equal(send_owed(*state, "btcusd.order_created", 10), 0);
    }
}

static void wants__nobody_takes_it__one_a_round(void **state)
{
    assert_int_equal(send(*state, "btcusd.order_created", 10), 10);
    listeners_returned(*state, EXCHANGE_MARKET, "btcusd.order_created");
    assert_false(listeners_owed(*state));
    for (int round = 0; round < 3; round++) {
        assert_int_equal(send(*state, "btcusd.order_created", 10), 1);
        listeners_returned(*state, EXCHANGE_MARKET, "btcusd.order_created");
        assert_false(listeners_owed(*state));
    }
    /* Another kind is another question. */
    assert_int_equal(send(*state, "ethusd.order_created", 10), 10);
}

static void wants__comes_back_within_the_round__the_rest_is_left_out(void **state)
{
    size_t sent = 0;
    listeners_begin(*state);
    for (size_t i = 0; i < 10; i++) {
        sent += listeners_wants(*state, EXCHANGE_MARKET, "btcusd.order_created");
        if (i == 3)
            listeners_returned(*state, EXCHANGE_MARKET, "btcusd.order_created");
    }
    assert_int_equal(sent, 4);
    assert_false(listeners_owed(*state));
}

static void owed__somebody_appeared__the_rest_once(void **state)
{
    send(*state, "btcusd.order_created", 1);
    listeners_returned(*state, EXCHANGE_MARKET, "btcusd.order_created");
    assert_false(listeners_owed(*state));
    assert_int_equal(send(*state, "btcusd.order_created", 10), 1);
    assert_true(listeners_owed(*state)); /* it did not come back */
    assert_int_equal(send_owed(*state, "btcusd.order_created", 10), 9);
    assert_int_equal(send(*state, "btcusd.order_created", 10), 10);
    assert_false(listeners_owed(*state));
}

static void owed__appeared_with_a_single_event__nothing_more(void **state)
{
    send(*state, "btcusd.order_created", 1);
    listeners_returned(*state, EXCHANGE_MARKET, "btcusd.order_created");
    assert_false(listeners_owed(*state));
    assert_int_equal(send(*state, "btcusd.order_created", 1), 1);
    assert_false(listeners_owed(*state));
    assert_int_equal(send(*state, "btcusd.order_created", 5), 5);
}

static void reset__new_connection__all_of_them(void **state)
{
    send(*state, "btcusd.order_created", 1);
    listeners_returned(*state, EXCHANGE_MARKET, "btcusd.order_created");
    assert_false(listeners_owed(*state));
    listeners_reset(*state);
    assert_int_equal(send(*state, "btcusd.order_created", 10), 10);
}

static void wants__more_kinds_than_there_is_room_for__sent(void **state)
{
    char key[ROUTING_KEY_SIZE];
    listeners_begin(*state);
    for (unsigned i = 0; i < LISTENERS_MAX + 10; i++) {
        snprintf(key, sizeof(key), "market%u.order_created", i);
        assert_true(listeners_wants(*state, EXCHANGE_MARKET, key));
        listeners_returned(*state, EXCHANGE_MARKET, key);
    }
    assert_false(listeners_owed(*state));
    listeners_begin(*state);
    assert_true(listeners_wants(*state, EXCHANGE_MARKET, key));
    assert_true(listeners_wants(*state, EXCHANGE_MARKET, key));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(wants__somebody_takes_it__all_of_them),
        TEST(wants__nobody_takes_it__one_a_round),
        TEST(wants__comes_back_within_the_round__the_rest_is_left_out),
        TEST(owed__somebody_appeared__the_rest_once),
        TEST(owed__appeared_with_a_single_event__nothing_more),
        TEST(reset__new_connection__all_of_them),
        TEST(wants__more_kinds_than_there_is_room_for__sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
