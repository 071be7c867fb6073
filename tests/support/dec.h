/* dec.h: amounts in tests, as text. Include cmocka first. */
#ifndef TESTS_SUPPORT_DEC_H
#define TESTS_SUPPORT_DEC_H

#include "decimal/dec.h"

static inline struct dec dec_of(const char *text)
{
    struct dec value = DEC_ZERO;
    assert_true(dec_parse(text, &value));
    return value;
}

static inline void assert_dec(struct dec value, const char *expected)
{
    char text[DEC_TEXT_SIZE];
    assert_string_equal(dec_text(value, text), expected);
}

#endif
