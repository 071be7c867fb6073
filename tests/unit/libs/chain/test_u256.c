/* Whole amounts of 256 bits: text, arithmetic at its edges, and the way to money and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/random.h"
#include "chain/u256.h"

#define MAX_TEXT "115792089237316195423570985008687907853269984665640564039457584007913129639935"

static struct u256 of(const char *text)
{
    struct u256 number;
    assert_true(u256_parse(text, &number));
    return number;
}

static void assert_text(struct u256 number, const char *text)
{
    char buffer[U256_TEXT_SIZE];
    assert_string_equal(u256_text(number, buffer), text);
}

static void u256_parse__numbers__come_out_again(void **state)
{
    static const char *const texts[] = {"0",
                                        "1",
                                        "9",
                                        "10",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "340282366920938463463374607431768211456",
                                        MAX_TEXT};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_text(of(texts[i]), texts[i]);
    assert_int_equal(u256_cmp(of(MAX_TEXT), U256_MAX), 0);
}

static void u256_parse__what_is_no_number__refused(void **state)
{
    static const char *const texts[] = {
        "",
        "00",
        "01",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "0x10",
        "1e3",
        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
        "999999999999999999999999999999999999999999999999999999999999999999999999999999",
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000"};
    struct u256 number;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(u256_parse(texts[i], &number));
}

static void u256_parse_hex__quantities_and_words__read(void **state)
{
    struct u256 number;
    char buffer[U256_HEX_SIZE];
    (void)state;
    assert_true(u256_parse_hex("0x0", &number));
    assert_string_equal(u256_hex(number, buffer), "0x0");
    assert_true(u256_parse_hex("0xDE0b6b3a7640000", &number));
    assert_text(number, "1000000000000000000");
    assert_string_equal(u256_hex(number, buffer), "0xde0b6b3a7640000");
    assert_true(u256_parse_hex("0x000000000000000000000000000000000000000000000000000000000000002a",
                               &number));
    assert_text(number, "42");
    assert_true(u256_parse_hex("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                               &number));
    assert_text(number, MAX_TEXT);
    static const char *const wrong[] = {
        "",    "0",
        "0x",  "1f",
        "0xg", "0x-1",
        "0X1", "0x0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(u256_parse_hex(wrong[i], &number));
}

static void u256_bytes__both_ways__the_same(void **state)
{
    uint8_t bytes[U256_SIZE], again[U256_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7 + 1);
    u256_to_bytes(u256_from_bytes(bytes, sizeof(bytes)), again);
    assert_memory_equal(bytes, again, sizeof(bytes));
    assert_text(u256_from_bytes(bytes, 2), "264");
    assert_true(u256_is_zero(u256_from_bytes(bytes, 0)));
}

static void u256_arithmetic__what_does_not_fit__refused_and_left_alone(void **state)
{
    struct u256 out = u256_from_u64(7);
    (void)state;
    assert_false(u256_add(U256_MAX, u256_from_u64(1), &out));
    assert_false(u256_sub(u256_from_u64(1), u256_from_u64(2), &out));
    assert_false(u256_mul(of("340282366920938463463374607431768211456"),
                          of("340282366920938463463374607431768211456"), &out));
    assert_false(u256_mul_u64(U256_MAX, 2, &out));
    assert_false(u256_shift_up(u256_from_u64(2), 77, &out));
    assert_text(out, "7");
    uint64_t number;
    assert_false(u256_to_u64(of("18446744073709551616"), &number));
    assert_true(u256_to_u64(of("18446744073709551615"), &number));
    assert_true(number == UINT64_MAX);
}

static void u256_div__any_numbers__product_and_rest_give_them_back(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct u256 a, b, rest, back;
        random_bytes(&a, sizeof(a));
        random_bytes(&b, sizeof(b));
        for (int limb = 3; limb > i % 4; limb--)
            b.limbs[limb] = 0;
        b.limbs[0] |= 1;
        struct u256 quotient = u256_div(a, b, &rest);
        assert_true(u256_cmp(rest, b) < 0);
        assert_true(u256_mul(quotient, b, &back) && u256_add(back, rest, &back));
        assert_int_equal(u256_cmp(back, a), 0);
    }
    uint64_t small;
    assert_text(u256_div_u64(of("1000000000000000000000"), 7, &small), "142857142857142857142");
    assert_int_equal(small, 6);
    assert_text(u256_power_of_10(77), "1"
                                      "00000000000"
                                      "00000000000"
                                      "00000000000"
                                      "00000000000"
                                      "00000000000"
                                      "00000000000"
                                      "00000000000");
}

static void u256_to_dec__units_of_an_asset__exact_or_refused(void **state)
{
    static const struct {
        const char *units;
        unsigned decimals;
        const char *value; /* NULL: refused */
    } rows[] = {
        {"0", 18, "0.0"},
        {"1500000000000000000", 18, "1.5"},
        {"100", 18, "0.0000000000000001"},
        {"1", 18, NULL},
        {"150", 18, NULL},
        {"123456789", 8, "1.23456789"},
        {"1", 16, "0.0000000000000001"},
        {"7", 0, "7.0"},
        {"99999999999999999999", 0, "99999999999999999999.0"},
        {"100000000000000000000", 0, NULL},
        {MAX_TEXT, 18, NULL},
        {MAX_TEXT, 0, NULL},
        {MAX_TEXT, 77, NULL},
        {"10000000000000000000000000000000000000000000000000000000000000000000000000000", 77,
         "0.1"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct dec value;
        char text[DEC_TEXT_SIZE];
        bool fits = u256_to_dec(of(rows[i].units), rows[i].decimals, &value);
        assert_int_equal(fits, rows[i].value != NULL);
        if (!fits)
            continue;
        assert_string_equal(dec_text(value, text), rows[i].value);
        struct u256 back;
        assert_true(u256_from_dec(value, rows[i].decimals, &back));
        assert_text(back, rows[i].units);
    }
}

