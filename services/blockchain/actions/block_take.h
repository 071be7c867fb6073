/*
 * block_take.h: a block into the books of the gateway, and out of them again. Each is one transaction
 * which moves the chain by compare and set, so whoever else follows it, one of the two fails; the events
 * are written in it.
 *
 * Whatever is wrong with one transfer is parked with its reason, and the block goes on (W-17).
 */
#ifndef BLOCKCHAIN_ACTIONS_BLOCK_TAKE_H
#define BLOCKCHAIN_ACTIONS_BLOCK_TAKE_H

#include "blockchain/actions/block_haul.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/store/chains.h"

struct block_step {
    struct blockchain *app;
    struct chain *chain;
    const struct chain_entry *entry; /* of the catalogue */
    struct arena *arena;             /* of this step */
    bool tells_tip;                  /* an event block.tip */
};

/* The next block; *row is the chain as it was and becomes. */
bool block_take(const struct block_step *step, struct db *db, const struct block_haul *haul,
                struct chain_row *row, struct err *err) MUST_CHECK;

/* The last block away. `depth`: how many blocks the reorganisation took back with this one. */
bool block_revert(const struct block_step *step, struct db *db, struct chain_row *row,
                  uint64_t depth, struct err *err) MUST_CHECK;

/* What was found in a block that was taken in before (a re-scan, a parked part): idempotent.
 * parked_id 0: the whole block; else that part is done now. */
bool block_add(const struct block_step *step, struct db *db, const struct block_haul *haul,
               const struct chain_row *row, uint64_t parked_id, struct err *err) MUST_CHECK;

#endif
