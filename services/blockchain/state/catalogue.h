/*
 * catalogue.h: what accounting says of chains, assets and wallets (GET /internal/chains there). A
 * catalogue is immutable; the newest is taken and given back, so a reader is never surprised.
 *
 *     const struct catalogue *catalogue = catalogue_take(app->catalogues);
 *     const struct chain_entry *entry = catalogue_chain(catalogue, key);      // NULL: none
 *     catalogue_give_back(catalogue);
 *
 * The documents are from another service of ours and are checked all the same: a chain that can't be
 * understood is left out, with its reason in `broken`.
 */
#ifndef BLOCKCHAIN_STATE_CATALOGUE_H
#define BLOCKCHAIN_STATE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    CATALOGUE_BYTES_MAX = 4 << 20,
    CATALOGUE_CHAINS_MAX = 64,
    CATALOGUE_CURRENCIES_MAX = 64 /* of one wallet */
};

struct chain_asset {
    const char *currency; /* "usdt" */
    const char *contract; /* lower case; "": the native coin */
    uint32_t decimals;
    const char *min_deposit; /* units */
    bool deposit_enabled;
    const char *status;
};

struct chain_wallet {
    int64_t id;
    const char *kind; /* deposit, fee, hot, warm, cold */
    const char *gateway;
    const char *address;
    const char *status;
    const char *const *currencies;
    size_t currencies_count;
    const char *max_balance; /* JSON text as it came; NULL: none */
};

struct chain_entry {
    const char *key, *client;
    bool is_active;
    uint32_t min_confirmations; /* at least 1 */
    uint64_t start_height;
    const char *servers; /* joined by blanks, preferred first */
    const char *gas_collection, *gas_withdrawal;
    const struct chain_asset *assets;
    size_t assets_count;
    const struct chain_wallet *wallets;
    size_t wallets_count;
    const char *const *whitelist;
    size_t whitelist_count;
};

struct catalogue {
    int64_t version; /* 0: nothing is known yet */
    const struct chain_entry *chains;
    size_t chains_count;
    char broken[200]; /* the first chain that was left out, and why; "" none */
};

struct catalogues;

struct catalogues *catalogues_new(void); /* NULL: no memory */
void catalogues_free(struct catalogues *catalogues);

/* Makes the document the newest. ERR_PROTOCOL: not even its frame can be read. */
bool catalogues_read(struct catalogues *catalogues, const char *text, size_t length,
                     struct err *err) MUST_CHECK;

const struct catalogue *catalogue_take(struct catalogues *catalogues);
void catalogue_give_back(const struct catalogue *catalogue);

const struct chain_entry *catalogue_chain(const struct catalogue *catalogue, const char *key);
const struct chain_asset *chain_asset_of(const struct chain_entry *chain, const char *contract);

#endif