static void u256_to_dec_floor__tail_below_our_scale__handed_back(void **state)
{
    struct dec value;
    struct u256 rest;
    char text[DEC_TEXT_SIZE];
    (void)state;
    assert_true(u256_to_dec_floor(of("1000000000000000099"), 18, &value, &rest));
    assert_string_equal(dec_text(value, text), "1.0");
    assert_text(rest, "99");
    assert_true(u256_to_dec_floor(of("99"), 18, &value, &rest));
    assert_true(dec_is_zero(value));
    assert_text(rest, "99");
    assert_true(u256_to_dec_floor(of("12345678"), 8, &value, &rest));
    assert_true(u256_is_zero(rest));
}

static void u256_from_dec__finer_than_the_unit_or_negative__refused(void **state)
{
    static const struct {
        const char *value;
        unsigned decimals;
        const char *units;
    } rows[] = {
        {"0.00000001", 8, "1"},
        {"0.000000001", 8, NULL},
        {"-1", 8, NULL},
        {"0.5", 0, NULL},
        {"2.5", 18, "2500000000000000000"},
        {"1.0", 77,
         "10000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0"},
        {"2.0", 77, NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct dec value;
        struct u256 units;
        assert_true(dec_parse(rows[i].value, &value));
        bool fits = u256_from_dec(value, rows[i].decimals, &units);
        assert_int_equal(fits, rows[i].units != NULL);
        if (fits)
            assert_text(units, rows[i].units);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(u256_parse__numbers__come_out_again),
        cmocka_unit_test(u256_parse__what_is_no_number__refused),
        cmocka_unit_test(u256_parse_hex__quantities_and_words__read),
        cmocka_unit_test(u256_bytes__both_ways__the_same),
        cmocka_unit_test(u256_arithmetic__what_does_not_fit__refused_and_left_alone),
        cmocka_unit_test(u256_div__any_numbers__product_and_rest_give_them_back),
        cmocka_unit_test(u256_to_dec__units_of_an_asset__exact_or_refused),
        cmocka_unit_test(u256_to_dec_floor__tail_below_our_scale__handed_back),
        cmocka_unit_test(u256_from_dec__finer_than_the_unit_or_negative__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
