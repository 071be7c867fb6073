/* Candles: buckets of every period, what a trade does to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/domain/candle.h"
#include "base/check.h"
#include "tests/support/dec.h"

static void candle_bucket__every_period__aligned_to_1970(void **state)
{
    static const struct {
        enum candle_period period;
        int64_t time_s, at_s;
    } rows[] = {
        {PERIOD_1M, 1600000059, 1600000020},
        {PERIOD_1M, 1600000080, 1600000080},
        {PERIOD_5M, 1600000059, 1599999900},
        {PERIOD_1D, 1600000059, 1599955200},
        /* 2020-09-10, a Thursday */
        {PERIOD_1W, 1600000059, 1599696000},
        {PERIOD_3D, 1600000059, 1599782400},
        {PERIOD_1M, -1, -60},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(candle_bucket(rows[i].period, rows[i].time_s), rows[i].at_s);
}

static void candle_period_find__known_and_unknown__tells(void **state)
{
    enum candle_period period;
    (void)state;
    for (unsigned i = 0; i < CANDLE_PERIODS; i++) {
        assert_true(candle_period_find(candle_period_minutes((enum candle_period)i), &period));
        assert_int_equal(period, i);
    }
    assert_string_equal(candle_period_name(PERIOD_1W), "1w");
    assert_false(candle_period_find(2, &period));
}

static void candle_add__three_trades__open_high_low_close_sums(void **state)
{
    struct candle candle = {0};
    (void)state;
    assert_true(candle_add(&candle, 60, dec_of("5"), dec_of("1"), dec_of("5")));
    assert_true(candle_add(&candle, 60, dec_of("7"), dec_of("2"), dec_of("14")));
    assert_true(candle_add(&candle, 60, dec_of("4"), dec_of("0.5"), dec_of("2")));
    assert_int_equal(candle.at_s, 60);
    assert_int_equal(dec_cmp(candle.open, dec_of("5")), 0);
    assert_int_equal(dec_cmp(candle.high, dec_of("7")), 0);
    assert_int_equal(dec_cmp(candle.low, dec_of("4")), 0);
    assert_int_equal(dec_cmp(candle.close, dec_of("4")), 0);
    assert_int_equal(dec_cmp(candle.amount, dec_of("3.5")), 0);
    assert_int_equal(dec_cmp(candle.total, dec_of("21")), 0);
}

static void candle_add__sum_out_of_range__changes_nothing(void **state)
{
    struct candle candle = {0};
    struct dec most = dec_of("99999999999999999999");
    (void)state;
    assert_true(candle_add(&candle, 60, dec_of("5"), most, dec_of("5")));
    assert_false(candle_add(&candle, 60, dec_of("6"), most, dec_of("5")));
    assert_int_equal(dec_cmp(candle.amount, most), 0);
    assert_int_equal(dec_cmp(candle.close, dec_of("5")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candle_bucket__every_period__aligned_to_1970),
        cmocka_unit_test(candle_period_find__known_and_unknown__tells),
        cmocka_unit_test(candle_add__three_trades__open_high_low_close_sums),
        cmocka_unit_test(candle_add__sum_out_of_range__changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
