/* The text builder: growth, the sticky ceiling, and checked reading of numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"

static void str_add__pieces__make_one_text(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(1000);
    (void)state;
    assert_string_equal(str_data(&text), "");
    str_add(&text, "a");
    str_add_char(&text, 'b');
    str_add_bytes(&text, "cde", 2);
    str_add_bytes(&text, "x", 0);
    str_add_u64(&text, UINT64_MAX);
    str_add_char(&text, ' ');
    str_add_i64(&text, INT64_MIN);
    str_add_format(&text, " %s=%d", "n", -5);
    str_add_hex(&text, "\x00\xff\x10", 3);
    assert_string_equal(text.data, "abcd18446744073709551615 -9223372036854775808 n=-500ff10");
    assert_int_equal(text.length, strlen(text.data));
    assert_true(str_ok(&text));
}

static void str_add__zero__is_a_digit(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(10);
    (void)state;
    str_add_u64(&text, 0);
    str_add_i64(&text, 0);
    str_add_i64(&text, -1);
    assert_string_equal(text.data, "00-1");
}

static void str_add__growth__keeps_the_text(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(100000);
    (void)state;
    for (int i = 0; i < 100000; i++)
        str_add_char(&text, (char)('a' + i % 26));
    assert_true(str_ok(&text));
    assert_int_equal(text.length, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(text.data[i], 'a' + i % 26);
}

static void str_add__above_the_ceiling__is_dropped_and_sticks(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(5);
    (void)state;
    str_add(&text, "12345");
    assert_true(str_ok(&text));
    str_add(&text, "6");
    assert_false(str_ok(&text));
    str_add(&text, "");
    assert_false(str_ok(&text));
    assert_string_equal(text.data, "12345");
    assert_null(str_reserve(&text, SIZE_MAX));
    str_clear(&text);
    assert_true(str_ok(&text));
    str_add(&text, "123456");
    assert_false(str_ok(&text));
    assert_string_equal(text.data, "");
    str_release(&text);
    str_add(&text, "12");
    assert_string_equal(text.data, "12");
}

static void str_reserve__huge_length__fails(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(1000);
    (void)state;
    str_add(&text, "a");
    assert_null(str_reserve(&text, SIZE_MAX - 1));
    assert_false(str_ok(&text));
}

static void str_to_u64__texts__whole_or_nothing(void **state)
{
    static const char *const wrong[] = {"",
                                        " 1",
                                        "1 ",
                                        "+1",
                                        "-1",
                                        "0x1",
                                        "1.0",
                                        "a",
                                        "1a",
                                        "18446744073709551616",
                                        "99999999999999999999999"};
    uint64_t number = 42;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(str_to_u64(wrong[i], &number));
    assert_true(number == 42);
    assert_true(str_to_u64("18446744073709551615", &number));
    assert_true(number == UINT64_MAX);
    assert_true(str_to_u64("0012", &number));
    assert_true(number == 12);
}

static void str_to_i64__texts__whole_or_nothing(void **state)
{
    static const char *const wrong[] = {"",
                                        "-",
                                        "--1",
                                        "+1",
                                        "- 1",
                                        " -1",
                                        "-1 ",
                                        "-0x1",
                                        "9223372036854775808",
                                        "-9223372036854775809"};
    int64_t number = 42;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(str_to_i64(wrong[i], &number));
    assert_true(number == 42);
    assert_true(str_to_i64("-9223372036854775808", &number));
    assert_true(number == INT64_MIN);
    assert_true(str_to_i64("9223372036854775807", &number));
    assert_true(number == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_add__pieces__make_one_text),
        cmocka_unit_test(str_add__zero__is_a_digit),
        cmocka_unit_test(str_add__growth__keeps_the_text),
        cmocka_unit_test(str_add__above_the_ceiling__is_dropped_and_sticks),
        cmocka_unit_test(str_reserve__huge_length__fails),
        cmocka_unit_test(str_to_u64__texts__whole_or_nothing),
        cmocka_unit_test(str_to_i64__texts__whole_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
