/* withdraw_chain.c: what becomes of the payouts of withdrawals. */
#include "accounting/actions/chain_event.h"

bool withdraw_on_payout(struct chain_tx *tx, const struct chain_event *event, struct err *err)
{
    (void)tx;
    return err_set(err, ERR_NOT_FOUND, "no withdrawal has the payout of event %lu",
                   (unsigned long)event->seq);
}
