/*
 * fiat_report.h: what a bank says of a batch that it was given, before its statement (pain.002). Each payment's status
 * goes forward only; a rejection fails its withdrawal with the bank's reason and gives the money back, once. Nothing is
 * paid by it: only a statement says so. A file is one transaction, kept with what became of each line; the same one
 * again is answered in the same way and changes nothing.
 */
#ifndef ACCOUNTING_ACTIONS_FIAT_REPORT_H
#define ACCOUNTING_ACTIONS_FIAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"
#include "base/str.h"

enum { FIAT_REPORT_OUTCOME_BYTES_MAX = 2 * 1024 * 1024 };

struct fiat_report_file {
    const char *text;
    size_t length;
    uint64_t maker_id; /* the operator who brought it; 0: from the shell */
};

/* Appends {"batch":N,"moved":N,...,"lines":[...]}. ERR_BODY_INVALID: no report. ERR_INVALID with a key, and nothing is
 * done: unknown_batch, not_released, by_gateway, other_sum, differs (a report of this name had other contents),
 * own_withdrawal. */
bool fiat_report_import(const struct outgoing *outgoing, const struct fiat_report_file *file,
                        struct str *ret_outcome, struct err *err) MUST_CHECK;

#endif
