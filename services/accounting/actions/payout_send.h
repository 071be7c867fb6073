/*
 * payout_send.h: one round of asking the gateway for what it does not have yet. Bounded: so many a
 * round, and each waits longer after each failure, to a minute.
 */
#ifndef ACCOUNTING_ACTIONS_PAYOUT_SEND_H
#define ACCOUNTING_ACTIONS_PAYOUT_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/actions/outgoing.h"
#include "base/err.h"

struct payout_round {
    size_t due, accepted, refused, conflicts, failures; /* how many */
    struct err last;                                    /* of failures, refusals, conflicts */
};

/* False: the database is away. What the gateway says is in the round. */
bool payouts_send(const struct outgoing *outgoing, struct payout_round *ret_round, struct err *err)
    MUST_CHECK;

#endif
