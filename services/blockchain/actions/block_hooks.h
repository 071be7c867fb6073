/*
 * block_hooks.h: who else has something to do in the transaction of a block: a table, in the order in
 * which they are called; after transfers and spends of the block are written, before the events.
 */
#ifndef BLOCKCHAIN_ACTIONS_BLOCK_HOOKS_H
#define BLOCKCHAIN_ACTIONS_BLOCK_HOOKS_H

#include "blockchain/actions/blockchain.h"
#include "blockchain/family/family.h"

struct block_hook {
    const char *name;
    /* The block was taken in and is the last one. */
    bool (*taken)(struct blockchain *app, struct db *db, const struct chain *chain,
                  const struct block_head *head, int64_t now_us, struct err *err);
    /* It was taken back: transfers are reverted and its spends are gone. */
    bool (*reverted)(struct blockchain *app, struct db *db, const struct chain *chain,
                     const struct block_head *head, int64_t now_us, struct err *err);
};

extern const struct block_hook block_hooks[]; /* ends with name NULL */

#endif
