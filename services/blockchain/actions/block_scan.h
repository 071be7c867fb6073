/* block_scan.h: one block, looked at again on request: idempotent, and it moves no height. */
#ifndef BLOCKCHAIN_ACTIONS_BLOCK_SCAN_H
#define BLOCKCHAIN_ACTIONS_BLOCK_SCAN_H

#include "blockchain/actions/blockchain.h"

struct scan_result {
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
    uint32_t transactions;
    size_t transfers, spends, parked; /* that are for us, known before or not */
};

/* ERR_STATE_CONFLICT (blockchain.block.not_taken): above our height, or reorganised. */
bool block_scan(struct blockchain *app, struct chain *chain, struct db *db,
                struct provider_session *session, uint64_t height, struct scan_result *ret_result,
                struct err *err) MUST_CHECK;

#endif
