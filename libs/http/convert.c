/* One text into one typed value of the struct of the route. */
#include <string.h>
#include <strings.h>

#include "http/private.h"

bool word_is_in(const char *words, const char *text)
{
    size_t length = strlen(text);
    if (length == 0)
        return false;
    for (const char *at = words; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, text, length) == 0)
            return true;
        at += word;
        at += strspn(at, " ");
    }
    return false;
}

static bool convert_bool(const char *text, bool *ret_value)
{
    static const char *const yes[] = {"true", "1", "t", "yes", "y", "on"};
    static const char *const no[] = {"false", "0", "f", "no", "n", "off"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        bool is_yes = strcasecmp(text, yes[i]) == 0;
        if (is_yes || strcasecmp(text, no[i]) == 0) {
            *ret_value = is_yes;
            return true;
        }
    }
    return false;
}

bool param_convert(const struct param *row, const char *text, void *params)
{
    void *to = (char *)params + row->offset;
    switch (row->kind) {
    case PARAM_I64: {
        struct param_i64 number = {.given = true};
        if (!str_to_i64(text, &number.value))
            return false;
        memcpy(to, &number, sizeof(number));
        return true;
    }
    case PARAM_TIME: {
        struct param_i64 time = {.given = true};
        if (!clock_parse_iso(text, &time.value))
            return false;
        memcpy(to, &time, sizeof(time));
        return true;
    }
    case PARAM_DEC: {
        struct param_dec decimal = {.given = true};
        if (!dec_parse(text, &decimal.value))
            return false;
        memcpy(to, &decimal, sizeof(decimal));
        return true;
    }
    case PARAM_BOOL: {
        struct param_bool flag = {.given = true};
        if (!convert_bool(text, &flag.value))
            return false;
        memcpy(to, &flag, sizeof(flag));
        return true;
    }
    case PARAM_TEXT:
    case PARAM_JSON:
    case PARAM_NESTED:
        memcpy(to, &text, sizeof(text));
        return true;
    case PARAM_MULTI:
    case PARAM_FILES:
        break;
    }
    assert(row->kind != PARAM_MULTI && row->kind != PARAM_FILES);
    return false;
}

bool param_keeps_rule(const struct param *row, const void *params)
{
    const void *from = (const char *)params + row->offset;
    struct param_dec decimal;
    struct param_i64 number;
    switch (row->kind) {
    case PARAM_DEC:
        memcpy(&decimal, from, sizeof(decimal));
        if ((row->flags & PARAM_POSITIVE) && !dec_is_positive(decimal.value))
            return false;
        if ((row->flags & PARAM_NOT_NEGATIVE) && dec_is_negative(decimal.value))
            return false;
        return !(row->flags & PARAM_RANGE) ||
               (dec_cmp(decimal.value, dec_from_i64(row->min)) >= 0 &&
                dec_cmp(decimal.value, dec_from_i64(row->max)) <= 0);
    case PARAM_I64:
    case PARAM_TIME:
        memcpy(&number, from, sizeof(number));
        if ((row->flags & PARAM_POSITIVE) && number.value <= 0)
            return false;
        if ((row->flags & PARAM_NOT_NEGATIVE) && number.value < 0)
            return false;
        return !(row->flags & PARAM_RANGE) ||
               (number.value >= row->min && number.value <= row->max);
    case PARAM_TEXT:
    case PARAM_BOOL:
    case PARAM_JSON:
    case PARAM_NESTED:
    case PARAM_MULTI:
    case PARAM_FILES:
        break;
    }
    return true;
}
