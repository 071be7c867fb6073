#include "blockchain/actions/main_network.h"

#include <string.h>

bool main_network_is(const struct chain_client *client, const char *network)
{
    return network[0] != '\0' && client->family->is_main && client->family->is_main(network);
}

bool main_network_is_listed(const char *setting, const char *chain_key)
{
    size_t key_length = strlen(chain_key);
    for (const char *at = setting + strspn(setting, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == key_length && memcmp(at, chain_key, length) == 0)
            return true;
        at += length;
    }
    return false;
}

bool main_network_check(const struct blockchain *app, struct chain *chain, const char *network,
                        struct err *err)
{
    if (!main_network_is(chain->client, network))
        return true;
    pthread_mutex_lock(&chain->lock);
    size_t count = chain->providers ? providers_hosts(chain->providers) : 0;
    pthread_mutex_unlock(&chain->lock);
    return count >= 2 || main_network_is_listed(app->config->single_provider_allowed, chain->key) ||
           err_set(err, ERR_CONFIG,
                   "a main network with one provider: name a second server of the chain, or list "
                   "it in SINGLE_PROVIDER_ALLOWED");
}
