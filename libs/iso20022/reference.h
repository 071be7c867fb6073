/*
 * reference.h: what a payer writes on a transfer: the creditor reference of ISO 11649, "RF18
 * 5390 0754 7034", and the number of an account, IBAN (ISO 13616). Both carry two digits by which a
 * mistyped one is found (ISO 7064, MOD 97-10). Pure; any thread.
 *
 *     char reference[CREDITOR_REFERENCE_SIZE];
 *     if (creditor_reference_find("invoice rf18 5390 0754 7034, thanks", 16, reference)) ...
 */
#ifndef ISO20022_REFERENCE_H
#define ISO20022_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

enum {
    CREDITOR_REFERENCE_BODY_MAX = 21,
    CREDITOR_REFERENCE_SIZE = 4 + CREDITOR_REFERENCE_BODY_MAX + 1,
    CREDITOR_REFERENCE_SHOWN_SIZE = CREDITOR_REFERENCE_SIZE + CREDITOR_REFERENCE_SIZE / 4,
    IBAN_SIZE = 34 + 1,
    /* of every message of ISO 20022 */
    ISO_ID_SIZE = 36,
    ISO_NAME_SIZE = 141,
    ISO_CURRENCY_SIZE = 4
};

/* "RF", two check digits, the body: 1 to 21 digits and capital letters. */
void creditor_reference_make(const char *body, char ret_reference[static CREDITOR_REFERENCE_SIZE]);

/* Blanks are dropped and letters made capital. False: it is none, or a digit is wrong. */
bool creditor_reference_read(const char *text, char ret_reference[static CREDITOR_REFERENCE_SIZE])
    MUST_CHECK;

/* The one of `length` characters, blanks not counted, inside of a free text; false: there is none, or there
 * are two different ones. */
bool creditor_reference_find(const char *text, size_t length,
                             char ret_reference[static CREDITOR_REFERENCE_SIZE]) MUST_CHECK;

/* In groups of four, as people read and type it. */
void creditor_reference_show(const char *reference,
                             char ret_shown[static CREDITOR_REFERENCE_SHOWN_SIZE]);

/* Blanks are dropped and letters made capital. False: it is none. Lengths of countries are the bank's
 * business. */
bool iban_read(const char *text, char ret_iban[static IBAN_SIZE]) MUST_CHECK;

#endif
