#include "accounting/domain/units.h"

#include <stdio.h>
#include <string.h>

static unsigned __int128 power_of_ten(int exponent)
{
    unsigned __int128 power = 1;
    assert(exponent >= 0 && exponent <= 38);
    for (int i = 0; i < exponent; i++)
        power *= 10;
    return power;
}

int units_decimals(int64_t base_factor)
{
    int decimals = 0;
    for (; base_factor >= 10; base_factor /= 10)
        decimals++;
    return decimals;
}

bool units_are_valid(const char *units)
{
    size_t length = strspn(units, "0123456789");
    return length > 0 && length < UNITS_TEXT_SIZE && units[length] == '\0' &&
           (units[0] != '0' || length == 1);
}

bool units_are_zero(const char *units)
{
    return units[strspn(units, "0")] == '\0';
}

/* False: above 2^127. */
static bool parse(const char *units, unsigned __int128 *ret_number)
{
    const unsigned __int128 limit = (unsigned __int128)1 << 127;
    unsigned __int128 number = 0;
    for (; *units; units++) {
        unsigned digit = (unsigned)(*units - '0');
        if (number > (limit - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret_number = number;
    return true;
}

bool units_to_dec(const char *units, int decimals, struct dec *ret_amount, uint64_t *ret_dust)
{
    unsigned __int128 number;
    uint64_t dust = 0;
    struct dec sum;
    assert(decimals >= 0 && decimals <= UNITS_DECIMALS_MAX);
    if (!units_are_valid(units) || !parse(units, &number))
        return false;
    if (decimals > DEC_SCALE) {
        unsigned __int128 cut = power_of_ten(decimals - DEC_SCALE);
        dust = (uint64_t)(number % cut);
        number /= cut;
    } else {
        unsigned __int128 factor = power_of_ten(DEC_SCALE - decimals);
        if (number > ((unsigned __int128)1 << 126) / factor)
            return false;
        number *= factor;
    }
    /* The addition knows the range. */
    if (number > ((unsigned __int128)1 << 126) ||
        !dec_add((struct dec){(__int128)number}, DEC_ZERO, &sum))
        return false;
    *ret_amount = sum;
    *ret_dust = dust;
    return true;
}

static void print(unsigned __int128 number, int zeros, char *text)
{
    char digits[48];
    size_t at = sizeof(digits), length;
    do
        digits[--at] = (char)('0' + (int)(number % 10));
    while ((number /= 10) != 0);
    length = sizeof(digits) - at;
    if (length == 1 && digits[at] == '0')
        zeros = 0;
    assert(length + (size_t)zeros < UNITS_TEXT_SIZE);
    memcpy(text, &digits[at], length);
    memset(text + length, '0', (size_t)zeros);
    text[length + (size_t)zeros] = '\0';
}

bool units_sub(const char *more, const char *less, char ret_units[static UNITS_TEXT_SIZE])
{
    unsigned __int128 minuend, subtrahend;
    if (!units_are_valid(more) || !units_are_valid(less) || !parse(more, &minuend) ||
        !parse(less, &subtrahend) || minuend < subtrahend)
        return false;
    print(minuend - subtrahend, 0, ret_units);
    return true;
}

void units_from_dec_down(struct dec amount, int decimals, char ret_units[static UNITS_TEXT_SIZE])
{
    assert(!dec_is_negative(amount) && decimals >= 0 && decimals <= UNITS_DECIMALS_MAX);
    unsigned __int128 number = (unsigned __int128)amount.units;
    if (decimals < DEC_SCALE)
        print(number / power_of_ten(DEC_SCALE - decimals), 0, ret_units);
    else
        print(number, decimals - DEC_SCALE, ret_units);
}

bool units_from_dec(struct dec amount, int decimals, char ret_units[static UNITS_TEXT_SIZE])
{
    if (dec_is_negative(amount))
        return false;
    if (decimals < DEC_SCALE &&
        (unsigned __int128)amount.units % power_of_ten(DEC_SCALE - decimals) != 0)
        return false;
    units_from_dec_down(amount, decimals, ret_units);
    return true;
}
