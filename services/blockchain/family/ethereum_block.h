/* ethereum_block.h: block_read of the Ethereum-like family; see family.h. */
#ifndef BLOCKCHAIN_FAMILY_ETHEREUM_BLOCK_H
#define BLOCKCHAIN_FAMILY_ETHEREUM_BLOCK_H

#include "blockchain/family/family.h"

/* Places of what is no log: coins that a transaction pays itself, and those that its inner calls pay. */
enum { ETHEREUM_INDEX_PAID = 0, ETHEREUM_INDEX_INNER = 1 };

bool ethereum_block_read(struct node *node, const struct block_question *question,
                         const struct block_sink *sink, struct block_head *ret_head,
                         struct err *err) MUST_CHECK;

#endif
