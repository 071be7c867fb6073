#include "blockchain/http/chain_view.h"

#include <string.h>

#define AT(member) offsetof(struct provider_shown, member)
static const struct json_field provider_fields[] = {
    {"url", JSON_TEXT, AT(url), .doc = "Address, without credentials."},
    {"healthy", JSON_BOOL, AT(healthy), .doc = "Answers, is of this network and near the best."},
    {"tip", JSON_U64, AT(tip), .doc = "Its height."},
    {"errors", JSON_U64, AT(errors), .doc = "Failures since the start."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why it is not healthy."},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct chain_shown, member)
const struct json_field chain_fields[] = {
    {"key", JSON_TEXT, AT(key), .doc = "Key of the chain."},
    {"client", JSON_TEXT, AT(client), .doc = "Family and parameters."},
    {"network", JSON_TEXT, AT(network),
     .doc = "main, test, regtest or a chain id; null: unknown yet."},
    {"ready", JSON_BOOL, AT(ready), .doc = "It is followed up to its tip."},
    {"active", JSON_BOOL, AT(active), .doc = "The catalogue wants it followed."},
    {"paused", JSON_BOOL, AT(paused), .doc = "An operator stopped following it."},
    {"reason", JSON_TEXT, AT(reason), .doc = "Why it is not ready; empty if it is."},
    {"height", JSON_U64, AT(height), .doc = "Last block that was taken in."},
    {"hash", JSON_TEXT, AT(hash), .doc = "Its hash."},
    {"tip", JSON_U64, AT(tip), .doc = "Height of the best provider."},
    {"lag", JSON_U64, AT(lag), .doc = "Blocks between the two."},
    {"watched", JSON_U64, AT(watched), .doc = "Addresses and transactions that are looked for."},
    {"providers", JSON_ARRAY, AT(providers), .sub = provider_fields,
     .sub_size = sizeof(struct provider_shown), .count_offset = AT(providers_count),
     .doc = "Its nodes, preferred first."},
    {NULL},
};
#undef AT

static bool providers_show(struct chain *chain, struct arena *arena, struct chain_shown *shown)
{
    struct provider_view *views = arena_alloc(arena, PROVIDERS_MAX * sizeof(*views));
    struct provider_shown *rows = arena_alloc(arena, PROVIDERS_MAX * sizeof(*rows));
    if (!views || !rows)
        return false;
    pthread_mutex_lock(&chain->lock);
    size_t count = chain->providers ? providers_view(chain->providers, views, PROVIDERS_MAX) : 0;
    pthread_mutex_unlock(&chain->lock);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct provider_shown){.url = views[i].url,
                                          .reason = views[i].reason,
                                          .healthy = views[i].is_healthy,
                                          .tip = views[i].tip,
                                          .errors = views[i].errors};
    shown->providers = rows;
    shown->providers_count = count;
    return true;
}

bool chain_show(struct chain *chain, struct arena *arena, struct chain_shown *ret_shown)
{
    uint64_t height = chain->height, tip = chain->tip;
    pthread_mutex_lock(&chain->lock);
    char *network = arena_strdup(arena, chain->network);
    char *reason = arena_strdup(arena, chain->reason), *hash = arena_strdup(arena, chain->hash);
    pthread_mutex_unlock(&chain->lock);
    if (!network || !reason || !hash)
        return false;
    *ret_shown = (struct chain_shown){.key = chain->key,
                                      .client = chain->client->name,
                                      .network = network[0] != '\0' ? network : NULL,
                                      .reason = chain->is_ready ? "" : reason,
                                      .hash = hash[0] != '\0' ? hash : NULL,
                                      .ready = chain->is_ready,
                                      .active = chain->is_active,
                                      .paused = chain->is_paused,
                                      .height = height,
                                      .tip = tip,
                                      .lag = tip > height ? tip - height : 0,
                                      .watched = watch_set_count(chain->watch)};
    return providers_show(chain, arena, ret_shown);
}
