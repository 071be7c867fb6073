/*
 * pain001.h: an order to a bank to pay many others: ISO 20022 pain.001.001.03, credit transfers from one
 * account in one currency. The same payments give the same text. Pure; any thread.
 */
#ifndef ISO20022_PAIN001_H
#define ISO20022_PAIN001_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "decimal/dec.h"

enum {
    PAIN001_PAYMENTS_MAX = 500,
    PAIN001_BYTES_MAX = 2 * 1024 * 1024,
    PAIN001_NAME_MAX = 70, /* longer ones are cut */
    PAIN001_CURRENCY_LENGTH = 3,
    PAIN001_DIGITS_MAX = 18,
    PAIN001_FRACTION_MAX = 5
};

struct pain001_payment {
    const char *end_to_end_id; /* at most 35 characters */
    const char *name, *iban;   /* of the receiver */
    const char *bic;           /* NULL: his bank is known by his IBAN */
    struct dec amount;
};

struct pain001 {
    const char *message_id;        /* at most 35 characters; the bank refuses one that it had */
    const char *name, *iban, *bic; /* of the payer */
    const char *currency;          /* "EUR" */
    int64_t created_us;
    struct dec sum; /* what the payments have to make */
    const struct pain001_payment *payments;
    size_t count;
};

/* Positive, with no more digits than the standard has. */
bool pain001_amount_fits(struct dec amount);

/* ERR_INVALID: a field, which it names, is none that the standard takes, or the payments don't make the sum. */
bool pain001_write(const struct pain001 *batch, struct str *out, struct err *err) MUST_CHECK;

#endif
