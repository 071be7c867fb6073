/*
 * camt053.h: a statement of an account, as banks send it: ISO 20022 camt.053 (any version of
 * camt.053.001). XML is read by expat as it streams by: what is kept is one entry at a time.
 *
 *     static bool take(void *arg, const struct statement *statement,
 *                      const struct statement_entry *entry, struct err *err) { ... }
 *     if (!camt053_read(text, length, take, arg, err)) return false;
 *
 * `take` is called for each entry in the order of the file, once for each transaction of an entry that
 * has several. Entries are told before the end of their statement is seen: whoever acts reads twice,
 * and acts the second time.
 *
 * Refused, with the line: a document type (so there are no entities), anything that is no camt.053, texts
 * longer than the standard's, a statement without an account, an opening or a closing balance, and one
 * whose booked entries don't lead from the one to the other. Pure; any thread.
 */
#ifndef ISO20022_CAMT053_H
#define ISO20022_CAMT053_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "decimal/dec.h"
#include "iso20022/reference.h"

enum {
    CAMT053_BYTES_MAX = 16 * 1024 * 1024,
    CAMT053_ENTRIES_MAX = 100000, /* of a file */
    CAMT053_DETAILS_MAX = 500,    /* of an entry */
    STATEMENT_TEXT_SIZE = 561     /* four lines of 140 */
};

struct statement {
    char id[ISO_ID_SIZE], iban[IBAN_SIZE], currency[ISO_CURRENCY_SIZE];
};

struct statement_entry {
    size_t line;    /* of the file, where it begins */
    size_t number;  /* in its statement, from 0 */
    size_t detail;  /* in its entry, from 0 */
    size_t details; /* how many the entry has; 0: none */
    bool is_credit, is_booked;
    bool is_reversal; /* takes back an earlier entry of the other sign */
    bool is_return;   /* money that we sent came back, or that came was sent back */
    bool
        is_unclear; /* several transactions that don't add up to the entry: told once, as a whole */
    struct dec amount;
    char currency[ISO_CURRENCY_SIZE];
    char entry_ref[ISO_ID_SIZE], servicer_ref[ISO_ID_SIZE]; /* "": none */
    char end_to_end_id[ISO_ID_SIZE];
    char reference[ISO_ID_SIZE];    /* structured: of the creditor */
    char text[STATEMENT_TEXT_SIZE]; /* unstructured, cut where it is longer */
    char payer[ISO_NAME_SIZE], payer_account[IBAN_SIZE], return_reason[ISO_ID_SIZE];
};

typedef bool camt053_take(void *arg, const struct statement *statement,
                          const struct statement_entry *entry, struct err *err);

/* ERR_BODY_INVALID, or what `take` failed with. */
bool camt053_read(const char *text, size_t length, camt053_take *take, void *arg, struct err *err)
    MUST_CHECK;

#endif
