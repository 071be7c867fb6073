/*
 * safe_watch.h: the Safe contract wallets of the catalogue are addresses of ours: what comes to them is
 * recorded from the next block on, and what they hold is counted (actions/holdings.h). What one held when it was
 * listed is not explained by itself.
 */
#ifndef BLOCKCHAIN_ACTIONS_SAFE_WATCH_H
#define BLOCKCHAIN_ACTIONS_SAFE_WATCH_H

#include "blockchain/actions/blockchain.h"
#include "db/db.h"

/* Again and again is no harm. */
bool safes_apply(struct blockchain *app, struct db *db, const struct catalogue *catalogue,
                 struct err *err) MUST_CHECK;

#endif
