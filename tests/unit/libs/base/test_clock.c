/* Time: the fake moves by hand, ISO-8601 both ways, and no date that does not exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/check.h"
#include "base/clock.h"

static void clock_fake__moved_by_hand__shows_the_time(void **state)
{
    struct clock_fake fake;
    (void)state;
    clock_fake_init(&fake, 5000000);
    assert_true(clock_now_us(&fake.clock) == 5000000);
    fake.now_us += 1;
    assert_true(clock_now_us(&fake.clock) == 5000001);
    assert_true(clock_monotonic_us(&fake.clock) == 5000001);
}

static void clock_real__now__is_after_2020_and_never_goes_back(void **state)
{
    (void)state;
    assert_true(clock_now_us(&clock_real) > INT64_C(1577836800000000));
    int64_t before = clock_monotonic_us(&clock_real);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_monotonic_us(&clock_real);
        assert_true(now >= before);
        before = now;
    }
}

static void clock_iso__times__are_cut_to_the_second(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {999999, "1970-01-01T00:00:00Z"},
        {1000000, "1970-01-01T00:00:01Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {-1000000, "1969-12-31T23:59:59Z"},
        {951782400000000, "2000-02-29T00:00:00Z"},
        {1795183380123456, "2026-11-20T14:03:00Z"},
        {INT64_C(253402300799000000), "9999-12-31T23:59:59Z"},
    };
    char text[CLOCK_ISO_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(clock_iso(rows[i].us, text), rows[i].text);
}

static void clock_parse_iso__dates__are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"1970-01-01", 0},
        {"2026-11-20", 1795132800000000},
        {"2026-11-20T14:03", 1795183380000000},
        {"2026-11-20T14:03:00", 1795183380000000},
        {"2026-11-20 14:03:00", 1795183380000000},
        {"2026-11-20T14:03:00Z", 1795183380000000},
        {"2026-11-20T14:03:00.5Z", 1795183380500000},
        {"2026-11-20T14:03:00.123456789Z", 1795183380123456},
        {"2026-11-20T16:03:00+02:00", 1795183380000000},
        {"2026-11-20T16:03:00+0200", 1795183380000000},
        {"2026-11-20T16:03:00 02:00", 1795183380000000},
        {"2026-11-20T13:03:00-01:00", 1795183380000000},
        {"2024-02-29T00:00:00Z", 1709164800000000},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t us = 42;
        assert_true(clock_parse_iso(rows[i].text, &us));
        assert_true(us == rows[i].us);
    }
}

static void clock_parse_iso__anything_else__is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "x",
        "2026",
        "2026-11",
        "2026-11-2",
        "2026-11-20T",
        "2026-11-20T14",
        "2026-11-20T14:",
        "2026-11-20T14:3",
        "2026-11-20T14:03:",
        "2026-11-20T14:03:0",
        "2026-11-20T14:03:00.",
        "2026-11-20T14:03:00.1234567890",
        "2026-11-20T14:03:00z",
        "2026-11-20T14:03:00Zx",
        "2026-11-20T24:00:00",
        "2026-11-20T14:60:00",
        "2026-11-20T14:03:60",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "2025-02-29",
        "1969-12-31",
        "2026-11-20T14:03:00+15:00",
        "2026-11-20T14:03:00+1",
        "2026-11-20T14:03:00+01:60",
        " 2026-11-20",
        "2026-11-20 ",
        "1795183380",
        "-026-11-20",
        "2026/11/20",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t us = 42;
        if (clock_parse_iso(rows[i], &us))
            fail_msg("read: %s", rows[i]);
        assert_true(us == 42);
    }
}

static void clock_parse_iso__every_second_of_some_days__round_trips(void **state)
{
    char text[CLOCK_ISO_SIZE];
    (void)state;
    for (int64_t second = 0; second < INT64_C(4102444800); second += 86399 * 7) {
        int64_t us;
        assert_true(clock_parse_iso(clock_iso(second * 1000000, text), &us));
        assert_true(us == second * 1000000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_fake__moved_by_hand__shows_the_time),
        cmocka_unit_test(clock_real__now__is_after_2020_and_never_goes_back),
        cmocka_unit_test(clock_iso__times__are_cut_to_the_second),
        cmocka_unit_test(clock_parse_iso__dates__are_read),
        cmocka_unit_test(clock_parse_iso__anything_else__is_refused),
        cmocka_unit_test(clock_parse_iso__every_second_of_some_days__round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
