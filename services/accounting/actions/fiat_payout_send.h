/*
 * fiat_payout_send.h: asks the payment gateway for the payments of released batches, one after the other. That it is
 * asked is committed first, and from then on a withdrawal may be paid: nobody fails it by hand, and no answer or
 * one that says nothing is asked again by the same name, with pauses that grow. Only the signed news of the
 * gateway, in its answer or its webhook, or a statement ends it.
 */
#ifndef ACCOUNTING_ACTIONS_FIAT_PAYOUT_SEND_H
#define ACCOUNTING_ACTIONS_FIAT_PAYOUT_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"

struct fetch;

struct fiat_payout_round {
    size_t ended, unknown;
    struct err last; /* why the last one is unknown */
};

/* False: the database does not work; what the gateway says is in the round. */
bool fiat_payouts_send(const struct outgoing *outgoing, struct fetch *fetch,
                       struct fiat_payout_round *ret_round, struct err *err) MUST_CHECK;

#endif
