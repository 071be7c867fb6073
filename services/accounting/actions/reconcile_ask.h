/*
 * reconcile_ask.h: what the gateway says of all coins of a chain: its records, in sums of one moment, and what
 * a node says, counted part by part. It is not believed more than needed: malformed or endless answers are
 * failures.
 */
#ifndef ACCOUNTING_ACTIONS_RECONCILE_ASK_H
#define ACCOUNTING_ACTIONS_RECONCILE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/actions/accounting.h"
#include "accounting/domain/reconcile.h"
#include "base/arena.h"
#include "base/err.h"

enum { STATEMENT_LINES_MAX = 10000 };

struct statement_line {
    const char *contract, *name, *units;
};

struct statement {
    uint64_t seq, parked, coins;
    int64_t height;
    const char *hash;
    const char *counted_by; /* addresses, coins, wallet */
    struct statement_line *lines;
    size_t lines_count;
};

struct chain_height {
    const char *blockchain_key;
    int64_t height; /* 0: not followed yet */
};

/* How far the gateway has taken in the chains: its events name a block a second at most. In the arena. */
bool heights_ask(struct accounting *app, struct arena *arena, struct chain_height **ret_heights,
                 size_t *ret_count, struct err *err) MUST_CHECK;

/* In the arena. */
bool statement_ask(struct accounting *app, struct arena *arena, const char *blockchain_key,
                   struct statement *ret_statement, struct err *err) MUST_CHECK;

/* What a node says that all of our addresses hold of an asset at the statement's block. */
bool coins_count(struct accounting *app, const char *blockchain_key,
                 const struct statement *statement, const char *contract, int decimals,
                 struct coins *ret_coins, struct err *err) MUST_CHECK;

#endif
