/*
 * Which points of a k-line are given, and the flat points between candles. The first group is the
 * acceptance list of the contract (reference 11.7): 33 one-minute points.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/marketdata/kline.h"
#include "base/check.h"

enum { POINTS = 33, MINUTE = 60, FIRST = 1600000020, LAST = FIRST + (POINTS - 1) * MINUTE };
#define NONE INT64_MIN

static struct kline_request request_of(int64_t from, int64_t to, int64_t limit)
{
    return (struct kline_request){
        .has_from = from != NONE,
        .has_to = to != NONE,
        .time_from_s = from,
        .time_to_s = to,
        .limit = limit,
    };
}

static void kline_select__contract_rows__as_listed(void **state)
{
    static const struct {
        int64_t from, to, limit;
        int64_t first_point, count; /* of the 33; count 0: [] */
    } rows[] = {
        {NONE, NONE, 30, 3, 30},                            /* no params: the last 30 */
        {FIRST - 1000, NONE, 30, 0, 30},                    /* from before the first */
        {LAST + 1, NONE, 30, 0, 0},                         /* from after the last */
        {FIRST + 10 * MINUTE, NONE, 30, 10, 23},            /* from in range */
        {FIRST + 10 * MINUTE + 1, NONE, 30, 11, 22},        /* ... between two points */
        {NONE, FIRST - 1, 30, 0, 0},                        /* to before the first */
        {NONE, FIRST + 5 * MINUTE, 30, 0, 6},               /* to in range, inclusive */
        {NONE, FIRST + 5 * MINUTE - 1, 30, 0, 5},           /* ... just before a point */
        {NONE, LAST + 9999, 30, 3, 30},                     /* to after the last */
        {FIRST + 9 * MINUTE, FIRST + 3 * MINUTE, 30, 0, 0}, /* from > to */
        {FIRST, LAST, 1, 0, POINTS},                        /* both: limit ignored */
        {FIRST + 2 * MINUTE, FIRST + 4 * MINUTE, 1, 2, 3},  /* both bounds inclusive */
        {NONE, NONE, 5, 28, 5},                             /* limit n: the last n */
        {NONE, NONE, 10000, 0, POINTS},                     /* more than there is */
        {FIRST + 7 * MINUTE, NONE, 5, 7, 5},                /* limit n and from */
        {NONE, FIRST + 7 * MINUTE, 5, 3, 5},                /* limit n and to */
        {INT64_MIN + 1, INT64_MAX, 30, 0, POINTS},          /* absurd bounds */
        {INT64_MAX, INT64_MIN + 1, 30, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct kline_request request = request_of(rows[i].from, rows[i].to, rows[i].limit);
        struct kline_range range = kline_select(&request, PERIOD_1M, FIRST, LAST + 30);
        assert_int_equal(range.count, rows[i].count);
        if (range.count == 0)
            continue;
        assert_int_equal(range.from_s, FIRST + rows[i].first_point * MINUTE);
        assert_int_equal(range.to_s, range.from_s + (rows[i].count - 1) * MINUTE);
    }
}

static void kline_select__no_trade_ever__empty(void **state)
{
    struct kline_request request = request_of(NONE, NONE, 30);
    (void)state;
    assert_int_equal(kline_select(&request, PERIOD_1M, 0, LAST).count, 0);
}

static void kline_select__both_bounds_far_apart__bounded(void **state)
{
    struct kline_request request = request_of(0, INT64_MAX, 30);
    (void)state;
    struct kline_range range = kline_select(&request, PERIOD_1M, 60, LAST);
    assert_int_equal(range.count, KLINE_POINTS_MAX);
    assert_int_equal(range.from_s, 60);
}

static void kline_select__clock_behind_the_trades__the_first_point(void **state)
{
    struct kline_request request = request_of(NONE, NONE, 30);
    (void)state;
    struct kline_range range = kline_select(&request, PERIOD_1M, FIRST, FIRST - 500);
    assert_int_equal(range.count, 1);
    assert_int_equal(range.from_s, FIRST);
}

