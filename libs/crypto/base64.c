/*
 * Base64 (RFC 4648). Reading gives one answer for one text: what has a second spelling (unused bits
 * that are not zero, padding where none belongs) is refused, else one signature has many tokens.
 */
#include "crypto/crypto.h"

enum { NO_DIGIT = 64 };

static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_write(struct str *out, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    size_t chars = length / 3 * 4 + (length % 3 ? length % 3 + 1 : 0);
    char *room = length <= SIZE_MAX / 2 ? str_reserve(out, chars) : NULL;
    if (!room) {
        out->failed = true;
        return;
    }
    size_t at = 0;
    for (; at + 3 <= length; at += 3) {
        uint32_t group = (uint32_t)from[at] << 16 | (uint32_t)from[at + 1] << 8 | from[at + 2];
        *room++ = url_digits[group >> 18];
        *room++ = url_digits[group >> 12 & 63];
        *room++ = url_digits[group >> 6 & 63];
        *room++ = url_digits[group & 63];
    }
    if (at < length) {
        bool two = at + 2 == length;
        uint32_t group = (uint32_t)from[at] << 16 | (two ? (uint32_t)from[at + 1] << 8 : 0);
        *room++ = url_digits[group >> 18];
        *room++ = url_digits[group >> 12 & 63];
        if (two)
            *room++ = url_digits[group >> 6 & 63];
    }
    out->length += chars;
    out->data[out->length] = '\0';
}

void base64_write(struct str *out, const void *bytes, size_t length)
{
    size_t start = out->length;
    base64url_write(out, bytes, length);
    if (!str_ok(out))
        return;
    for (char *c = out->data + start; *c; c++)
        *c = *c == '-' ? '+' : *c == '_' ? '/' : *c;
    for (size_t i = length % 3; i > 0 && i < 3; i++)
        str_add_char(out, '=');
}

/* Without a table: 64 entries or 256, and a lookup by secret bytes leaves traces in the cache. */
static uint32_t digit_value(char c, bool classic)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    if (c == '-' || (classic && c == '+'))
        return 62;
    if (c == '_' || (classic && c == '/'))
        return 63;
    return NO_DIGIT;
}

static bool digits_read(const char *text, size_t length, bool classic, struct str *out)
{
    size_t bytes = length / 4 * 3 + (length % 4 ? length % 4 - 1 : 0);
    if (length % 4 == 1)
        return false;
    char *room = str_reserve(out, bytes);
    if (!room)
        return false;
    uint32_t bits = 0;
    unsigned count = 0; /* bits that wait in `bits` */
    char *to = room;
    for (size_t i = 0; i < length; i++) {
        uint32_t digit = digit_value(text[i], classic);
        if (digit == NO_DIGIT)
            return false;
        bits = bits << 6 | digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *to++ = (char)(uint8_t)(bits >> count);
        }
    }
    if (bits & ((1u << count) - 1))
        return false;
    assert((size_t)(to - room) == bytes);
    out->length += bytes;
    out->data[out->length] = '\0';
    return true;
}

bool base64url_read(const char *text, size_t length, struct str *out)
{
    return digits_read(text, length, false, out);
}

bool base64_read_any(const char *text, size_t length, struct str *out)
{
    size_t padding = 0;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    while (padding < 2 && length > 0 && text[length - 1] == '=') {
        length--;
        padding++;
    }
    if (padding > 0 && (length + padding) % 4 != 0)
        return false;
    return digits_read(text, length, true, out);
}
