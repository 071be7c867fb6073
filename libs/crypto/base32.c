/*
 * Base32 (RFC 4648): seeds of one-time codes, recovery codes. As with base64, a value has one text:
 * bits that are left over must be zero.
 */
#include "crypto/crypto.h"

enum { DIGIT_BITS = 5, GROUP_CHARS = 8, NO_DIGIT = 32 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void base32_write(struct str *out, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    uint32_t bits = 0;
    unsigned count = 0; /* bits that wait in `bits` */
    for (size_t i = 0; i < length; i++) {
        bits = bits << 8 | from[i];
        for (count += 8; count >= DIGIT_BITS; count -= DIGIT_BITS)
            str_add_char(out, digits[bits >> (count - DIGIT_BITS) & 31]);
    }
    if (count > 0)
        str_add_char(out, digits[bits << (DIGIT_BITS - count) & 31]);
}

static uint32_t digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a');
    if (c >= '2' && c <= '7')
        return (uint32_t)(c - '2') + 26;
    return NO_DIGIT;
}

bool base32_read(const char *text, size_t length, struct str *out)
{
    size_t padding = 0;
    while (padding < length && text[length - 1 - padding] == '=')
        padding++;
    if (padding > 0 && (length % GROUP_CHARS != 0 || padding >= GROUP_CHARS))
        return false;
    length -= padding;
    /* Only these many digits of a last group hold whole bytes: 0, 2, 4, 5, 7. */
    size_t rest = length % GROUP_CHARS;
    if (rest == 1 || rest == 3 || rest == 6)
        return false;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t digit = digit_value(text[i]);
        if (digit == NO_DIGIT)
            return false;
        bits = bits << DIGIT_BITS | digit;
        count += DIGIT_BITS;
        if (count >= 8) {
            count -= 8;
            str_add_char(out, (char)(uint8_t)(bits >> count));
        }
    }
    return (bits & ((1u << count) - 1)) == 0 && str_ok(out);
}
