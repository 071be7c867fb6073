#include "chain/u256.h"

#include <gmp.h>
#include <string.h>

/* As in libs/decimal: GMP's mpn layer works on the caller's arrays and allocates nothing here. */
enum { LIMBS = 4 };
_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "a limb of GMP is one of ours");

static void to_limbs(struct u256 a, mp_limb_t limbs[static LIMBS])
{
    for (int i = 0; i < LIMBS; i++)
        limbs[i] = a.limbs[i];
}

static struct u256 from_limbs(const mp_limb_t limbs[static LIMBS])
{
    return (struct u256){{limbs[0], limbs[1], limbs[2], limbs[3]}};
}

bool u256_to_u64(struct u256 a, uint64_t *ret_number)
{
    if ((a.limbs[1] | a.limbs[2] | a.limbs[3]) != 0)
        return false;
    *ret_number = a.limbs[0];
    return true;
}

bool u256_parse_bytes(const char *text, size_t length, struct u256 *ret_number)
{
    struct u256 number = U256_ZERO;
    if (length == 0 || length > U256_DIGITS_MAX || (length > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (!u256_mul_u64(number, 10, &number) ||
            !u256_add(number, u256_from_u64((uint64_t)(text[i] - '0')), &number))
            return false;
    }
    *ret_number = number;
    return true;
}

bool u256_parse(const char *text, struct u256 *ret_number)
{
    return u256_parse_bytes(text, strnlen(text, U256_DIGITS_MAX + 1), ret_number);
}

const char *u256_text(struct u256 a, char buffer[static U256_TEXT_SIZE])
{
    char digits[U256_TEXT_SIZE];
    size_t at = sizeof(digits);
    digits[--at] = '\0';
    do {
        uint64_t digit;
        a = u256_div_u64(a, 10, &digit);
        digits[--at] = (char)('0' + digit);
    } while (!u256_is_zero(a));
    memcpy(buffer, digits + at, sizeof(digits) - at);
    return buffer;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool u256_parse_hex(const char *text, struct u256 *ret_number)
{
    struct u256 number = U256_ZERO;
    size_t length = strnlen(text, U256_HEX_SIZE);
    if (length < 3 || length >= U256_HEX_SIZE || text[0] != '0' || text[1] != 'x')
        return false;
    for (size_t i = 2; i < length; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return false;
        size_t nibble = length - 1 - i;
        number.limbs[nibble / 16] |= (uint64_t)digit << (4 * (nibble % 16));
    }
    *ret_number = number;
    return true;
}

const char *u256_hex(struct u256 a, char buffer[static U256_HEX_SIZE])
{
    size_t length = 0, nibble = 63;
    while (nibble > 0 && ((a.limbs[nibble / 16] >> (4 * (nibble % 16))) & 15) == 0)
        nibble--;
    buffer[length++] = '0';
    buffer[length++] = 'x';
    for (size_t i = nibble + 1; i-- > 0;)
        buffer[length++] = "0123456789abcdef"[(a.limbs[i / 16] >> (4 * (i % 16))) & 15];
    buffer[length] = '\0';
    return buffer;
}

struct u256 u256_from_bytes(const uint8_t *bytes, size_t length)
{
    struct u256 number = U256_ZERO;
    assert(length <= U256_SIZE);
    for (size_t i = 0; i < length; i++)
        number.limbs[i / 8] |= (uint64_t)bytes[length - 1 - i] << (8 * (i % 8));
    return number;
}

void u256_to_bytes(struct u256 a, uint8_t ret_bytes[static U256_SIZE])
{
    for (size_t i = 0; i < U256_SIZE; i++)
        ret_bytes[U256_SIZE - 1 - i] = (uint8_t)(a.limbs[i / 8] >> (8 * (i % 8)));
}

bool u256_add(struct u256 a, struct u256 b, struct u256 *ret_sum)
{
    mp_limb_t x[LIMBS], y[LIMBS], sum[LIMBS];
    to_limbs(a, x);
    to_limbs(b, y);
    if (mpn_add_n(sum, x, y, LIMBS) != 0)
        return false;
    *ret_sum = from_limbs(sum);
    return true;
}

bool u256_sub(struct u256 a, struct u256 b, struct u256 *ret_difference)
{
    mp_limb_t x[LIMBS], y[LIMBS], difference[LIMBS];
    to_limbs(a, x);
    to_limbs(b, y);
    if (mpn_sub_n(difference, x, y, LIMBS) != 0)
        return false;
    *ret_difference = from_limbs(difference);
    return true;
}

bool u256_mul(struct u256 a, struct u256 b, struct u256 *ret_product)
{
    mp_limb_t x[LIMBS], y[LIMBS], product[2 * LIMBS];
    to_limbs(a, x);
    to_limbs(b, y);
    mpn_mul_n(product, x, y, LIMBS);
    for (int i = LIMBS; i < 2 * LIMBS; i++)
        if (product[i] != 0)
            return false;
    *ret_product = from_limbs(product);
    return true;
}

bool u256_mul_u64(struct u256 a, uint64_t b, struct u256 *ret_product)
{
    mp_limb_t x[LIMBS], product[LIMBS];
    to_limbs(a, x);
    if (mpn_mul_1(product, x, LIMBS, b) != 0)
        return false;
    *ret_product = from_limbs(product);
    return true;
}

struct u256 u256_div(struct u256 a, struct u256 b, struct u256 *ret_rest)
{
    mp_limb_t x[LIMBS], y[LIMBS], quotient[LIMBS + 1] = {0}, rest[LIMBS] = {0};
    assert(!u256_is_zero(b));
    to_limbs(a, x);
    to_limbs(b, y);
    mp_size_t size = LIMBS;
    while (y[size - 1] == 0)
        size--;
    mpn_tdiv_qr(quotient, rest, 0, x, LIMBS, y, size);
    if (ret_rest)
        *ret_rest = from_limbs(rest);
    return from_limbs(quotient);
}

struct u256 u256_div_u64(struct u256 a, uint64_t b, uint64_t *ret_rest)
{
    mp_limb_t x[LIMBS], quotient[LIMBS];
    assert(b != 0);
    to_limbs(a, x);
    mp_limb_t rest = mpn_divrem_1(quotient, 0, x, LIMBS, b);
    if (ret_rest)
        *ret_rest = rest;
    return from_limbs(quotient);
}

struct u256 u256_power_of_10(unsigned exponent)
{
    struct u256 power = u256_from_u64(1);
    assert(exponent <= U256_POWER_OF_10_MAX);
    for (unsigned i = 0; i < exponent; i++) {
        bool fits = u256_mul_u64(power, 10, &power);
        assert(fits);
    }
    return power;
}

bool u256_shift_up(struct u256 a, unsigned digits, struct u256 *ret)
{
    return u256_mul(a, u256_power_of_10(digits), ret);
}

struct u256 u256_shift_down(struct u256 a, unsigned digits, struct u256 *ret_rest)
{
    return u256_div(a, u256_power_of_10(digits), ret_rest);
}

int u256_cmp(struct u256 a, struct u256 b)
{
    for (int i = LIMBS - 1; i >= 0; i--)
        if (a.limbs[i] != b.limbs[i])
            return a.limbs[i] < b.limbs[i] ? -1 : 1;
    return 0;
}

/* ---- money ---- */

bool u256_to_dec_floor(struct u256 units, unsigned decimals, struct dec *ret_value,
                       struct u256 *ret_rest)
{
    struct u256 scaled, rest = U256_ZERO;
    assert(decimals <= U256_POWER_OF_10_MAX);
    if (decimals > DEC_SCALE)
        scaled = u256_shift_down(units, decimals - DEC_SCALE, &rest);
    else if (!u256_shift_up(units, DEC_SCALE - decimals, &scaled))
        return false;
    if ((scaled.limbs[3] | scaled.limbs[2]) != 0 || scaled.limbs[1] >> 63)
        return false;
    __int128 number = (__int128)((unsigned __int128)scaled.limbs[1] << 64 | scaled.limbs[0]);
    if (!dec_from_scaled(number, DEC_SCALE, ret_value))
        return false;
    *ret_rest = rest;
    return true;
}

bool u256_to_dec(struct u256 units, unsigned decimals, struct dec *ret_value)
{
    struct u256 rest;
    struct dec value;
    if (!u256_to_dec_floor(units, decimals, &value, &rest) || !u256_is_zero(rest))
        return false;
    *ret_value = value;
    return true;
}

bool u256_from_dec(struct dec value, unsigned decimals, struct u256 *ret_units)
{
    assert(decimals <= U256_POWER_OF_10_MAX);
    if (dec_is_negative(value))
        return false;
    unsigned __int128 number = (unsigned __int128)value.units;
    struct u256 scaled = {{(uint64_t)number, (uint64_t)(number >> 64)}}, units, rest;
    if (decimals >= DEC_SCALE)
        return u256_shift_up(scaled, decimals - DEC_SCALE, ret_units);
    units = u256_shift_down(scaled, DEC_SCALE - decimals, &rest);
    if (!u256_is_zero(rest))
        return false;
    *ret_units = units;
    return true;
}
