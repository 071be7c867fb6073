/*
 * holdings.h: what all of our addresses hold on a chain, for reconciliation (W-34): asked of a node at the
 * height that the follower has taken in, or, where nodes can't be asked (Bitcoin-like), summed from the
 * coins of the blocks that were taken in.
 */
#ifndef BLOCKCHAIN_ACTIONS_HOLDINGS_H
#define BLOCKCHAIN_ACTIONS_HOLDINGS_H

#include "base/arena.h"
#include "blockchain/actions/chain.h"
#include "db/db.h"

enum { HOLDINGS_ASSETS_MAX = 256, HOLDINGS_ADDRESSES_MAX = 2000000 };

struct holding {
    const char *contract, *currency;
    char units[CHAIN_UNITS_SIZE];
    uint64_t height, addresses;
    char reason
        [CHAIN_REASON_SIZE]; /* "" good; else `units` says nothing: a token that answers nonsense */
};

/* A part of the sum over all of our addresses, so that many of them are counted in many short calls. */
struct count_question {
    const char *contract; /* "" the native coin */
    uint64_t height;      /* at this block: */
    const char *hash;
    uint64_t after; /* 0, then what the part before gave as `next` */
};
struct counted {
    char units[CHAIN_UNITS_SIZE];
    uint64_t places; /* addresses or coins that were asked for */
    uint64_t next;   /* 0: that was the last part */
};
enum { COUNT_PAGES_MAX = 10 /* of CHAIN_BALANCES_MAX, in one part */ };

/* Asked of one node, which must have that block. ERR_STATE_CONFLICT: it is, or we are, at another one; count
 * again. ERR_NOT_FOUND: nobody can be asked on this chain. */
bool holdings_count(struct chain *chain, struct db *db, struct provider_session *session,
                    const struct count_question *question, struct counted *ret_counted,
                    struct err *err) MUST_CHECK;

/* One row for each asset of the catalogue, in the arena. ERR_BUSY: the chain was not followed yet. */
bool holdings_read(struct chain *chain, const struct chain_entry *entry, struct db *db,
                   struct provider_session *session, struct arena *arena, struct holding **ret_rows,
                   size_t *ret_count, struct err *err) MUST_CHECK;

#endif
