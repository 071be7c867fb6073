/*
 * wallet_save.h: the exchange's own wallets and the list of contracts, created and changed by
 * administrators, the management API and the seeds; rules as in catalog_change.h: a broken one is
 * ERR_INVALID whose story is the sentence that the API shows.
 *
 * No secret is kept: keys belong to the signer, credentials of a custodian to the gateway. What
 * `settings` says of a secret is dropped.
 */
#ifndef ACCOUNTING_ACTIONS_WALLET_SAVE_H
#define ACCOUNTING_ACTIONS_WALLET_SAVE_H

#include <stdbool.h>

#include "accounting/actions/catalog_change.h"
#include "accounting/store/wallets.h"
#include "contract/param_value.h"

struct wallet_draft {
    struct param_i64 id; /* changes */
    const char *blockchain_key, *name, *kind, *gateway, *address, *status, *settings;
    struct param_dec max_balance;
    struct param_list currencies;
    const char *currency;     /* instead of currencies */
    const char *currency_ids; /* the same in seeds: "eth,usdt" */
};
bool wallet_create(const struct change *change, const struct wallet_draft *draft,
                   struct wallet_row *ret_row, struct err *err) MUST_CHECK;
bool wallet_change(const struct change *change, const struct wallet_draft *draft,
                   struct wallet_row *ret_row, struct err *err) MUST_CHECK;
/* ERR_NOT_FOUND: no such wallet; when removing also: it does not serve the currency. */
bool wallet_link(const struct change *change, const struct wallet_draft *draft, bool remove,
                 struct wallet_row *ret_row, struct err *err) MUST_CHECK;

struct contract_draft {
    struct param_i64 id; /* changes */
    const char *blockchain_key, *address, *description, *state;
};
bool contract_create(const struct change *change, const struct contract_draft *draft,
                     struct contract_row *ret_row, struct err *err) MUST_CHECK;
bool contract_change(const struct change *change, const struct contract_draft *draft,
                     struct contract_row *ret_row, struct err *err) MUST_CHECK;

#endif
