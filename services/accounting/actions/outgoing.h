/*
 * outgoing.h: what the actions of money that goes out work with: beneficiaries and withdrawals. One
 * request, or one event of the gateway, on one thread.
 */
#ifndef ACCOUNTING_ACTIONS_OUTGOING_H
#define ACCOUNTING_ACTIONS_OUTGOING_H

#include <stdint.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/state/catalog.h"
#include "base/arena.h"
#include "db/db.h"

struct outgoing {
    struct accounting *app;
    const struct catalog *catalog; /* NULL where none is needed */
    struct db *db;
    struct arena *arena;
    int64_t now_us;
    const char *actor; /* whom the steps name: "member", "rules", "gateway", "admin ID123" */
};

/* The network of a currency on a chain (NULL: fiat); NULL: there is none. */
static inline const struct network *outgoing_network(const struct catalog *catalog,
                                                     const char *currency_id,
                                                     const char *blockchain_key)
{
    const struct network *network = NULL;
    while ((network = catalog_network_next(catalog, currency_id, network)) != NULL) {
        if (!network->blockchain_key || !blockchain_key) {
            if (network->blockchain_key == blockchain_key)
                return network;
        } else if (strcmp(network->blockchain_key, blockchain_key) == 0) {
            return network;
        }
    }
    return NULL;
}

#endif
