/*
 * fork.h: what a follower does next: take the next block, take back the last one, or wait. Pure: the
 * whole rule about reorganisations is this function.
 *
 * We keep the hashes of our last blocks. The node is asked for the hash at our height, or at its tip
 * if that is lower. The same hash: our block is on its chain. Another one: our last block is not on it
 * any more and is taken back, one by one, until the hashes agree. No height is ever passed over.
 */
#ifndef BLOCKCHAIN_DOMAIN_FORK_H
#define BLOCKCHAIN_DOMAIN_FORK_H

#include <stdbool.h>
#include <stdint.h>

struct fork_view {
    bool has_height; /* we took in a block already */
    uint64_t height; /* of the last one */
    uint64_t start;  /* the first that we want */
    uint64_t node_tip;
    /* At the lower of `height` and `node_tip`, if has_height. */
    const char *our_hash; /* NULL: not kept any more, so far behind is the node */
    const char *node_hash;
};

enum fork_move {
    FORK_TAKE,   /* the block behind ours, or the first */
    FORK_REVERT, /* our last block */
    FORK_IDLE,   /* we are at the tip */
    FORK_BEHIND  /* the node is behind us on the same chain, or too far behind to tell: it lags */
};

enum fork_move fork_decide(const struct fork_view *view);

#endif
