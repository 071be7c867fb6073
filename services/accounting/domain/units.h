/*
 * units.h: amounts of a chain, which are whole numbers of the smallest unit as decimal text, and amounts
 * of the ledger (struct dec). Converted here and nowhere else, exactly: what a dec cannot hold of a
 * credit is cut off and told (dust), what it cannot hold at all is refused. Pure.
 */
#ifndef ACCOUNTING_DOMAIN_UNITS_H
#define ACCOUNTING_DOMAIN_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"
#include "decimal/dec.h"

enum {
    UNITS_TEXT_SIZE = 81,   /* 78 digits of a uint256, and room for zeros behind a dec */
    UNITS_DECIMALS_MAX = 18 /* of a currency */
};

/* Decimal digits of a base factor: 10^8 -> 8. */
int units_decimals(int64_t base_factor);

/* Digits only, no zero in front unless it is all. */
bool units_are_valid(const char *units);
bool units_are_zero(const char *units);

/* more - less. False: below zero, no numbers, or above 2^127. */
bool units_sub(const char *more, const char *less, char ret_units[static UNITS_TEXT_SIZE])
    MUST_CHECK;

/* units / 10^decimals, rounded down; *ret_dust: the units that were cut off. False: no number, or
 * above the range of a dec. */
bool units_to_dec(const char *units, int decimals, struct dec *ret_amount, uint64_t *ret_dust)
    MUST_CHECK;

/* amount × 10^decimals. False: below zero, or with more digits than the chain has. */
bool units_from_dec(struct dec amount, int decimals, char ret_units[static UNITS_TEXT_SIZE])
    MUST_CHECK;
/* The same, cut down to what the chain can express. */
void units_from_dec_down(struct dec amount, int decimals, char ret_units[static UNITS_TEXT_SIZE]);

#endif
