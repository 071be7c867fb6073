/* header.c: header lines. What comes from outside can't end a line or look like an encoded word. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "mail/internal.h"

enum {
    WORD_MAX = 75,      /* an encoded word, RFC 2047 2 */
    LINE_SOFT_MAX = 76, /* where a plain header is folded */
    WORD_PREFIX = 10,   /* "=?utf-8?Q?" */
    WORD_ROOM = WORD_MAX - WORD_PREFIX - 2,
    ENCODED_CHARACTER = 12 /* four bytes as =XX */
};
_Static_assert(ENCODED_CHARACTER <= WORD_ROOM, "a word holds a character");

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7f;
}

/* Fits a header as it is: printable ASCII that no reader takes for an encoded word. */
static bool is_plain(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        if (is_control(*c) || *c >= 0x80)
            return false;
    return strlen(value) <= LINE_SOFT_MAX && !strstr(value, "=?");
}

static void add_encoded_byte(struct str *out, unsigned char byte)
{
    bool is_safe = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                   (byte >= 'a' && byte <= 'z');
    if (is_safe)
        str_add_char(out, (char)byte);
    else if (byte == ' ')
        str_add_char(out, '_');
    else
        str_add_format(out, "=%02X", byte);
}

/* Words of at most 75 characters, each of whole UTF-8 characters, each on a line of its own. */
static void add_words(struct str *out, const char *value)
{
    size_t left = strlen(value), room = 0;
    if (left > MAIL_HEADER_MAX)
        left = MAIL_HEADER_MAX;
    bool is_first = true;
    while (left > 0) {
        size_t length = utf8_length(value, left);
        const char *bytes = length > 0 ? value : "?"; /* no UTF-8, or cut above */
        if (length == 1 && is_control((unsigned char)*value))
            bytes = " ";
        if (length == 0)
            length = 1;
        if (room < 3 * length) {
            str_add(out, is_first ? "=?utf-8?Q?" : "?=\r\n =?utf-8?Q?");
            room = WORD_ROOM;
            is_first = false;
        }
        size_t before = out->length;
        for (size_t i = 0; i < length; i++)
            add_encoded_byte(out, (unsigned char)bytes[i]);
        room -= out->length - before;
        value += length;
        left -= length;
    }
    if (!is_first)
        str_add(out, "?=");
}

void header_add_text(struct str *out, const char *name, const char *value)
{
    str_add(out, name);
    str_add(out, ": ");
    if (is_plain(value))
        str_add(out, value);
    else
        add_words(out, value);
    str_add(out, "\r\n");
}

/* A phrase in quotes when it is plain, so that commas and dots in it mean nothing. */
static void add_phrase(struct str *out, const char *name)
{
    if (!is_plain(name)) {
        add_words(out, name);
        return;
    }
    str_add_char(out, '"');
    for (const char *c = name; *c; c++) {
        if (*c == '"' || *c == '\\')
            str_add_char(out, '\\');
        str_add_char(out, *c);
    }
    str_add_char(out, '"');
}

void header_add_address(struct str *out, const char *name, const struct mail_address *address)
{
    str_add(out, name);
    str_add(out, ": ");
    if (address->name && address->name[0]) {
        add_phrase(out, address->name);
        str_add(out, "\r\n ");
    }
    str_add_char(out, '<');
    str_add(out, address->email);
    str_add(out, ">\r\n");
}

void header_add_date(struct str *out, int64_t date_us)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char iso[CLOCK_ISO_SIZE];
    clock_iso(date_us, iso); /* 2026-11-27T18:03:00Z */
    int month = (iso[5] - '0') * 10 + (iso[6] - '0');
    assert(month >= 1 && month <= 12);
    /* 1970-01-01 was a Thursday. */
    int64_t days_since = date_us / 86400000000;
    str_add_format(out, "Date: %s, %.2s %s %.4s %.8s +0000\r\n", days[(days_since + 4) % 7],
                   iso + 8, months[month - 1], iso, iso + 11);
}
