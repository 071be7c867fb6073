/*
 * deposit_explain.h: what became of a transaction that should have been a deposit: the books' side (is there a
 * deposit, is it credited, what holds it) and the chain's, as the gateway tells it, in one document for operators,
 * whether they ask the API or the command line.
 */
#ifndef ACCOUNTING_ACTIONS_DEPOSIT_EXPLAIN_H
#define ACCOUNTING_ACTIONS_DEPOSIT_EXPLAIN_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"
#include "base/str.h"

enum { DEPOSIT_EXPLAIN_BYTES_MAX = 8 << 20 };

/* Appends the document. `blockchain_key` NULL: the chains of its deposits; without one, all that are active. `outgoing`
 * has a catalog. ERR_INVALID: no id of a transaction, no such chain. */
bool deposit_explain(const struct outgoing *outgoing, const char *txid, const char *blockchain_key,
                     struct str *out, struct err *err) MUST_CHECK;

#endif
