#include "crypto/code.h"

#include <stdint.h>

#include "base/check.h"
#include "base/random.h"
#include "crypto/crypto.h"

/* Bytes at or above the largest multiple of `count` are drawn again: the rest would be favoured. */
static void draw(const char *alphabet, unsigned count, char *ret_text, size_t length)
{
    unsigned limit = 256 - 256 % count;
    uint8_t bytes[CODE_CHARS_MAX];
    size_t drawn = 0;
    assert(length <= CODE_CHARS_MAX);
    while (drawn < length) {
        random_bytes(bytes, length - drawn);
        for (size_t i = 0, draws = length - drawn; i < draws; i++) {
            if (bytes[i] < limit)
                ret_text[drawn++] = alphabet[bytes[i] % count];
        }
    }
    ret_text[length] = '\0';
    bytes_wipe(bytes, sizeof(bytes));
}

void code_digits(char *ret_text, size_t length)
{
    draw("0123456789", 10, ret_text, length);
}

void code_hex(char *ret_text, size_t length)
{
    draw("0123456789abcdef", 16, ret_text, length);
}

void code_letters(char *ret_text, size_t length)
{
    draw("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 32, ret_text, length);
}
