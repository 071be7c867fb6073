/*
 * The decimal: text round trips, exact arithmetic, both roundings, and refusal at every edge. The
 * oracle of the random part is 128-bit arithmetic on operands small enough for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "decimal/dec.h"
#include "tests/support/dec.h"

static void assert_text(struct dec value, const char *expected)
{
    char text[DEC_TEXT_SIZE];
    assert_string_equal(dec_text(value, text), expected);
}

static void dec_parse__plain_numbers__round_trip(void **state)
{
    static const char *const rows[][2] = {
        {"0", "0.0"},
        {"-0", "0.0"},
        {"1", "1.0"},
        {"007", "7.0"},
        {"65000.12", "65000.12"},
        {"-0.00000001", "-0.00000001"},
        {"0.0000000000000001", "0.0000000000000001"},
        {"1.50000000000000000000", "1.5"},
        {"99999999999999999999.9999999999999999", "99999999999999999999.9999999999999999"},
        {"-99999999999999999999.9999999999999999", "-99999999999999999999.9999999999999999"},
        {"18446744073709551616", "18446744073709551616.0"},
        {"10000000000000000000", "10000000000000000000.0"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_text(dec_of(rows[i][0]), rows[i][1]);
}

static void dec_parse__anything_else__is_refused_and_changes_nothing(void **state)
{
    static const char *const rows[] = {
        "",
        "-",
        ".",
        ".5",
        "5.",
        "+5",
        " 5",
        "5 ",
        "5\n",
        "1,5",
        "1_000",
        "1e3",
        "1E-3",
        "0x10",
        "NaN",
        "inf",
        "--1",
        "1.2.3",
        "\xd9\xa1",
        "100000000000000000000",
        "0.00000000000000001",
        "340282366920938463463374607431768211456",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct dec value = {42};
        assert_false(dec_parse(rows[i], &value));
        assert_true(value.units == 42);
    }
}

static void dec_add__at_the_edge_of_the_range__is_refused(void **state)
{
    struct dec max = dec_of("99999999999999999999.9999999999999999");
    struct dec least = dec_of("0.0000000000000001"), sum = {42};
    (void)state;
    assert_false(dec_add(max, least, &sum));
    assert_false(dec_sub(dec_neg(max), least, &sum));
    assert_true(sum.units == 42);
    assert_true(dec_sub(max, max, &sum));
    assert_true(dec_is_zero(sum));
}

static void dec_mul__remainder__follows_the_rounding(void **state)
{
    struct dec third = dec_of("0.3333333333333333"), product;
    (void)state;
    assert_false(dec_mul(third, third, DEC_EXACT, &product));
    assert_true(dec_mul(third, third, DEC_DOWN, &product));
    assert_text(product, "0.111111111111111");
    assert_true(dec_mul(third, third, DEC_UP, &product));
    assert_text(product, "0.1111111111111111");
    assert_true(dec_mul(dec_neg(third), third, DEC_UP, &product));
    assert_text(product, "-0.1111111111111111");
    assert_true(dec_mul(dec_of("65000.12"), dec_of("0.5"), DEC_EXACT, &product));
    assert_text(product, "32500.06");
}

static void dec_mul__product_out_of_range__is_refused(void **state)
{
    struct dec big = dec_of("10000000000"), product = {42};
    (void)state;
    assert_false(dec_mul(big, big, DEC_EXACT, &product));
    struct dec max = dec_of("99999999999999999999.9999999999999999");
    assert_false(dec_mul(max, max, DEC_DOWN, &product));
    assert_true(product.units == 42);
    assert_true(dec_mul(big, dec_of("9999999999.9999999999"), DEC_DOWN, &product));
}

static void dec_div__by_zero_and_out_of_range__is_refused(void **state)
{
    struct dec quotient = {42};
    (void)state;
    assert_false(dec_div(dec_of("1"), DEC_ZERO, DEC_DOWN, &quotient));
    assert_false(
        dec_div(dec_of("99999999999999999999"), dec_of("0.0000000000000001"), DEC_DOWN, &quotient));
    assert_true(quotient.units == 42);
    assert_true(dec_div(dec_of("-1"), dec_of("3"), DEC_DOWN, &quotient));
    assert_text(quotient, "-0.3333333333333333");
    assert_true(dec_div(dec_of("99999999999999999999"), dec_of("99999999999999999999"), DEC_EXACT,
                        &quotient));
    assert_text(quotient, "1.0");
}

static void dec_mul__random_operands__agree_with_128_bits(void **state)
{
    uint64_t seed = 42;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        int64_t a = (int64_t)(seed >> 8) % 2000000000;
        int64_t b = (int64_t)(seed >> 20) % 2000000000;
        struct dec left, right, product, quotient;
        assert_true(dec_from_scaled(a, 8, &left) && dec_from_scaled(-b, 8, &right));
        assert_true(dec_mul(left, right, DEC_EXACT, &product));
        assert_true(product.units == -(__int128)a * b);
        if (b == 0)
            continue;
        assert_true(dec_div(left, right, DEC_DOWN, &quotient));
        assert_true(quotient.units == -((__int128)a * DEC_ONE_UNITS / b));
    }
}

static void dec_scaled__ticks_and_lots__are_exact_or_refused(void **state)
{
    int64_t ticks = 42;
    struct dec value;
    (void)state;
    assert_true(dec_to_scaled(dec_of("65000.12"), 2, &ticks));
    assert_int_equal(ticks, 6500012);
    assert_false(dec_to_scaled(dec_of("65000.123"), 2, &ticks));
    assert_false(dec_to_scaled(dec_of("99999999999999999999"), 16, &ticks));
    assert_int_equal(ticks, 6500012);
    assert_true(dec_from_scaled(6500012, 2, &value));
    assert_text(value, "65000.12");
    assert_false(dec_from_scaled((__int128)INT64_MAX * INT64_MAX, 0, &value));
}

static void dec_round_to__each_direction(void **state)
{
    struct dec value;
    (void)state;
    assert_true(dec_round_to(dec_of("1.005"), 2, DEC_DOWN, &value));
    assert_text(value, "1.0");
    assert_true(dec_round_to(dec_of("1.005"), 2, DEC_UP, &value));
    assert_text(value, "1.01");
    assert_true(dec_round_to(dec_of("-1.005"), 2, DEC_UP, &value));
    assert_text(value, "-1.01");
    assert_false(dec_round_to(dec_of("1.005"), 2, DEC_EXACT, &value));
    assert_int_equal(dec_digits(dec_of("3.25")), 2);
    assert_int_equal(dec_digits(dec_of("3")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dec_parse__plain_numbers__round_trip),
        cmocka_unit_test(dec_parse__anything_else__is_refused_and_changes_nothing),
        cmocka_unit_test(dec_add__at_the_edge_of_the_range__is_refused),
        cmocka_unit_test(dec_mul__remainder__follows_the_rounding),
        cmocka_unit_test(dec_mul__product_out_of_range__is_refused),
        cmocka_unit_test(dec_div__by_zero_and_out_of_range__is_refused),
        cmocka_unit_test(dec_mul__random_operands__agree_with_128_bits),
        cmocka_unit_test(dec_scaled__ticks_and_lots__are_exact_or_refused),
        cmocka_unit_test(dec_round_to__each_direction),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
