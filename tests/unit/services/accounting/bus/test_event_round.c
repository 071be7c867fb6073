/* A round of outbox rows: reading them, refusing what is malformed, and what replaces what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/bus/event_round.h"

struct world {
    struct event_round round;
    struct str rows[4];
};

static int world_new(void **state)
{
    static struct world world;
    memset(&world, 0, sizeof(world));
    for (size_t i = 0; i < ARRAY_LEN(world.rows); i++) {
        world.rows[i] = STR_INIT(1 << 20);
        events_begin(&world.rows[i]);
    }
    *state = &world;
    return 0;
}

static int world_free(void **state)
{
    struct world *world = *state;
    event_round_release(&world->round);
    for (size_t i = 0; i < ARRAY_LEN(world->rows); i++)
        str_release(&world->rows[i]);
    return 0;
}

static void add_level(struct str *row, const char *market, enum side side, int64_t price,
                      int64_t volume)
{
    struct event_level event;
    memset(&event, 0, sizeof(event));
    memcpy(event.market_id, market, strlen(market));
    event.side = side;
    event.price = dec_from_i64(price);
    event.volume = dec_from_i64(volume);
    events_add(row, EVENT_LEVEL, &event, sizeof(event));
}

static void add_order(struct str *row, uint64_t id, enum order_change change)
{
    struct event_order event;
    memset(&event, 0, sizeof(event));
    event.order.id = id;
    event.change = change;
    events_add(row, EVENT_ORDER, &event, sizeof(event));
}

static void add_balance(struct str *row, uint64_t member_id, const char *currency)
{
    struct event_balance event;
    memset(&event, 0, sizeof(event));
    event.member_id = member_id;
    memcpy(event.currency_id, currency, strlen(currency));
    events_add(row, EVENT_BALANCE, &event, sizeof(event));
}

static void read_row(struct world *world, size_t row, bool is_before)
{
    struct err err;
    assert_true(event_round_add(&world->round, world->rows[row].data, world->rows[row].length,
                                is_before, &err));
}

static void assert_replaced(struct world *world, const char *expected)
{
    struct err err;
    assert_true(event_round_compare(&world->round, &err));
    assert_int_equal(world->round.count, strlen(expected));
    for (size_t i = 0; i < world->round.count; i++)
        assert_int_equal(world->round.items[i].is_replaced, expected[i] == 'x');
}

static void compare__same_level_twice__the_last_one_counts(void **state)
{
    struct world *world = *state;
    add_level(&world->rows[0], "btcusd", SIDE_BUY, 10, 1);
    add_level(&world->rows[0], "btcusd", SIDE_SELL, 10, 1);
    add_level(&world->rows[0], "ethusd", SIDE_BUY, 10, 1);
    add_level(&world->rows[1], "btcusd", SIDE_BUY, 11, 1);
    add_level(&world->rows[1], "btcusd", SIDE_BUY, 10, 0);
    read_row(world, 0, false);
    read_row(world, 1, false);
    assert_replaced(world, "x....");
}

static void compare__order_changes__beginning_and_end_stay(void **state)
{
    struct world *world = *state;
    add_order(&world->rows[0], 1, ORDER_CREATED);
    add_order(&world->rows[0], 2, ORDER_CREATED);
    add_order(&world->rows[0], 1, ORDER_UPDATED);
    add_order(&world->rows[0], 1, ORDER_UPDATED);
    add_order(&world->rows[0], 2, ORDER_UPDATED);
    add_order(&world->rows[0], 1, ORDER_COMPLETED);
    read_row(world, 0, false);
    assert_replaced(world, "..xx..");
}

static void compare__balances__one_an_account(void **state)
{
    struct world *world = *state;
    add_balance(&world->rows[0], 1, "usd");
    add_balance(&world->rows[0], 1, "btc");
    add_balance(&world->rows[0], 2, "usd");
    add_balance(&world->rows[1], 1, "usd");
    read_row(world, 0, false);
    read_row(world, 1, false);
    assert_replaced(world, "x...");
}

static void compare__many__as_by_pairs(void **state)
{
    struct world *world = *state;
    enum { COUNT = 5000, PRICES = 700 };
    for (int64_t i = 0; i < COUNT; i++)
        add_level(&world->rows[0], "btcusd", SIDE_BUY, i * 7919 % PRICES, i);
    read_row(world, 0, false);
    struct err err;
    assert_true(event_round_compare(&world->round, &err));
    for (int64_t i = 0; i < COUNT; i++)
        assert_int_equal(world->round.items[i].is_replaced, i < COUNT - PRICES);
}

static void add__row_of_before__marked(void **state)
{
    struct world *world = *state;
    add_level(&world->rows[0], "btcusd", SIDE_BUY, 10, 1);
    add_level(&world->rows[1], "btcusd", SIDE_BUY, 11, 1);
    read_row(world, 0, true);
    read_row(world, 1, false);
    assert_true(world->round.items[0].is_before);
    assert_false(world->round.items[1].is_before);
    event_round_clear(&world->round);
    assert_replaced(world, "");
}

static void add__malformed__refused_whole(void **state)
{
    struct world *world = *state;
    struct str *row = &world->rows[0];
    struct err err;
    add_level(row, "btcusd", SIDE_BUY, 10, 1);
    add_level(row, "btcusd", SIDE_BUY, 11, 1);
    for (size_t length = 0; length < row->length; length++) {
        bool whole = length == sizeof(uint32_t) ||
                     length == sizeof(uint32_t) + (row->length - sizeof(uint32_t)) / 2;
        event_round_clear(&world->round);
        bool added = event_round_add(&world->round, row->data, length, false, &err);
        assert_int_equal(added, whole);
        if (!added) {
            assert_int_equal(err.code, ERR_PROTOCOL);
            assert_int_equal(world->round.count, 0);
        }
    }
    event_round_clear(&world->round);
    events_add(row, EVENT_ORDER, "short", 5);
    assert_false(event_round_add(&world->round, row->data, row->length, false, &err));
    events_begin(row);
    events_add(row, (enum event_kind)99, "?", 1);
    assert_false(event_round_add(&world->round, row->data, row->length, false, &err));
    row->data[0]++; /* another version */
    assert_false(event_round_add(&world->round, row->data, row->length, false, &err));
    assert_int_equal(world->round.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(compare__same_level_twice__the_last_one_counts),
        TEST(compare__order_changes__beginning_and_end_stay),
        TEST(compare__balances__one_an_account),
        TEST(compare__many__as_by_pairs),
        TEST(add__row_of_before__marked),
        TEST(add__malformed__refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
