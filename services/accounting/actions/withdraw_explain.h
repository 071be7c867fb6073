/*
 * withdraw_explain.h: where a withdrawal stands, and why, from all that is known of it: its steps, limits, approvals,
 * its payment, and what the gateway says of that now (null: it is away). One document for operators, whether they
 * ask the API or the command line.
 */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_EXPLAIN_H
#define ACCOUNTING_ACTIONS_WITHDRAW_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"
#include "base/str.h"

enum { WITHDRAW_EXPLAIN_BYTES_MAX = 2 << 20 };

/* Appends the document. ERR_NOT_FOUND. */
bool withdraw_explain(const struct outgoing *outgoing, uint64_t id, struct str *out,
                      struct err *err) MUST_CHECK;

#endif
