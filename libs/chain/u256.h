/*
 * u256.h: whole amounts of a chain's smallest unit (satoshi, wei), as wide as the EVM has them.
 *
 * Invariants: never negative, never wraps: what does not fit returns false and leaves its output
 * alone. One number has one decimal text. Conversion to money (struct dec) is exact, or it cuts and
 * hands the rest back; nothing rounds up.
 *
 * Pure values: no allocation, no state; safe in any thread.
 *
 *     struct u256 units, rest;
 *     struct dec amount;
 *     if (!u256_parse("1500000000000000000", &units)) ...
 *     if (!u256_to_dec_floor(units, 18, &amount, &rest)) ...      // 1.5, rest 0
 */
#ifndef CHAIN_U256_H
#define CHAIN_U256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"
#include "decimal/dec.h"

enum {
    U256_SIZE = 32,           /* bytes, big-endian */
    U256_DIGITS_MAX = 78,     /* decimal */
    U256_TEXT_SIZE = 79,      /* with the NUL */
    U256_HEX_SIZE = 67,       /* "0x", 64 digits, NUL */
    U256_POWER_OF_10_MAX = 77 /* 10^77 fits; also the most decimals that an asset may have */
};

struct u256 {
    uint64_t limbs[4]; /* least significant first */
};

#define U256_ZERO ((struct u256){{0}})
#define U256_MAX ((struct u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}})

static inline struct u256 u256_from_u64(uint64_t number)
{
    return (struct u256){{number}};
}
bool u256_to_u64(struct u256 a, uint64_t *ret_number) MUST_CHECK; /* false: above 64 bits */

/* ---- text ---- */

/* Digits only: no sign, no blanks, no zeros in front. */
bool u256_parse(const char *text, struct u256 *ret_number) MUST_CHECK;
bool u256_parse_bytes(const char *text, size_t length, struct u256 *ret_number) MUST_CHECK;
const char *u256_text(struct u256 a, char buffer[static U256_TEXT_SIZE]); /* returns `buffer` */

/* "0x" and 1 to 64 digits of either case, zeros in front are fine: quantities and words of nodes. */
bool u256_parse_hex(const char *text, struct u256 *ret_number) MUST_CHECK;
const char *u256_hex(struct u256 a,
                     char buffer[static U256_HEX_SIZE]); /* shortest: "0x0", "0x1f" */

/* ---- bytes, big-endian ---- */

struct u256 u256_from_bytes(const uint8_t *bytes, size_t length); /* length <= 32 */
void u256_to_bytes(struct u256 a, uint8_t ret_bytes[static U256_SIZE]);

/* ---- arithmetic; false: the result does not fit (sub: would be negative) ---- */

bool u256_add(struct u256 a, struct u256 b, struct u256 *ret_sum) MUST_CHECK;
bool u256_sub(struct u256 a, struct u256 b, struct u256 *ret_difference) MUST_CHECK;
bool u256_mul(struct u256 a, struct u256 b, struct u256 *ret_product) MUST_CHECK;
bool u256_mul_u64(struct u256 a, uint64_t b, struct u256 *ret_product) MUST_CHECK;

/* Cuts; the rest may be NULL. The divisor must not be 0 (asserted). */
struct u256 u256_div(struct u256 a, struct u256 b, struct u256 *ret_rest);
struct u256 u256_div_u64(struct u256 a, uint64_t b, uint64_t *ret_rest);

/* 10^exponent, 0..U256_POWER_OF_10_MAX (asserted); multiplication and division by it. */
struct u256 u256_power_of_10(unsigned exponent);
bool u256_shift_up(struct u256 a, unsigned digits, struct u256 *ret) MUST_CHECK;
struct u256 u256_shift_down(struct u256 a, unsigned digits, struct u256 *ret_rest);

/* ---- asking ---- */

int u256_cmp(struct u256 a, struct u256 b); /* -1, 0, 1 */
static inline bool u256_is_zero(struct u256 a)
{
    return (a.limbs[0] | a.limbs[1] | a.limbs[2] | a.limbs[3]) == 0;
}

/* ---- money: units / 10^decimals; decimals 0..U256_POWER_OF_10_MAX (asserted) ---- */

/* False: more than 16 digits after the point are in use, or out of range of struct dec. */
bool u256_to_dec(struct u256 units, unsigned decimals, struct dec *ret_value) MUST_CHECK;

/* Cuts at 16 digits after the point; `ret_rest` is what was cut, in units. False: out of range. */
bool u256_to_dec_floor(struct u256 units, unsigned decimals, struct dec *ret_value,
                       struct u256 *ret_rest) MUST_CHECK;

/* False: negative, or finer than the asset's unit, or too large. */
bool u256_from_dec(struct dec value, unsigned decimals, struct u256 *ret_units) MUST_CHECK;

#endif
