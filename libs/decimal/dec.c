#include "decimal/dec.h"

#include <gmp.h>
#include <string.h>

/*
 * Products and dividends need 256 bits: a (127) × b (127), then ÷ 10^16. They run on magnitudes of
 * two 64-bit limbs through GMP's mpn layer, which works on the caller's arrays and allocates nothing.
 */
enum { LIMBS = 2 };
_Static_assert(sizeof(mp_limb_t) == 8, "two limbs make 128 bits");

#define UNITS_MAX ((__int128)DEC_ONE_UNITS * 100000000000ull * 1000000000ull) /* 10^36, excluded */

static const uint64_t powers[DEC_SCALE + 1] = {
    1ull,
    10ull,
    100ull,
    1000ull,
    10000ull,
    100000ull,
    1000000ull,
    10000000ull,
    100000000ull,
    1000000000ull,
    10000000000ull,
    100000000000ull,
    1000000000000ull,
    10000000000000ull,
    100000000000000ull,
    1000000000000000ull,
    10000000000000000ull,
};

static bool in_range(__int128 units)
{
    return units > -UNITS_MAX && units < UNITS_MAX;
}

static unsigned __int128 magnitude(__int128 units)
{
    return units < 0 ? -(unsigned __int128)units : (unsigned __int128)units;
}

static void to_limbs(unsigned __int128 number, mp_limb_t limbs[static LIMBS])
{
    limbs[0] = (mp_limb_t)number;
    limbs[1] = (mp_limb_t)(number >> 64);
}

/* numerator (4 limbs) ÷ divisor, rounded, with the sign put back. */
static bool divide(const mp_limb_t numerator[static 2 * LIMBS], unsigned __int128 divisor,
                   bool negative, enum dec_round round, struct dec *ret)
{
    mp_limb_t divisor_limbs[LIMBS], quotient[2 * LIMBS] = {0}, remainder[LIMBS] = {0};

    assert(divisor != 0);
    to_limbs(divisor, divisor_limbs);
    mp_size_t size = divisor_limbs[1] ? 2 : 1;
    mpn_tdiv_qr(quotient, remainder, 0, numerator, 2 * LIMBS, divisor_limbs, size);
    bool rest = remainder[0] != 0 || (size == 2 && remainder[1] != 0);
    /* The quotient has 2·LIMBS-size+1 limbs; above 10^36 it is out of range anyway. */
    if (quotient[2] != 0 || quotient[3] != 0 || quotient[1] >> 63)
        return false;
    if (rest && round == DEC_EXACT)
        return false;
    __int128 units = (__int128)((unsigned __int128)quotient[1] << 64 | quotient[0]);
    if (rest && round == DEC_UP)
        units++;
    if (!in_range(units))
        return false;
    ret->units = negative ? -units : units;
    return true;
}

bool dec_from_scaled(__int128 number, unsigned scale, struct dec *ret_value)
{
    assert(scale <= DEC_SCALE);
    __int128 units;
    if (__builtin_mul_overflow(number, (__int128)powers[DEC_SCALE - scale], &units) ||
        !in_range(units))
        return false;
    ret_value->units = units;
    return true;
}

bool dec_to_scaled(struct dec value, unsigned scale, int64_t *ret_number)
{
    assert(scale <= DEC_SCALE);
    __int128 step = (__int128)powers[DEC_SCALE - scale];
    __int128 number = value.units / step;
    if (number * step != value.units || number > INT64_MAX || number < INT64_MIN)
        return false;
    *ret_number = (int64_t)number;
    return true;
}

bool dec_parse_bytes(const char *text, size_t length, struct dec *ret_value)
{
    __int128 units = 0;
    size_t at = 0, integer_digits = 0, fraction_digits = 0;

    bool negative = length > 0 && text[0] == '-';
    if (negative)
        at++;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++, integer_digits++) {
        units = units * 10 + (text[at] - '0');
        if (units >= UNITS_MAX / DEC_ONE_UNITS)
            return false;
    }
    if (integer_digits == 0)
        return false;
    if (at < length && text[at] == '.') {
        for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++, fraction_digits++) {
            if (fraction_digits < DEC_SCALE)
                units = units * 10 + (text[at] - '0');
            else if (text[at] != '0')
                return false;
        }
        if (fraction_digits == 0)
            return false;
    }
    if (at != length)
        return false;
    size_t kept = fraction_digits < DEC_SCALE ? fraction_digits : (size_t)DEC_SCALE;
    units *= (__int128)powers[DEC_SCALE - kept];
    assert(in_range(units));
    ret_value->units = negative ? -units : units;
    return true;
}

