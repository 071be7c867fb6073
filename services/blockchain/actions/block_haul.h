/*
 * block_haul.h: what was found in one block, collected while the node is asked and before the database
 * is: a transaction never waits for a node. One thread.
 */
#ifndef BLOCKCHAIN_ACTIONS_BLOCK_HAUL_H
#define BLOCKCHAIN_ACTIONS_BLOCK_HAUL_H

#include "base/arena.h"
#include "blockchain/actions/chain.h"
#include "blockchain/family/family.h"

struct block_haul {
    struct arena *arena; /* of the texts and arrays */
    struct chain *chain; /* its watch set learns of new coins at once */
    struct block_head head;
    struct found_transfer *transfers;
    size_t transfers_count, transfers_room;
    bool wants_unlisted;           /* set by who asks: tokens that are not listed are wanted too */
    bool believes_logs;            /* set by who asks: what tokens brought is not compared */
    struct found_transfer *strays; /* those */
    size_t strays_count, strays_room;
    struct found_spend *spends;
    size_t spends_count, spends_room;
    struct found_parked *parked;
    size_t parked_count, parked_room;
    bool lacks_inner; /* the node can't tell what inner calls paid */
};

/* Asks a provider for the block of this hash. The arena is emptied first. `only_txid` may be NULL. */
bool block_haul_read(struct block_haul *haul, struct provider_session *session,
                     const struct chain_entry *entry, uint64_t height, const char *hash,
                     const char *only_txid, struct err *err) MUST_CHECK;
/* The same of a provider that did not give the last answer of the session. */
bool block_haul_read_other(struct block_haul *haul, struct provider_session *session,
                           const struct chain_entry *entry, uint64_t height, const char *hash,
                           const char *only_txid, struct err *err) MUST_CHECK;

/* What was parked with a claim that is not refuted becomes what it claims to be: all of it, or, with a witness,
 * what that found as well. */
bool block_haul_claims_take(struct block_haul *haul, const struct block_haul *witness,
                            struct err *err) MUST_CHECK;
/* Whether both are the same payment of so much. */
bool block_haul_is_same(const struct found_transfer *a, const struct found_transfer *b);

#endif
