/*
 * withdraw_approve.h: approvals of operators, m of n, for withdrawals above a value (W-27). An approval
 * is bound to the id, the address, the amount, the currency and the chain as they were when it was
 * given, and to one operator, who is not the member; it counts for some hours.
 *
 * It may carry a document that the operator signed with his own key (domain/signed_approval.h), which goes
 * with the payment to the signer: above its threshold the signer believes nothing else. Such an approval
 * is taken as well while the payment waits, and replaces one of before of the same operator.
 */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_APPROVE_H
#define ACCOUNTING_ACTIONS_WITHDRAW_APPROVE_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/withdraw.h"
#include "base/err.h"

/* How many are needed, and how many count now. */
bool withdraw_approvals_count(const struct outgoing *outgoing, const struct withdraw *row,
                              size_t *ret_needed, size_t *ret_given, struct err *err) MUST_CHECK;
/* Those that count, as JSON for the gateway: the signed documents, and [{"by", "digest", "at"}] of
 * those without. */
bool withdraw_approvals_write(const struct outgoing *outgoing, const struct withdraw *row,
                              struct str *out, struct err *err) MUST_CHECK;

/* Approves; the last one that was needed lets an accepted coin withdrawal go on. `document`: signed; NULL:
 * none. ERR_INVALID with key: admin.withdraw.already_approved, own_withdrawal, cannot_approve,
 * approval_unsigned (WITHDRAW_APPROVALS_SIGNED), and those of signed_approval_check(). */
bool withdraw_approve(const struct outgoing *outgoing, uint64_t id, uint64_t operator_id,
                      const char *document, struct withdraw *ret_row, struct err *err) MUST_CHECK;

#endif
