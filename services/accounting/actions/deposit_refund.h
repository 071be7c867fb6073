/*
 * deposit_refund.h: a deposit is sent back to an address. One that is credited is held of the member's
 * funds until the refund is in a block, and leaves the books then; one that is not credited was
 * never in them.
 */
#ifndef ACCOUNTING_ACTIONS_DEPOSIT_REFUND_H
#define ACCOUNTING_ACTIONS_DEPOSIT_REFUND_H

#include <stdbool.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/actions/chain_event.h"
#include "accounting/store/deposits.h"

/* ERR_STATE_CONFLICT: only skipped and suspicious deposits, and confirmed ones that are held, are sent
 * back; ERR_FUNDS_INSUFFICIENT: the member has less of it. */
bool refund_create(struct accounting *app, const struct change *change, uint64_t deposit_id,
                   const char *address, struct refund *ret_refund, struct err *err) MUST_CHECK;
/* payout.updated of refund-<id>. */
bool refund_on_payout(struct chain_tx *tx, const struct chain_event *event, const char *payout_id,
                      struct err *err) MUST_CHECK;

#endif
