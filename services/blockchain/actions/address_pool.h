/*
 * address_pool.h: addresses derived ahead from the account's public key, which the signer gives once and
 * which is then kept. An address is watched before it can be given out, and for ever.
 */
#ifndef BLOCKCHAIN_ACTIONS_ADDRESS_POOL_H
#define BLOCKCHAIN_ACTIONS_ADDRESS_POOL_H

#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/service_call.h"

/* Fills the pools of all accounts of one chain, a batch each; *ret_more: there is more to do. Nothing, as
 * long as its network is not known. */
bool address_pool_fill(struct blockchain *app, struct chain *chain, struct db *db,
                       struct service_call *signer, bool *ret_more, struct err *err) MUST_CHECK;

#endif
