/* deposit_tell.h: the signed events of deposits (reference 7.3), written to the outbox. */
#ifndef ACCOUNTING_ACTIONS_DEPOSIT_TELL_H
#define ACCOUNTING_ACTIONS_DEPOSIT_TELL_H

#include <stdbool.h>

#include "accounting/actions/chain_event.h"
#include "accounting/store/deposits.h"

bool deposit_tell_created(struct chain_tx *tx, const struct deposit *deposit, struct err *err)
    MUST_CHECK;
/* Nothing when nothing that the event shows has changed. */
bool deposit_tell_updated(struct chain_tx *tx, const struct deposit *before,
                          const struct deposit *deposit, struct err *err) MUST_CHECK;
/* An alert beside the contract: "model.deposit.reverted", "model.deposit.returned". */
bool deposit_tell_alert(struct chain_tx *tx, const char *name, const struct deposit *deposit,
                        struct err *err) MUST_CHECK;

/* As shown: blocks on top of its own, itself included; 0: in no block. */
int64_t deposit_confirmations(const struct deposit *deposit);

#endif