/* ---- filling ---- */

struct points {
    struct candle points[64];
    size_t count;
};

static void note(void *arg, const struct candle *point)
{
    struct points *points = arg;
    assert_true(points->count < ARRAY_LEN(points->points));
    points->points[points->count++] = *point;
}

static struct candle candle_at(int64_t at_s, int64_t open, int64_t close)
{
    return (struct candle){
        .at_s = at_s,
        .open = dec_from_i64(open),
        .high = dec_from_i64(open > close ? open : close),
        .low = dec_from_i64(open < close ? open : close),
        .close = dec_from_i64(close),
        .amount = dec_from_i64(1),
        .total = dec_from_i64(close),
    };
}

static void assert_flat(const struct candle *point, int64_t at_s, int64_t close)
{
    assert_int_equal(point->at_s, at_s);
    assert_int_equal(dec_cmp(point->open, dec_from_i64(close)), 0);
    assert_int_equal(dec_cmp(point->high, dec_from_i64(close)), 0);
    assert_int_equal(dec_cmp(point->low, dec_from_i64(close)), 0);
    assert_int_equal(dec_cmp(point->close, dec_from_i64(close)), 0);
    assert_true(dec_is_zero(point->amount));
}

static void kline_fill__gaps__repeat_the_last_close(void **state)
{
    struct kline_range range = {
        .period = PERIOD_1M, .from_s = FIRST, .to_s = FIRST + 5 * MINUTE, .count = 6};
    struct points points = {0};
    struct kline_fill fill = kline_begin(&range, note, &points);
    struct candle before = candle_at(FIRST - 600, 3, 4), inside = candle_at(FIRST + 120, 5, 6);
    (void)state;
    kline_push(&fill, &before);
    kline_push(&fill, &inside);
    kline_end(&fill);
    assert_int_equal(points.count, 6);
    assert_flat(&points.points[0], FIRST, 4);
    assert_flat(&points.points[1], FIRST + 60, 4);
    assert_int_equal(points.points[2].at_s, FIRST + 120);
    assert_int_equal(dec_cmp(points.points[2].open, dec_from_i64(5)), 0);
    assert_int_equal(dec_cmp(points.points[2].amount, dec_from_i64(1)), 0);
    for (size_t i = 3; i < 6; i++)
        assert_flat(&points.points[i], FIRST + (int64_t)i * 60, 6);
}

static void kline_fill__nothing_before_the_range__begins_with_the_first_candle(void **state)
{
    struct kline_range range = {.period = PERIOD_5M, .from_s = 300, .to_s = 900, .count = 3};
    struct points points = {0};
    struct kline_fill fill = kline_begin(&range, note, &points);
    struct candle first = candle_at(600, 1, 2);
    (void)state;
    kline_push(&fill, &first);
    kline_end(&fill);
    assert_int_equal(points.count, 2);
    assert_int_equal(points.points[0].at_s, 600);
    assert_flat(&points.points[1], 900, 2);
}

static void kline_fill__empty_range__nothing(void **state)
{
    struct kline_range range = {.period = PERIOD_1M};
    struct points points = {0};
    struct kline_fill fill = kline_begin(&range, note, &points);
    (void)state;
    kline_end(&fill);
    assert_int_equal(points.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kline_select__contract_rows__as_listed),
        cmocka_unit_test(kline_select__no_trade_ever__empty),
        cmocka_unit_test(kline_select__both_bounds_far_apart__bounded),
        cmocka_unit_test(kline_select__clock_behind_the_trades__the_first_point),
        cmocka_unit_test(kline_fill__gaps__repeat_the_last_close),
        cmocka_unit_test(kline_fill__nothing_before_the_range__begins_with_the_first_candle),
        cmocka_unit_test(kline_fill__empty_range__nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
