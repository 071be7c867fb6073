/*
 * chain_pause.h: an operator's word that a chain is not followed and not paid on. It stands in the database, so
 * that whoever says it need not be the service that follows.
 */
#ifndef BLOCKCHAIN_ACTIONS_CHAIN_PAUSE_H
#define BLOCKCHAIN_ACTIONS_CHAIN_PAUSE_H

#include "blockchain/actions/blockchain.h"

/* Also of a chain that was never followed yet. */
bool chain_pause_say(struct blockchain *app, struct chain *chain, struct db *db, bool is_paused,
                     struct err *err) MUST_CHECK;
/* What was said elsewhere: by another gateway, or by the command line. */
bool chain_pause_look(struct chain *chain, struct db *db, struct err *err) MUST_CHECK;

#endif
