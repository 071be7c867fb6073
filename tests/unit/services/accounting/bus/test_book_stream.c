/* The order-book stream: the rules of reference 5.5 and the facts of 11.7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/bus/book_stream.h"
#include "tests/unit/services/accounting/bus/sink.h"

#define SECOND_US INT64_C(1000000)

struct world {
    struct sink sink;
    struct book_stream *books;
};

static int world_new(void **state)
{
    static struct world world;
    sink_init(&world.sink);
    world.books = book_stream_new();
    *state = &world;
    return world.books ? 0 : -1;
}

static int world_free(void **state)
{
    struct world *world = *state;
    book_stream_free(world->books);
    sink_release(&world->sink);
    return 0;
}

static void level(struct world *world, enum side side, int64_t price, int64_t volume,
                  int64_t monotonic_us)
{
    struct err err;
    assert_true(book_stream_level(world->books, &world->sink.out, "btcusd", side,
                                  dec_from_i64(price), dec_from_i64(volume), monotonic_us, &err));
}

static void begin(struct world *world, int64_t monotonic_us)
{
    struct err err;
    assert_true(book_stream_begin(world->books, &world->sink.out, monotonic_us, &err));
}

static void assert_lines(struct world *world, const char *expected)
{
    assert_string_equal(str_data(&world->sink.lines), expected);
    str_clear(&world->sink.lines);
}

static void load_contract_book(struct world *world)
{
    static const struct {
        enum side side;
        int64_t price, volume;
    } rows[] = {{SIDE_SELL, 14, 1}, {SIDE_SELL, 12, 1}, {SIDE_BUY, 11, 2}, {SIDE_BUY, 10, 2}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        book_stream_load(world->books, "btcusd", rows[i].side, dec_from_i64(rows[i].price),
                         dec_from_i64(rows[i].volume));
}

static void begin__loaded_book__snapshot_one_then_increments_from_two(void **state)
{
    struct world *world = *state;
    load_contract_book(world);
    begin(world, 0);
    assert_lines(world, "ranger public.btcusd.ob-snap "
                        "{\"asks\":[[\"12.0\",\"1.0\"],[\"14.0\",\"1.0\"]],"
                        "\"bids\":[[\"11.0\",\"2.0\"],[\"10.0\",\"2.0\"]],\"sequence\":1}\n");
    begin(world, 0);
    assert_lines(world, "");
    level(world, SIDE_SELL, 12, 0, 0);
    level(world, SIDE_BUY, 12, 3, 0);
    assert_lines(world,
                 "ranger public.btcusd.ob-inc {\"asks\":[\"12.0\",\"\"],\"sequence\":2}\n"
                 "ranger public.btcusd.ob-inc {\"bids\":[\"12.0\",\"3.0\"],\"sequence\":3}\n");
}

static void begin__market_without_orders__empty_snapshot(void **state)
{
    struct world *world = *state;
    book_stream_add(world->books, "xagm.cxusd");
    begin(world, 0);
    assert_lines(world,
                 "ranger public.xagm.cxusd.ob-snap {\"asks\":[],\"bids\":[],\"sequence\":1}\n");
}

static void level__unknown_level__still_an_increment(void **state)
{
    struct world *world = *state;
    level(world, SIDE_SELL, 7, 0, 0);
    assert_lines(world, "ranger public.btcusd.ob-snap {\"asks\":[],\"bids\":[],\"sequence\":1}\n"
                        "ranger public.btcusd.ob-inc {\"asks\":[\"7.0\",\"\"],\"sequence\":2}\n");
}

/* Counts snapshots among the lines, and forgets them. */
static size_t snapshots(struct world *world)
{
    size_t count = 0;
    for (const char *at = str_data(&world->sink.lines); (at = strstr(at, ".ob-snap ")); at++)
        count++;
    str_clear(&world->sink.lines);
    return count;
}

static void level__by_the_clock__snapshot_again_or_not(void **state)
{
    static const struct {
        int increments;
        int64_t after_us;
        size_t snapshots;
    } rows[] = {
        {5, 80 * SECOND_US, 1},  {5, 60 * SECOND_US, 1},
        {5, 59 * SECOND_US, 0},  {5, 0, 0},
        {20, 11 * SECOND_US, 1}, {20, 10 * SECOND_US, 0},
        {20, 1 * SECOND_US, 0},  {19, 11 * SECOND_US, 0},
        {500, 9 * SECOND_US, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world *world = *state;
        book_stream_clear(world->books);
        book_stream_add(world->books, "btcusd");
        begin(world, 0);
        for (int k = 0; k < rows[i].increments; k++)
            level(world, SIDE_BUY, 1, k + 1, 0);
        assert_int_equal(snapshots(world), 1);
        level(world, SIDE_BUY, 1, 9, rows[i].after_us);
        assert_int_equal(snapshots(world), rows[i].snapshots);
    }
}

static void level__snapshot_in_between__number_before_the_increment(void **state)
{
    struct world *world = *state;
    book_stream_add(world->books, "btcusd");
    begin(world, 0);
    level(world, SIDE_BUY, 1, 1, 0);
    str_clear(&world->sink.lines);
    level(world, SIDE_BUY, 2, 5, 61 * SECOND_US);
    assert_lines(world,
                 "ranger public.btcusd.ob-snap {\"asks\":[],\"bids\":[[\"1.0\",\"1.0\"]],"
                 "\"sequence\":2}\n"
                 "ranger public.btcusd.ob-inc {\"bids\":[\"2.0\",\"5.0\"],\"sequence\":3}\n");
}

static void renew__after_lost_messages__snapshot_with_the_number_so_far(void **state)
{
    struct world *world = *state;
    struct err err;
    book_stream_add(world->books, "btcusd");
    begin(world, 0);
    world->sink.fails = true;
    assert_false(book_stream_level(world->books, &world->sink.out, "btcusd", SIDE_BUY,
                                   dec_from_i64(1), dec_from_i64(1), 0, &err));
    world->sink.fails = false;
    str_clear(&world->sink.lines);
    book_stream_renew(world->books);
    begin(world, 0);
    level(world, SIDE_BUY, 1, 1, 0); /* the row is told again */
    assert_lines(world,
                 "ranger public.btcusd.ob-snap {\"asks\":[],\"bids\":[[\"1.0\",\"1.0\"]],"
                 "\"sequence\":2}\n"
                 "ranger public.btcusd.ob-inc {\"bids\":[\"1.0\",\"1.0\"],\"sequence\":3}\n");
}

static void begin__deep_book__at_most_301_levels(void **state)
{
    struct world *world = *state;
    size_t brackets = 0;
    for (int64_t price = 1; price <= 1000; price++)
        book_stream_load(world->books, "btcusd", SIDE_SELL, dec_from_i64(price), dec_from_i64(1));
    begin(world, 0);
    for (const char *at = str_data(&world->sink.lines); *at; at++)
        brackets += *at == '[';
    assert_int_equal(brackets, SNAPSHOT_LEVELS_MAX + 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(begin__loaded_book__snapshot_one_then_increments_from_two),
        TEST(begin__market_without_orders__empty_snapshot),
        TEST(level__unknown_level__still_an_increment),
        TEST(level__by_the_clock__snapshot_again_or_not),
        TEST(level__snapshot_in_between__number_before_the_increment),
        TEST(renew__after_lost_messages__snapshot_with_the_number_so_far),
        TEST(begin__deep_book__at_most_301_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
