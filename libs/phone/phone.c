#include "phone/phone.h"

#include <string.h>

#define L(length) (1U << (length))

struct plan {
    unsigned code;
    char country[PHONE_COUNTRY_SIZE];
    const char *trunk;    /* in front of a national number, not in front of an international one */
    unsigned lengths;     /* bit n: national numbers of n digits */
    const char *prefixes; /* of the country, when others share its code; "" is what is left */
};

/* By calling code; of those that share one, the row without prefixes is the last. */
static const struct plan plans[] = {
#define PLAN(code, country, trunk, lengths, prefixes) {code, country, trunk, lengths, prefixes},
#include "phone/plans.def"
#undef PLAN
};

enum { CODE_DIGITS_MAX = 3, INPUT_DIGITS_MAX = 24 };

static bool begins_with(const char *text, const char *prefix, size_t length)
{
    return strncmp(text, prefix, length) == 0;
}

static bool begins_with_one_of(const char *national, const char *prefixes)
{
    if (prefixes[0] == '\0')
        return true;
    for (const char *at = prefixes; *at;) {
        size_t length = strcspn(at, " ");
        if (begins_with(national, at, length))
            return true;
        at += length;
        at += strspn(at, " ");
    }
    return false;
}

static bool fits(const struct plan *plan, const char *national)
{
    size_t length = strlen(national);
    return length <= PHONE_DIGITS_MAX && (plan->lengths & L(length)) &&
           begins_with_one_of(national, plan->prefixes);
}

/* The national number as it is, or without the trunk prefix that people leave in front of it. */
static const char *national_of(const struct plan *plan, const char *national)
{
    size_t trunk = strlen(plan->trunk);
    if (fits(plan, national))
        return national;
    if (trunk > 0 && begins_with(national, plan->trunk, trunk) && fits(plan, national + trunk))
        return national + trunk;
    return NULL;
}

static bool take_digits(const char *text, char to[static INPUT_DIGITS_MAX + 1])
{
    size_t count = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            continue;
        if (count == INPUT_DIGITS_MAX)
            return false;
        to[count++] = *text;
    }
    to[count] = '\0';
    return true;
}

/* The number that the first digits of `digits` are; 0: there are fewer. */
static unsigned code_of(const char *digits, size_t length)
{
    unsigned code = 0;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return 0;
        code = 10 * code + (unsigned)(digits[i] - '0');
    }
    return digits[0] == '0' ? 0 : code;
}

bool phone_parse(const char *text, struct phone_number *ret_number)
{
    char digits[INPUT_DIGITS_MAX + 1];
    if (!take_digits(text, digits))
        return false;
    size_t code_length = phone_code_length(digits);
    unsigned code = code_of(digits, code_length);
    for (size_t i = 0; code_length > 0 && i < ARRAY_LEN(plans); i++) {
        const struct plan *plan = &plans[i];
        const char *national = plan->code == code ? national_of(plan, digits + code_length) : NULL;
        if (!national)
            continue;
        size_t length = strlen(national);
        if (code_length + length > PHONE_DIGITS_MAX || code_length + length < PHONE_DIGITS_MIN)
            return false;
        memcpy(ret_number->country, plan->country, sizeof(ret_number->country));
        memcpy(ret_number->digits, digits, code_length);
        memcpy(ret_number->digits + code_length, national, length + 1);
        return true;
    }
    return false;
}

/* No code is the beginning of another one. */
size_t phone_code_length(const char *digits)
{
    for (size_t length = 1; length <= CODE_DIGITS_MAX; length++) {
        unsigned code = code_of(digits, length);
        for (size_t i = 0; code > 0 && i < ARRAY_LEN(plans); i++)
            if (plans[i].code == code)
                return length;
        if (code == 0)
            break;
    }
    return 0;
}
