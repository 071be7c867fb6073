/*
 * dec.h: money. An exact decimal with 16 fractional digits, held as one 128-bit integer.
 *
 * A value v is the integer v × 10^16. It is wrapped in a struct so that `a + b` does not compile and
 * nothing converts it to a floating-point number by accident; there is no function that does.
 *
 * Range: |v| < 10^20 (DEC_INTEGER_DIGITS), the range of DECIMAL(36,16). Every operation that can
 * leave it, or that is not exact without saying how to round, returns bool and leaves its output
 * alone on failure; there is no infinity, no NaN, no wrapping.
 *
 * Rounding is an argument. Its remainder belongs to somebody: the caller books it.
 *
 * Pure values: no allocation, no locale, no state; safe in any thread.
 *
 *     struct dec price, volume, total;
 *     if (!dec_parse("65000.12", &price) || !dec_parse("0.5", &volume)) ...
 *     if (!dec_mul(price, volume, DEC_EXACT, &total)) return err_set(err, ERR_OVERFLOW, ...);
 *     char text[DEC_TEXT_SIZE];
 *     dec_text(total, text);                          // "32500.06"
 */
#ifndef DECIMAL_DEC_H
#define DECIMAL_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

enum {
    DEC_SCALE = 16,          /* fractional digits */
    DEC_INTEGER_DIGITS = 20, /* digits before the point */
    DEC_TEXT_SIZE = 40       /* sign, 20 digits, point, 16 digits, NUL */
};

struct dec {
    __int128 units; /* value × 10^16 */
};

enum dec_round {
    DEC_EXACT, /* a remainder is a failure */
    DEC_DOWN,  /* towards zero: what we credit */
    DEC_UP     /* away from zero: what we debit */
};

#define DEC_ONE_UNITS ((__int128)10000000000000000)
#define DEC_ZERO ((struct dec){0})

/* ---- making ---- */

/* A whole number; every int64_t fits. */
static inline struct dec dec_from_i64(int64_t number)
{
    return (struct dec){(__int128)number * DEC_ONE_UNITS};
}

/* number / 10^scale, 0 <= scale <= 16: "ticks" and "lots" to a value. False: out of range. */
bool dec_from_scaled(__int128 number, unsigned scale, struct dec *ret_value) MUST_CHECK;

/* value × 10^scale as an integer. False: not a whole number of 10^-scale, or above int64_t. */
bool dec_to_scaled(struct dec value, unsigned scale, int64_t *ret_number) MUST_CHECK;

/* ---- text ---- */

/*
 * Reads [-]digits[.digits]. No blanks, no '+', no exponent, no thousands mark, no bare point; zeros
 * in front are fine. At most 16 fractional digits that are not zero. The whole text must be it.
 */
bool dec_parse(const char *text, struct dec *ret_value) MUST_CHECK;
bool dec_parse_bytes(const char *text, size_t length, struct dec *ret_value) MUST_CHECK;

/* Plain notation with at least one fractional digit: "1.0", "-0.00000001". Returns `buffer`. */
const char *dec_text(struct dec value, char buffer[static DEC_TEXT_SIZE]);

/* The same, the number of bytes written (without the NUL) returned: for hot paths. */
size_t dec_format(struct dec value, char buffer[static DEC_TEXT_SIZE]);

/* ---- arithmetic; false: the result is out of range (or, with DEC_EXACT, has a remainder) ---- */

bool dec_add(struct dec a, struct dec b, struct dec *ret_sum) MUST_CHECK;
bool dec_sub(struct dec a, struct dec b, struct dec *ret_difference) MUST_CHECK;
bool dec_mul(struct dec a, struct dec b, enum dec_round round, struct dec *ret_product) MUST_CHECK;
bool dec_div(struct dec a, struct dec b, enum dec_round round, struct dec *ret_quotient) MUST_CHECK;

/* Cuts to `digits` fractional digits, 0..16. */
bool dec_round_to(struct dec a, unsigned digits, enum dec_round round, struct dec *ret) MUST_CHECK;

/* ---- asking ---- */

/* Fractional digits in use: 0 for "3.0", 2 for "3.25". */
unsigned dec_digits(struct dec value);

static inline int dec_cmp(struct dec a, struct dec b)
{
    return (a.units > b.units) - (a.units < b.units);
}
static inline bool dec_is_zero(struct dec a)
{
    return a.units == 0;
}
static inline bool dec_is_positive(struct dec a)
{
    return a.units > 0;
}
static inline bool dec_is_negative(struct dec a)
{
    return a.units < 0;
}
static inline struct dec dec_neg(struct dec a) /* the range is symmetric: always fits */
{
    return (struct dec){-a.units};
}
static inline struct dec dec_min(struct dec a, struct dec b)
{
    return a.units < b.units ? a : b;
}

#endif
