/*
 * block_opinion.h: what another provider says of a block that one has told (second_opinion.h says when it
 * is worth the question). True as well when there is no other. ERR_PROTOCOL: they don't agree. What the first could
 * not tell of balances the other may: that becomes a transfer of `haul`.
 */
#ifndef BLOCKCHAIN_ACTIONS_BLOCK_OPINION_H
#define BLOCKCHAIN_ACTIONS_BLOCK_OPINION_H

#include "blockchain/actions/block_take.h"

/* `session` gave `haul` as its last answer; `only_txid` as it was asked then. */
bool block_opinion(const struct block_step *step, struct provider_session *session,
                   struct block_haul *haul, const char *only_txid, struct err *err) MUST_CHECK;

#endif
