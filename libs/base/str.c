#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STR_FIRST_CAPACITY = 256 };

void str_release(struct str *text)
{
    free(text->data);
    *text = (struct str){.data = NULL, .max = text->max};
}

void str_clear(struct str *text)
{
    text->length = 0;
    text->failed = false;
    if (text->data)
        text->data[0] = '\0';
}

char *str_reserve(struct str *text, size_t length)
{
    assert(text->max > 0);
    if (text->failed || length > text->max || text->length > text->max - length) {
        text->failed = true;
        return NULL;
    }
    size_t need = text->length + length + 1;
    if (need > text->capacity) {
        size_t capacity = text->capacity ? text->capacity : STR_FIRST_CAPACITY;
        while (capacity < need)
            capacity *= 2;
        char *data = realloc(text->data, capacity);
        if (!data) {
            text->failed = true;
            return NULL;
        }
        text->data = data;
        text->capacity = capacity;
    }
    return text->data + text->length;
}

void str_add_bytes(struct str *text, const void *bytes, size_t length)
{
    char *room = str_reserve(text, length);
    if (!room)
        return;
    if (length > 0)
        memcpy(room, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void str_add(struct str *text, const char *chars)
{
    str_add_bytes(text, chars, strlen(chars));
}

void str_add_char(struct str *text, char c)
{
    str_add_bytes(text, &c, 1);
}

void str_add_u64(struct str *text, uint64_t number)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    str_add_bytes(text, digits + at, sizeof(digits) - at);
}

void str_add_i64(struct str *text, int64_t number)
{
    if (number < 0)
        str_add_char(text, '-');
    str_add_u64(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void str_add_format(struct str *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    char *room = str_reserve(text, (size_t)length);
    if (!room)
        return;
    va_start(args, format);
    vsnprintf(room, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}

void str_add_hex(struct str *text, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *room = str_reserve(text, length * 2);
    if (!room)
        return;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = ((const uint8_t *)bytes)[i];
        room[2 * i] = digits[byte >> 4];
        room[2 * i + 1] = digits[byte & 15];
    }
    text->length += length * 2;
    text->data[text->length] = '\0';
}

bool str_to_u64(const char *chars, uint64_t *ret_number)
{
    char *end;
    /* strtoull() takes blanks, signs and hexadecimal; we take digits. */
    if (chars[0] < '0' || chars[0] > '9')
        return false;
    errno = 0;
    unsigned long long number = strtoull(chars, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *ret_number = number;
    return true;
}

bool str_to_i64(const char *chars, int64_t *ret_number)
{
    char *end;
    const char *digits = chars[0] == '-' ? chars + 1 : chars;
    if (digits[0] < '0' || digits[0] > '9')
        return false;
    errno = 0;
    long long number = strtoll(chars, &end, 10);
    if (errno != 0 || *end != '\0')
        return false;
    *ret_number = number;
    return true;
}
