#include "blockchain/chains_offline.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/actions/watch_load.h"
#include "blockchain/store/catalogue_store.h"
#include "blockchain/store/chains.h"

bool chains_offline_load(struct blockchain *app, struct db *db, struct err *err)
{
    AUTO(str_release) struct str body = STR_INIT(CATALOGUE_BYTES_MAX);
    if (!catalogue_load(db, app->config->service_key, &body, err))
        return false;
    if (body.length == 0)
        return err_set(err, ERR_NOT_FOUND, "accounting has not told any chain yet");
    if (!catalogues_read(app->catalogues, str_data(&body), body.length, err))
        return false;
    const struct catalogue *catalogue = catalogue_take(app->catalogues);
    chains_apply(app, catalogue);
    catalogue_give_back(catalogue);
    return true;
}

bool chain_offline(struct blockchain *app, struct db *db, const char *key, struct chain **ret_chain,
                   struct err *err)
{
    struct chain *chain = chains_find(app->chains, key);
    struct chain_row row;
    if (!chain)
        return err_set(err, ERR_NOT_FOUND, "no chain %.32s", key);
    if (!chain_row_get(db, chain->key, chain->client->name, clock_now_us(app->clock), &row, err) ||
        !watch_load(chain, db, err))
        return false;
    pthread_mutex_lock(&chain->lock);
    memcpy(chain->network, row.network, sizeof(chain->network));
    if (chain->providers)
        providers_expect(chain->providers, row.network);
    pthread_mutex_unlock(&chain->lock);
    chain->height = row.height;
    chain->is_ready = true; /* whether it is, the service says */
    *ret_chain = chain;
    return true;
}
