/*
 * collect.h: one round of what is asked of the blockchain gateway by the clock: addresses that are
 * pending, wallets' own addresses and balances, and the collection of deposits: each that is
 * processing is spread over the wallets (domain/spread.h), its parts become payouts
 * collect-<deposit>-<part> of the gateway; refunds become refund-<id>. What became of them comes
 * with payout.updated (actions/deposit_payout.c).
 *
 * Everything may be done twice: a part is written before it is asked for, and a payout of the same name
 * and body is one payout.
 */
#ifndef ACCOUNTING_ACTIONS_COLLECT_H
#define ACCOUNTING_ACTIONS_COLLECT_H

#include <stdbool.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"
#include "base/err.h"

/* ERR_PEER_UNAVAILABLE: the gateway is away; ERR_BUSY: another process is at it. */
bool collect_round(struct accounting *app, const struct change *change, bool with_balances,
                   struct err *err) MUST_CHECK;

/* GET of a balance: units of an address. ERR_PEER_UNAVAILABLE. */
bool gateway_balance(struct accounting *app, struct arena *arena, const char *blockchain_key,
                     const char *address, const char *contract, const char **ret_units,
                     struct err *err) MUST_CHECK;

#endif
