/*
 * statement_import.h: a bank's statement (camt.053) into the books. The whole file is looked at first:
 * its accounts must be ours, its entries lead from opening to closing balance. Then each
 * entry is carried out in a transaction of its own, by a name that the bank gave it: a second import, or
 * one that goes on after a kill, finds what is done and does the rest.
 *
 * The name of an entry is that of the account servicer within the account; without one, the
 * entry's within the statement; without that, its place in the statement.
 */
#ifndef ACCOUNTING_ACTIONS_STATEMENT_IMPORT_H
#define ACCOUNTING_ACTIONS_STATEMENT_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "base/str.h"

enum { STATEMENT_REPORT_BYTES_MAX = 64 * 1024 * 1024 };

#define STATEMENT_SOURCE "statement"

struct statement_file {
    const char *text;
    size_t length;
    uint64_t maker_id; /* the operator who brought it; 0: nobody */
};

/* Appends {"entries":N,"credited":N,...,"lines":[{"line","result",...}]} to the report. ERR_BODY_INVALID: no
 * statement of ours, and nothing is done. Other errors: import it again. */
bool statement_import(struct accounting *app, struct db *db, const struct statement_file *file,
                      struct str *ret_report, struct err *err) MUST_CHECK;

#endif
