/* Strings as JSON: what is no UTF-8 becomes U+FFFD, so that the output is always a document. */
#include <string.h>

#include "base/utf8.h"
#include "json/field.h"

static const char replacement[] = "\xef\xbf\xbd";

static void write_escape(struct str *out, char c)
{
    switch (c) {
    case '"':
        str_add_bytes(out, "\\\"", 2);
        break;
    case '\\':
        str_add_bytes(out, "\\\\", 2);
        break;
    case '\n':
        str_add_bytes(out, "\\n", 2);
        break;
    case '\r':
        str_add_bytes(out, "\\r", 2);
        break;
    case '\t':
        str_add_bytes(out, "\\t", 2);
        break;
    default:
        str_add_bytes(out, "\\u00", 4);
        str_add_hex(out, &c, 1);
        break;
    }
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

static size_t plain_length(const char *chars, size_t length)
{
    size_t run = 0;
    while (run < length && is_plain(chars[run]))
        run++;
    return run;
}

/* Almost all strings are plain: those go out in one piece. */
static bool write_plain(struct str *out, const char *chars, size_t length)
{
    if (plain_length(chars, length) < length)
        return false;
    char *room = str_reserve(out, length + 2);
    if (!room)
        return true;
    room[0] = '"';
    memcpy(room + 1, chars, length);
    room[length + 1] = '"';
    room[length + 2] = '\0';
    out->length += length + 2;
    return true;
}

void json_write_string_bytes(struct str *out, const char *chars, size_t length)
{
    if (write_plain(out, chars, length))
        return;
    str_add_char(out, '"');
    for (size_t at = 0; at < length;) {
        size_t run = plain_length(chars + at, length - at);
        str_add_bytes(out, chars + at, run);
        at += run;
        if (at == length)
            break;
        size_t step = utf8_length(chars + at, length - at);
        if (step > 1)
            str_add_bytes(out, chars + at, step);
        else if (step == 1)
            write_escape(out, chars[at]);
        else
            str_add_bytes(out, replacement, 3);
        at += step > 0 ? step : 1;
    }
    str_add_char(out, '"');
}

void json_write_string(struct str *out, const char *chars)
{
    if (chars)
        json_write_string_bytes(out, chars, strlen(chars));
    else
        str_add_bytes(out, "null", 4);
}
