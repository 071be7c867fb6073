/* How long a writer lets work gather. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/actions/pace.h"

static void pace_pause_us__after_a_small_transaction__nothing(void **state)
{
    struct pace pace = {
        .busy_count = 8, .enough_count = 50, .percent = 50, .count = 7, .took_us = 4000};
    (void)state;
    assert_int_equal(pace_pause_us(&pace), 0);
}

static void pace_pause_us__under_load__in_proportion_and_bounded(void **state)
{
    struct pace pace = {.busy_count = 8,
                        .enough_count = 50,
                        .percent = 50,
                        .pause_us_max = 8000,
                        .count = 8,
                        .took_us = 4000};
    (void)state;
    assert_int_equal(pace_pause_us(&pace), 2000);
    pace.took_us = 1000 * INT64_C(1000000); /* a database that hung */
    assert_int_equal(pace_pause_us(&pace), 8000);
}

static void pace_pause_us__after_a_large_transaction__nothing(void **state)
{
    struct pace pace = {
        .busy_count = 8, .enough_count = 50, .percent = 50, .count = 50, .took_us = 4000};
    (void)state;
    assert_int_equal(pace_pause_us(&pace), 0);
}

static void pace_end__notes_what_it_took(void **state)
{
    struct pace pace = {
        .busy_count = 2, .enough_count = 50, .percent = 100, .pause_us_max = 1000000};
    (void)state;
    pace_begin(&pace, &clock_real);
    usleep(2000);
    pace_end(&pace, &clock_real, 2);
    assert_int_equal(pace.count, 2);
    assert_true(pace_pause_us(&pace) >= 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pace_pause_us__after_a_small_transaction__nothing),
        cmocka_unit_test(pace_pause_us__under_load__in_proportion_and_bounded),
        cmocka_unit_test(pace_pause_us__after_a_large_transaction__nothing),
        cmocka_unit_test(pace_end__notes_what_it_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
