/* chain_view.h: a chain as its readers see it: health, height, providers. */
#ifndef BLOCKCHAIN_HTTP_CHAIN_VIEW_H
#define BLOCKCHAIN_HTTP_CHAIN_VIEW_H

#include "base/arena.h"
#include "blockchain/actions/chain.h"
#include "json/field.h"

struct provider_shown {
    const char *url, *reason;
    bool healthy;
    uint64_t tip, errors;
};

struct chain_shown {
    const char *key, *client, *network, *reason, *hash;
    bool ready, active, paused;
    uint64_t height, tip, lag, watched;
    const struct provider_shown *providers;
    size_t providers_count;
};
extern const struct json_field chain_fields[];

/* In the arena; false: no memory. */
bool chain_show(struct chain *chain, struct arena *arena, struct chain_shown *ret_shown);

#endif
