/* watch_load.h: fills a chain's watch set from the database, once: addresses, and transactions whose
 * coins may be spent. */
#ifndef BLOCKCHAIN_ACTIONS_WATCH_LOAD_H
#define BLOCKCHAIN_ACTIONS_WATCH_LOAD_H

#include "blockchain/actions/chain.h"
#include "db/db.h"

bool watch_load(struct chain *chain, struct db *db, struct err *err) MUST_CHECK;

#endif
