#include "auth/domain/mask.h"

#include <string.h>

#include "base/utf8.h"
#include "phone/phone.h"

enum { DATE_SHOWN = 8, DOCUMENT_SHOWN = 2, PHONE_SHOWN = 4, CODE_UNKNOWN = 2 };

/* Bytes of the next character; a byte that is none counts as one. */
static size_t step(const char *text)
{
    size_t length = utf8_length(text, strlen(text));
    return length > 0 ? length : 1;
}

static size_t count_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text += step(text))
        count++;
    return count;
}

static void mask(struct str *out, const char *text, size_t first, size_t last)
{
    size_t count = count_characters(text), at = 0;
    for (; *text; text += step(text), at++) {
        if (at < first || at + last >= count)
            str_add_bytes(out, text, step(text));
        else
            str_add_char(out, '*');
    }
}

void mask_name(struct str *out, const char *name)
{
    mask(out, name, 1, 0);
}

void mask_date(struct str *out, const char *date)
{
    mask(out, date, DATE_SHOWN, 0);
}

void mask_document(struct str *out, const char *number)
{
    /* One that would be shown whole is hidden whole. */
    bool is_short = count_characters(number) <= 2 * DOCUMENT_SHOWN;
    mask(out, number, is_short ? 0 : DOCUMENT_SHOWN, is_short ? 0 : DOCUMENT_SHOWN);
}

void mask_phone(struct str *out, const char *digits)
{
    size_t code = phone_code_length(digits);
    mask(out, digits, code > 0 ? code : CODE_UNKNOWN, PHONE_SHOWN);
}
