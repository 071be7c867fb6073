/*
 * ethereum_safe.h: what a node is asked of a Safe contract wallet: its next number, how many owners it wants,
 * and what became of a transaction of it. Errors and threads as in family.h.
 */
#ifndef BLOCKCHAIN_FAMILY_ETHEREUM_SAFE_H
#define BLOCKCHAIN_FAMILY_ETHEREUM_SAFE_H

#include "blockchain/family/family.h"

/* The number that it takes next, as of a block; `height` 0: the latest. */
bool ethereum_safe_nonce(struct node *node, const char *safe, uint64_t height, uint64_t *ret_nonce,
                         struct err *err) MUST_CHECK;
bool ethereum_safe_threshold(struct node *node, const char *safe, uint64_t *ret_threshold,
                             struct err *err) MUST_CHECK;

struct ethereum_safe_end {
    bool is_there, is_success; /* it was taken; and did what it says */
    uint64_t taken;            /* how many transactions of the Safe these blocks have */
    char txid[CHAIN_HASH_SIZE];
    uint64_t height;
};
/* What the logs of these blocks say of the safeTxHash `digest`. */
bool ethereum_safe_end_find(struct node *node, const char *safe, const char *digest,
                            uint64_t from_height, uint64_t to_height,
                            struct ethereum_safe_end *ret_end, struct err *err) MUST_CHECK;

#endif