bool dec_parse(const char *text, struct dec *ret_value)
{
    return dec_parse_bytes(text, strlen(text), ret_value);
}

size_t dec_format(struct dec value, char buffer[static DEC_TEXT_SIZE])
{
    char integer[DEC_INTEGER_DIGITS + 1];
    unsigned __int128 units = magnitude(value.units);
    uint64_t fraction = (uint64_t)(units % (unsigned __int128)DEC_ONE_UNITS);
    units /= (unsigned __int128)DEC_ONE_UNITS;

    size_t length = 0, digits = 0;
    if (value.units < 0)
        buffer[length++] = '-';
    /* 20 digits exceed 64 bits only above 1.8e19: then take the low nineteen first. */
    uint64_t high = 0, low = (uint64_t)units;
    if (units > UINT64_MAX) {
        high = (uint64_t)(units / 10000000000000000000ull);
        low = (uint64_t)(units % 10000000000000000000ull);
    }
    do {
        integer[digits++] = (char)('0' + low % 10);
        low /= 10;
    } while (low > 0 || (high > 0 && digits < 19));
    if (high > 0)
        integer[digits++] = (char)('0' + high);
    while (digits > 0)
        buffer[length++] = integer[--digits];

    buffer[length++] = '.';
    size_t shown = DEC_SCALE;
    if (fraction == 0) {
        shown = 1;
    } else {
        if (fraction % 100000000 == 0) { /* most amounts have few digits */
            fraction /= 100000000;
            shown -= 8;
        }
        for (; fraction % 10 == 0; fraction /= 10)
            shown--;
    }
    for (size_t i = shown; i > 0; i--, fraction /= 10)
        buffer[length + i - 1] = (char)('0' + fraction % 10);
    length += shown;
    buffer[length] = '\0';
    return length;
}

const char *dec_text(struct dec value, char buffer[static DEC_TEXT_SIZE])
{
    dec_format(value, buffer);
    return buffer;
}

bool dec_add(struct dec a, struct dec b, struct dec *ret_sum)
{
    /* Two values in range can't overflow 128 bits. */
    __int128 sum = a.units + b.units;
    if (!in_range(sum))
        return false;
    ret_sum->units = sum;
    return true;
}

bool dec_sub(struct dec a, struct dec b, struct dec *ret_difference)
{
    return dec_add(a, dec_neg(b), ret_difference);
}

bool dec_mul(struct dec a, struct dec b, enum dec_round round, struct dec *ret_product)
{
    mp_limb_t left[LIMBS], right[LIMBS], product[2 * LIMBS];
    to_limbs(magnitude(a.units), left);
    to_limbs(magnitude(b.units), right);
    mpn_mul_n(product, left, right, LIMBS);
    bool negative = (a.units < 0) != (b.units < 0);
    return divide(product, (unsigned __int128)DEC_ONE_UNITS, negative, round, ret_product);
}

bool dec_div(struct dec a, struct dec b, enum dec_round round, struct dec *ret_quotient)
{
    mp_limb_t left[LIMBS], scale[LIMBS], numerator[2 * LIMBS];
    if (b.units == 0)
        return false;
    to_limbs(magnitude(a.units), left);
    to_limbs((unsigned __int128)DEC_ONE_UNITS, scale);
    mpn_mul_n(numerator, left, scale, LIMBS);
    bool negative = (a.units < 0) != (b.units < 0);
    return divide(numerator, magnitude(b.units), negative, round, ret_quotient);
}

bool dec_round_to(struct dec a, unsigned digits, enum dec_round round, struct dec *ret)
{
    assert(digits <= DEC_SCALE);
    __int128 step = (__int128)powers[DEC_SCALE - digits];
    __int128 rest = a.units % step;
    if (rest != 0 && round == DEC_EXACT)
        return false;
    __int128 units = a.units - rest;
    if (rest != 0 && round == DEC_UP)
        units += a.units < 0 ? -step : step;
    if (!in_range(units))
        return false;
    ret->units = units;
    return true;
}

unsigned dec_digits(struct dec value)
{
    unsigned digits = DEC_SCALE;
    while (digits > 0 && value.units % 10 == 0) {
        value.units /= 10;
        digits--;
    }
    return digits;
}
