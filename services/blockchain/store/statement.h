/*
 * statement.h: what our records say of all coins of a chain, as sums, for whoever compares them with books
 * (W-34). Read in one snapshot: the lines belong to the height and to the number of the last event that
 * tell them.
 */
#ifndef BLOCKCHAIN_STORE_STATEMENT_H
#define BLOCKCHAIN_STORE_STATEMENT_H

#include "base/arena.h"
#include "blockchain/family/family.h"
#include "db/db.h"

enum statement_kind {
    STATEMENT_ACCOUNTS,
    STATEMENT_COINS /* unspent outputs */,
    STATEMENT_CUSTODY
};

struct statement_line {
    char contract[CHAIN_CONTRACT_SIZE]; /* "" the native coin */
    char name[24];
    char units[CHAIN_UNITS_SIZE]; /* never below zero */
};

struct statement {
    uint64_t seq; /* all that was told up to this event is in it, and nothing else */
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
    uint64_t parked; /* parts of blocks that are not understood yet, so not in the lines */
    uint64_t coins;  /* unspent outputs; 0 where there are none */
    struct statement_line *lines;
    size_t lines_count;
};

/* The lines (sums over all contracts that ever moved):
 *   recorded            Bitcoin-like: unspent outputs of our addresses
 *   from_outside        came to wallets by transactions that are not ours
 *   deposits_not_final  came to deposit addresses, without their confirmations yet
 *   payments_not_final  payments to others that are in a block, and not told as confirmed; of a custodian those
 *                       that he sent
 *   payments_ahead      told as confirmed by a node that is ahead of the blocks taken in
 *   fees_not_final      of our transactions that are in a block, and not told
 *   fees_ahead          told, by a node that is ahead
 *   on_the_way          payments to others that are in no block: part of what is on the chain
 * ERR_BUSY: the chain was not followed yet. Inside of db_snapshot(); texts in the arena. */
bool statement_read(struct db *db, struct arena *arena, const char *chain_key,
                    enum statement_kind kind, struct statement *ret_statement, struct err *err)
    MUST_CHECK;

#endif
