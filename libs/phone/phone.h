/*
 * phone.h: telephone numbers of the world (ITU-T E.164), from what people type to the digits that
 * are stored and dialled.
 *
 * plans.def has one row for each country: calling code, trunk prefix, national lengths of numbers
 * that ring at a person, and, where countries share a calling code, the digits that tell them apart.
 * So "+44 07418 084106" is 447418084106 of GB. What is checked is the country and the length; that a
 * number is in service only its owner can prove, by the code that is sent to it.
 *
 * Pure; any thread.
 */
#ifndef PHONE_PHONE_H
#define PHONE_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

enum { PHONE_DIGITS_MAX = 15, PHONE_DIGITS_MIN = 6, PHONE_COUNTRY_SIZE = 3 };

struct phone_number {
    char country[PHONE_COUNTRY_SIZE];  /* ISO 3166-1 alpha-2 */
    char digits[PHONE_DIGITS_MAX + 1]; /* international, without '+' */
};

/* Everything that is no digit is skipped: "+44 (0) 7418-084106". False: no such number. */
bool phone_parse(const char *text, struct phone_number *ret_number) MUST_CHECK;

/* How many of the digits are the calling code: 3 of 380..., 1 of 1...; 0: unknown. */
size_t phone_code_length(const char *digits);

#endif
