/* entities_wallet.h: Wallet and WhitelistedSmartContract as administrators and the management API see
 * them (reference 1.8.6). Views live as long as the request. */
#ifndef ACCOUNTING_HTTP_ENTITIES_WALLET_H
#define ACCOUNTING_HTTP_ENTITIES_WALLET_H

#include "accounting/store/wallets.h"
#include "base/arena.h"
#include "json/field.h"

struct wallet_view {
    int64_t id;
    const char *name, *kind, *protocol, *address, *gateway, *balance, *blockchain_key, *status;
    const char *const *currencies;
    size_t currencies_count;
    struct dec max_balance;
    int64_t created_at, updated_at;
};
extern const struct json_field wallet_fields[];

/* False: no memory. */
bool wallet_view_fill(struct arena *arena, const struct wallet_row *row,
                      struct wallet_view *ret_view) MUST_CHECK;
/* "eth,usdt" as an array in the arena. */
bool currencies_split(struct arena *arena, const char *listed, const char *const **ret_items,
                      size_t *ret_count) MUST_CHECK;

extern const struct json_field contract_fields[]; /* over struct contract_row */

#endif
