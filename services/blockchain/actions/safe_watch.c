#include "blockchain/actions/safe_watch.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/store/addresses.h"

enum { LISTED_BYTES_MAX = 64 * 1024 };

static bool is_safe(const struct chain_wallet *wallet)
{
    return strcmp(wallet->gateway, "gnosis") == 0 && strcmp(wallet->status, "disabled") != 0;
}

static bool chain_apply(struct chain *chain, struct db *db, const struct chain_entry *entry,
                        struct err *err)
{
    AUTO(str_release) struct str listed = STR_INIT(LISTED_BYTES_MAX);
    for (size_t i = 0; i < entry->wallets_count; i++) {
        struct address_form form;
        uint64_t id;
        if (!is_safe(&entry->wallets[i]))
            continue;
        chain->client->family->address_form(chain->client, "", entry->wallets[i].address, &form);
        if (!form.is_valid)
            continue; /* the payouts out of it say so */
        str_add_format(&listed, "%s%s", listed.length > 0 ? "," : "", form.canonical);
        if (!address_safe_put(db, chain->key, &form, &id, err))
            return false;
        if (!watch_set_add(chain->watch, form.kind, form.hash, form.hash_length, id))
            return err_set(err, ERR_BUSY, "no memory for what is watched");
    }
    return (str_ok(&listed) || err_set(err, ERR_TOO_MANY, "%s has too many Safes", chain->key)) &&
           address_safes_keep(db, chain->key, str_data(&listed), err);
}

bool safes_apply(struct blockchain *app, struct db *db, const struct catalogue *catalogue,
                 struct err *err)
{
    for (size_t i = 0; i < chains_count(app->chains); i++) {
        struct chain *chain = chains_at(app->chains, i);
        const struct chain_entry *entry = catalogue_chain(catalogue, chain->key);
        bool has_contracts = chain->client->family->balances != NULL; /* Ethereum-like */
        if (entry && has_contracts && !chain_apply(chain, db, entry, err))
            return err_wrap(err, "a Safe contract wallet");
    }
    return true;
}
