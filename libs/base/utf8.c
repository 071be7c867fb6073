#include "base/utf8.h"

#include <stdint.h>

/* The second byte carries the limits that keep out overlong forms, surrogates and what is above
 * U+10FFFF; the others are plain continuation bytes. */
static bool is_second(uint8_t first, uint8_t second)
{
    uint8_t low = 0x80, high = 0xbf;
    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    return second >= low && second <= high;
}

size_t utf8_length(const char *text, size_t left)
{
    const uint8_t *bytes = (const uint8_t *)text;
    if (bytes[0] < 0x80)
        return 1;
    size_t length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || length > left || !is_second(bytes[0], bytes[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool utf8_is_valid(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(text + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}
