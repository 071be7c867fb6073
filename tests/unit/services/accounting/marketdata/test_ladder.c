/*
 * One side of a book: order, replacement, removal, the bound; and a long random run beside a plain
 * array that is searched from end to end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/marketdata/ladder.h"

static void set(struct ladder *ladder, int64_t price, int64_t volume)
{
    ladder_set(ladder, dec_from_i64(price), dec_from_i64(volume));
}

static void assert_levels(const struct ladder *ladder, const int64_t (*rows)[2], size_t count)
{
    struct ladder_cursor at = {0};
    for (size_t i = 0; i < count; i++) {
        const struct depth_level *level = ladder_next(ladder, &at);
        assert_non_null(level);
        assert_int_equal(dec_cmp(level->price, dec_from_i64(rows[i][0])), 0);
        assert_int_equal(dec_cmp(level->volume, dec_from_i64(rows[i][1])), 0);
    }
    assert_null(ladder_next(ladder, &at));
    assert_int_equal(ladder->count, count);
}

static void ladder_set__asks__ascending(void **state)
{
    static const int64_t rows[][2] = {{1, 5}, {3, 7}, {9, 1}};
    struct ladder ladder = ladder_of(SIDE_SELL);
    (void)state;
    set(&ladder, 3, 5);
    set(&ladder, 9, 1);
    set(&ladder, 1, 5);
    set(&ladder, 3, 7);
    assert_levels(&ladder, rows, 3);
    ladder_release(&ladder);
}

static void ladder_set__bids__descending_and_zero_removes(void **state)
{
    static const int64_t rows[][2] = {{9, 1}, {1, 5}};
    struct ladder ladder = ladder_of(SIDE_BUY);
    (void)state;
    set(&ladder, 3, 5);
    set(&ladder, 9, 1);
    set(&ladder, 1, 5);
    set(&ladder, 3, 0);
    set(&ladder, 4, 0); /* was never there */
    assert_levels(&ladder, rows, 2);
    assert_true(dec_is_zero(ladder_get(&ladder, dec_from_i64(3))));
    assert_int_equal(dec_cmp(ladder_get(&ladder, dec_from_i64(9)), dec_from_i64(1)), 0);
    ladder_release(&ladder);
}

static void ladder_copy__limit__the_best(void **state)
{
    struct ladder ladder = ladder_of(SIDE_SELL);
    struct depth_level levels[400];
    (void)state;
    for (int64_t price = 1000; price > 0; price--)
        set(&ladder, price, price);
    assert_int_equal(ladder_copy(&ladder, 400, levels), 400);
    for (int64_t i = 0; i < 400; i++)
        assert_int_equal(dec_cmp(levels[i].price, dec_from_i64(i + 1)), 0);
    assert_int_equal(ladder_copy(&ladder, 0, levels), 0);
    ladder_release(&ladder);
    assert_int_equal(ladder_copy(&ladder, 400, levels), 0);
}

static void ladder_set__above_the_bound__forgets_the_farthest(void **state)
{
    struct ladder ladder = ladder_of(SIDE_SELL);
    (void)state;
    for (int64_t price = 1; price <= LADDER_LEVELS_MAX; price++)
        set(&ladder, 2 * price, 1);
    assert_false(ladder.is_cut);
    set(&ladder, 1, 1); /* a better one pushes the last one out */
    assert_true(ladder.is_cut);
    assert_int_equal(ladder.count, LADDER_LEVELS_MAX);
    assert_true(dec_is_zero(ladder_get(&ladder, dec_from_i64(2 * LADDER_LEVELS_MAX))));
    set(&ladder, 2 * LADDER_LEVELS_MAX, 5); /* behind what is known: not noted */
    assert_int_equal(ladder.count, LADDER_LEVELS_MAX);
    assert_false(ladder_is_short(&ladder));
    for (int64_t price = 1; price <= LADDER_LEVELS_MAX / 2 + 1; price++)
        set(&ladder, 2 * price, 0);
    assert_true(ladder_is_short(&ladder));
    ladder_release(&ladder);
}

/* A small generator of our own: the run is the same everywhere. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static void ladder_set__random_run__as_a_plain_array(void **state)
{
    enum { PRICES = 3000, STEPS = 300000 };
    static int64_t volumes[PRICES];
    uint64_t seed = 7;
    struct ladder ladder = ladder_of(SIDE_BUY);
    (void)state;
    for (size_t i = 0; i < STEPS; i++) {
        uint32_t price = next_random(&seed) % PRICES;
        /* Mostly growing, then mostly shrinking, so that blocks split and join. */
        bool removes = next_random(&seed) % 100 < (i < STEPS / 2 ? 20u : 80u);
        int64_t volume = removes ? 0 : 1 + next_random(&seed) % 1000;
        volumes[price] = volume;
        set(&ladder, price, volume);
    }
    struct ladder_cursor at = {0};
    size_t count = 0;
    for (int64_t price = PRICES - 1; price >= 0; price--) {
        if (volumes[price] == 0)
            continue;
        const struct depth_level *level = ladder_next(&ladder, &at);
        assert_non_null(level);
        assert_int_equal(dec_cmp(level->price, dec_from_i64(price)), 0);
        assert_int_equal(dec_cmp(level->volume, dec_from_i64(volumes[price])), 0);
        count++;
    }
    assert_int_equal(ladder.count, count);
    /* Neighbours share more than half a block: at most four times the room that is needed. */
    assert_true(ladder.blocks_count <= 4 * count / LADDER_BLOCK_LEVELS + 2);
    for (int64_t price = 0; price < PRICES; price++)
        set(&ladder, price, 0);
    assert_int_equal(ladder.count, 0);
    assert_int_equal(ladder.blocks_count, 0);
    ladder_release(&ladder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ladder_set__asks__ascending),
        cmocka_unit_test(ladder_set__bids__descending_and_zero_removes),
        cmocka_unit_test(ladder_copy__limit__the_best),
        cmocka_unit_test(ladder_set__above_the_bound__forgets_the_farthest),
        cmocka_unit_test(ladder_set__random_run__as_a_plain_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
