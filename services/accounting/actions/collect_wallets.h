/* collect_wallets.h: the wallets' part of collect.h. */
#ifndef ACCOUNTING_ACTIONS_COLLECT_WALLETS_H
#define ACCOUNTING_ACTIONS_COLLECT_WALLETS_H

#include "accounting/actions/accounting.h"
#include "accounting/actions/catalog_change.h"
#include "accounting/store/wallets.h"

/* Asks for the addresses of wallets that have none. */
bool wallets_address(struct accounting *app, const struct change *change, struct err *err)
    MUST_CHECK;
/* Reads what they hold, and keeps it for the API. */
bool wallets_weigh(struct accounting *app, const struct change *change, struct err *err) MUST_CHECK;

/* The network of a currency on a chain; ERR_NOT_FOUND. */
bool network_on_chain(const struct change *change, const char *currency_id,
                      const char *blockchain_key, struct network *ret_network, struct err *err)
    MUST_CHECK;
/* What a wallet holds of a currency on its chain. ERR_PEER_UNAVAILABLE; ERR_NOT_FOUND. */
bool wallet_holds(struct accounting *app, const struct change *change,
                  const struct wallet_row *wallet, const char *currency_id, struct dec *ret_amount,
                  struct err *err) MUST_CHECK;

#endif
