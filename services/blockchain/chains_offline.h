/* chains_offline.h: the chains as the service has them, for flags that run without it. */
#ifndef BLOCKCHAIN_CHAINS_OFFLINE_H
#define BLOCKCHAIN_CHAINS_OFFLINE_H

#include "blockchain/actions/blockchain.h"

/* From what accounting told last. ERR_NOT_FOUND: nothing yet. */
bool chains_offline_load(struct blockchain *app, struct db *db, struct err *err) MUST_CHECK;
/* One of them, with all that it watches, as far as it was followed. */
bool chain_offline(struct blockchain *app, struct db *db, const char *key, struct chain **ret_chain,
                   struct err *err) MUST_CHECK;

#endif
