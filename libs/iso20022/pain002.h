/*
 * pain002.h: what a bank says of an order to pay (pain001.h), before its statement: ISO 20022 pain.002, from version
 * pain.002.001.03 on. A status is that of the whole message, of a payment information or of one transaction; codes
 * are told as they are, and mean what the caller makes of them. XML is read as that of statements (xml_stream.h).
 *
 * Refused: what camt053.h refuses; a report without its own id or the original one's, about anything but a pain.001,
 * or with no status; a status of a transaction that is neither said nor that of its group; and one that was accepted within
 * something rejected. Pure; any thread.
 */
#ifndef ISO20022_PAIN002_H
#define ISO20022_PAIN002_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "decimal/dec.h"
#include "iso20022/reference.h"

enum {
    PAIN002_BYTES_MAX = 4 * 1024 * 1024,
    PAIN002_STATUSES_MAX = 1000, /* twice what pain001.h writes */
    PAIN002_TEXT_SIZE = 141
};

enum pain002_level { PAIN002_GROUP, PAIN002_PAYMENT, PAIN002_TRANSACTION };

struct pain002_status {
    enum pain002_level level;
    size_t line;                     /* where it ends */
    char payment_id[ISO_ID_SIZE];    /* of the payment information; "": the group's */
    char end_to_end_id[ISO_ID_SIZE]; /* "": not a transaction's, or not said */
    char status[ISO_ID_SIZE];        /* ACCP, RJCT, ... */
    char reason[ISO_ID_SIZE];        /* the first one; "": none */
    char text[PAIN002_TEXT_SIZE];    /* of the first one, cut where it is longer */
    bool has_amount;
    struct dec amount;
    char currency[ISO_CURRENCY_SIZE]; /* "": not said */
};

struct pain002 {
    char id[ISO_ID_SIZE], original_id[ISO_ID_SIZE];
    bool has_payments, has_sum; /* what the original one had, by the bank's count */
    uint64_t payments;
    struct dec sum;
    struct pain002_status *statuses; /* transactions before what they belong to */
    size_t count;
};

/* ERR_BODY_INVALID. The caller ends it with pain002_end(), also after a failure. */
bool pain002_read(const char *text, size_t length, struct pain002 *ret_report, struct err *err)
    MUST_CHECK;
void pain002_end(struct pain002 *report);

#endif
