#include "auth/domain/text.h"

#include <locale.h>
#include <string.h>
#include <wctype.h>

#include "base/utf8.h"

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *text_squish(const char *text, struct arena *arena)
{
    char *copy = arena_strdup(arena, text), *to = copy;
    bool blank = false;
    if (!copy)
        return NULL;
    for (; *text; text++) {
        if (is_blank(*text)) {
            blank = to > copy;
            continue;
        }
        if (blank)
            *to++ = ' ';
        blank = false;
        *to++ = *text;
    }
    *to = '\0';
    return copy;
}

size_t text_length(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static wint_t decode(const char *text, size_t length)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    wint_t code = (unsigned char)text[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    return code;
}

/* Accents and vowel signs that stand behind their letter. */
static bool is_mark(wint_t code)
{
    static const struct {
        wint_t first, last;
    } marks[] = {{0x0300, 0x036f}, {0x0483, 0x0487}, {0x0591, 0x05c7}, {0x0610, 0x061a},
                 {0x064b, 0x065f}, {0x0900, 0x0903}, {0x093a, 0x094f}, {0x0980, 0x0983},
                 {0x09bc, 0x09cd}, {0x0b82, 0x0b82}, {0x0bbe, 0x0bcd}, {0x0e31, 0x0e3a},
                 {0x0e47, 0x0e4e}, {0x200c, 0x200d}, {0x3099, 0x309a}};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (code >= marks[i].first && code <= marks[i].last)
            return true;
    return false;
}

static bool is_word(wint_t code, locale_t locale)
{
    if (code < 0x80)
        return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
               (code >= 'A' && code <= 'Z') || code == '_';
    return iswalnum_l(code, locale) || is_mark(code);
}

static bool is_sign(const char *text, size_t length, const char *signs)
{
    for (; *signs; signs += utf8_length(signs, strlen(signs)))
        if (strncmp(signs, text, length) == 0)
            return true;
    return false;
}

bool text_is_of_words(const char *text, const char *signs)
{
    /* Not that of the process, which is "C": letters are those of Unicode. */
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
    bool fits = locale && *text;
    while (fits && *text) {
        size_t length = utf8_length(text, strlen(text));
        fits = length > 0 && (is_blank(*text) || is_sign(text, length, signs) ||
                              is_word(decode(text, length), locale));
        text += length;
    }
    if (locale)
        freelocale(locale);
    return fits;
}
