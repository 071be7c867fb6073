/*
 * withdraw_chain.h: what the gateway tells of a payment moves its withdrawal (event payout.updated by
 * withdraw_on_payout() of chain_event.h, and the answer to the request itself). May be told twice and late: what is over stays as it is.
 *
 * A payment that was refused, failed or cancelled gives the funds back; one whose outcome is unknown
 * never does. In the caller's transaction.
 */
#ifndef ACCOUNTING_ACTIONS_WITHDRAW_CHAIN_H
#define ACCOUNTING_ACTIONS_WITHDRAW_CHAIN_H

#include <stdbool.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"
#include "json/read.h"

/* Whether a payment of this name ("withdraw-7") is a withdrawal's. */
bool withdraw_has_payout(const char *payout_id);

/*
 * `event`: {"payout_id", "state", "txid", "height", "confirmations", "reason"}. Events of other payments
 * change nothing. ERR_NOT_FOUND: no such withdrawal; ERR_STATE_CONFLICT: it can't be applied (a payment
 * went out whose funds were given back): to be parked, loudly; ERR_PROTOCOL: not an event.
 */
bool withdraw_payout_told(const struct outgoing *outgoing, const cJSON *event, struct err *err)
    MUST_CHECK;

#endif
