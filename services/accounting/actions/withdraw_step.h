/*
 * withdraw_step.h: one move of a withdrawal with all that belongs to it: the ledger, the row, its
 * step, its event. Nothing else moves one. In the caller's transaction, on a row that it has locked.
 */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_STEP_H
#define ACCOUNTING_ACTIONS_WITHDRAW_STEP_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "accounting/domain/signed_approval.h"
#include "accounting/domain/withdraw.h"
#include "base/err.h"

/* `reason` (NULL: none) is kept as row->reason. Changes that the caller made to txid, block,
 * confirmations, error or metadata are written too; `was` is the row before them (NULL: it is the row
 * itself). ERR_STATE_CONFLICT: no such move; ERR_FUNDS_INSUFFICIENT. */
bool withdraw_step(const struct outgoing *outgoing, struct withdraw *row,
                   const struct withdraw *was, enum withdraw_event event, const char *reason,
                   struct err *err) MUST_CHECK;

/* Writes what changed without a move: confirmations, a reason. */
bool withdraw_note(const struct outgoing *outgoing, struct withdraw *row,
                   const struct withdraw *was, struct err *err) MUST_CHECK;

/* Accepted to processing: asks the gateway for the payment (coins), or gives the funds to the member
 * whose address it is. */
bool withdraw_process(const struct outgoing *outgoing, struct withdraw *row, const char *reason,
                      struct err *err) MUST_CHECK;

/* What the gateway is to be asked for; texts of the arena and of the row. ERR_STATE_CONFLICT: the network
 * is gone, or can't express the amount. */
bool withdraw_payment(const struct outgoing *outgoing, const struct withdraw *row,
                      struct payment_said *ret_said, struct err *err) MUST_CHECK;

/* Adds {class, message} to row->error. */
bool withdraw_add_error(const struct outgoing *outgoing, struct withdraw *row, const char *kind,
                        const char *message, struct err *err) MUST_CHECK;

#endif
