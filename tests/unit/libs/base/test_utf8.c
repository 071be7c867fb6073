/* UTF-8: every code point of an independent encoder is taken, and everything else is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"
#include "base/utf8.h"

static size_t encode(uint32_t point, char bytes[static 4])
{
    static const uint32_t limits[] = {0x80, 0x800, 0x10000, 0x110000};
    static const unsigned char marks[] = {0, 0xc0, 0xe0, 0xf0};
    size_t length = 1;
    while (point >= limits[length - 1])
        length++;
    for (size_t i = length; i-- > 1; point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(marks[length - 1] | point);
    return length;
}

static void utf8_length__every_code_point__is_taken_but_surrogates(void **state)
{
    char bytes[4] = {0};
    (void)state;
    for (uint32_t point = 0; point < 0x110000; point++) {
        size_t length = encode(point, bytes);
        bool surrogate = point >= 0xd800 && point < 0xe000;
        assert_int_equal(utf8_length(bytes, length), surrogate ? 0 : length);
        if (length > 1)
            assert_int_equal(utf8_length(bytes, length - 1), 0);
    }
}

/* All 2- and 3-byte strings: what is taken must be what the encoder gives. */
static void utf8_is_valid__all_short_strings__agree_with_the_encoder(void **state)
{
    static bool encoded[1 << 24];
    char bytes[4] = {0};
    (void)state;
    for (uint32_t point = 0x80; point < 0x10000; point++) {
        size_t length = encode(point, bytes);
        if (point >= 0xd800 && point < 0xe000)
            continue;
        uint32_t key = (uint32_t)(unsigned char)bytes[0] << 16 |
                       (uint32_t)(unsigned char)bytes[1] << 8 |
                       (length == 3 ? (unsigned char)bytes[2] : 0);
        encoded[key] = true;
    }
    for (uint32_t key = 0x80 << 16; key < 1 << 24; key++) {
        char text[3] = {(char)(key >> 16), (char)(key >> 8), (char)key};
        size_t length = utf8_length(text, 3);
        if (length == 2)
            assert_true(encoded[key & 0xffff00]);
        else if (length == 3)
            assert_true(encoded[key]);
        else
            assert_true(length == 0 && !encoded[key]);
    }
}

static void utf8_is_valid__texts__whole_or_nothing(void **state)
{
    (void)state;
    assert_true(utf8_is_valid("", 0));
    assert_true(utf8_is_valid("a\xc3\xa9z\0", 5));
    assert_false(utf8_is_valid("a\xc3", 2));
    assert_false(utf8_is_valid("\xe0z", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_length__every_code_point__is_taken_but_surrogates),
        cmocka_unit_test(utf8_is_valid__all_short_strings__agree_with_the_encoder),
        cmocka_unit_test(utf8_is_valid__texts__whole_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
