/* parked_retry.h: parts of blocks that could not be understood, tried again: later and later, for as
 * long as it takes. */
#ifndef BLOCKCHAIN_ACTIONS_PARKED_RETRY_H
#define BLOCKCHAIN_ACTIONS_PARKED_RETRY_H

#include "blockchain/actions/block_take.h"

/* Those whose time has come. Fails only for the database. */
bool parked_retry(const struct block_step *step, struct db *db, struct provider_session *session,
                  struct block_haul *haul, const struct chain_row *row, struct err *err) MUST_CHECK;

#endif
