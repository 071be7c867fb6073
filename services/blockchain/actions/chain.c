#include "blockchain/actions/chain.h"

#include <stdlib.h>
#include <string.h>

#include "blockchain/actions/blockchain.h"

struct chains {
    pthread_mutex_t lock; /* of adding */
    _Atomic size_t count; /* chains are added at the end and never leave */
    struct chain *rows[CATALOGUE_CHAINS_MAX];
};

struct chains *chains_new(void)
{
    struct chains *chains = calloc(1, sizeof(*chains));
    if (chains)
        pthread_mutex_init(&chains->lock, NULL);
    return chains;
}

static void chain_free(struct chain *chain)
{
    providers_free(chain->providers);
    watch_set_free(chain->watch);
    pthread_mutex_destroy(&chain->lock);
    free(chain->servers);
    free(chain);
}

void chains_free(struct chains *chains)
{
    if (!chains)
        return;
    for (size_t i = 0; i < chains->count; i++)
        chain_free(chains->rows[i]);
    pthread_mutex_destroy(&chains->lock);
    free(chains);
}

size_t chains_count(const struct chains *chains)
{
    return chains->count;
}

struct chain *chains_at(const struct chains *chains, size_t index)
{
    assert(index < chains->count);
    return chains->rows[index];
}

struct chain *chains_find(struct chains *chains, const char *key)
{
    for (size_t i = 0; i < chains->count; i++)
        if (strcmp(chains->rows[i]->key, key) == 0)
            return chains->rows[i];
    return NULL;
}

void chain_set_reason(struct chain *chain, const char *reason)
{
    pthread_mutex_lock(&chain->lock);
    snprintf(chain->reason, sizeof(chain->reason), "%s", reason);
    pthread_mutex_unlock(&chain->lock);
}

void chain_network(struct chain *chain, char buffer[static CHAIN_NETWORK_SIZE])
{
    pthread_mutex_lock(&chain->lock);
    memcpy(buffer, chain->network, CHAIN_NETWORK_SIZE);
    pthread_mutex_unlock(&chain->lock);
}

/* NULL: no memory. */
static struct chain *chain_new(const char *key, const struct chain_client *client)
{
    struct chain *chain = calloc(1, sizeof(*chain));
    if (!chain)
        return NULL;
    pthread_mutex_init(&chain->lock, NULL);
    snprintf(chain->key, sizeof(chain->key), "%s", key);
    snprintf(chain->reason, sizeof(chain->reason), "starting");
    chain->client = client;
    chain->watch = watch_set_new();
    if (chain->watch)
        return chain;
    chain_free(chain);
    return NULL;
}

/* Other servers: new providers. Sessions of the old ones end by themselves. */
static void servers_apply(struct blockchain *app, struct chain *chain, const char *servers)
{
    struct err err;
    struct providers *providers;
    pthread_mutex_lock(&chain->lock);
    bool is_same = chain->servers && strcmp(chain->servers, servers) == 0;
    pthread_mutex_unlock(&chain->lock);
    if (is_same)
        return;
    const struct providers_spec spec = {.chain_key = chain->key,
                                        .client = chain->client,
                                        .servers = servers,
                                        .timeout_ms = app->config->node_timeout_ms,
                                        .authorities = app->config->node_authorities,
                                        .clock = app->clock,
                                        .metrics = app->metrics};
    char *copy = strdup(servers);
    if (!copy || !providers_new(&spec, &providers, &err)) {
        chain_set_reason(chain, copy ? err.what : "no memory");
        free(copy);
        return;
    }
    pthread_mutex_lock(&chain->lock);
    struct providers *before = chain->providers;
    char *servers_before = chain->servers;
    providers_expect(providers, chain->network);
    chain->providers = providers;
    chain->servers = copy;
    pthread_mutex_unlock(&chain->lock);
    providers_free(before);
    free(servers_before);
}

static void entry_apply(struct blockchain *app, const struct chain_entry *entry)
{
    struct chains *chains = app->chains;
    struct chain *chain = chains_find(chains, entry->key);
    const struct chain_client *client = chain_client_find(entry->client);
    if (!chain && client && chains->count < CATALOGUE_CHAINS_MAX) {
        chain = chain_new(entry->key, client);
        if (!chain)
            return;
        pthread_mutex_lock(&chains->lock);
        chains->rows[chains->count] = chain;
        chains->count++;
        pthread_mutex_unlock(&chains->lock);
    }
    if (!chain)
        return;
    if (client != chain->client) {
        chain_set_reason(chain, "its client was changed: that needs a new chain key");
        chain->is_active = false;
        return;
    }
    servers_apply(app, chain, entry->servers);
    chain->is_active = entry->is_active;
}

void chains_apply(struct blockchain *app, const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->chains_count; i++)
        entry_apply(app, &catalogue->chains[i]);
    for (size_t i = 0; i < app->chains->count; i++)
        if (!catalogue_chain(catalogue, app->chains->rows[i]->key))
            app->chains->rows[i]->is_active = false;
}

bool chain_session(struct chain *chain, struct provider_session **ret_session, struct err *err)
{
    pthread_mutex_lock(&chain->lock);
    bool ok = chain->providers ? provider_session_open(chain->providers, ret_session, err)
                               : err_set(err, ERR_PEER_UNAVAILABLE, "%s has no provider: %s",
                                         chain->key, chain->reason);
    pthread_mutex_unlock(&chain->lock);
    return ok;
}

bool chain_session_renew(struct chain *chain, struct provider_session **session, bool *ret_is_new,
                         struct err *err)
{
    pthread_mutex_lock(&chain->lock);
    bool is_current =
        *session && chain->providers && provider_session_is_of(*session, chain->providers);
    pthread_mutex_unlock(&chain->lock);
    *ret_is_new = !is_current;
    if (is_current)
        return true;
    provider_session_close(*session);
    *session = NULL;
    return chain_session(chain, session, err);
}
