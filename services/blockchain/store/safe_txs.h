/*
 * safe_txs.h: payments out of Safe contract wallets: which number of the contract is whose, and what its
 * owners signed. The caller's connection, the caller's transaction; texts belong to the arena.
 */
#ifndef BLOCKCHAIN_STORE_SAFE_TXS_H
#define BLOCKCHAIN_STORE_SAFE_TXS_H

#include "blockchain/store/payouts.h"

struct safe_row {
    char chain_key[33];
    char safe[PAYOUT_CONTRACT_SIZE];
    uint64_t nonce;
    char payout_id[PAYOUT_ID_CHARS_MAX + 1];
    uint64_t from_height;
    const char *digest;            /* NULL: no owner has signed */
    const char *signatures, *call; /* NULL: not enough of them */
};

struct safe_row_list {
    struct safe_row *rows;
    size_t count;
};

/* ERR_CONFLICT: the number or the payout is taken. */
bool safe_tx_insert(struct db *db, const struct safe_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool safe_tx_of_payout(struct db *db, struct arena *arena, const char *payout_id,
                       struct safe_row *ret_row, bool *ret_found, struct err *err) MUST_CHECK;
/* The first owner has signed: keeps row->digest. */
bool safe_tx_begun(struct db *db, const struct safe_row *row, struct err *err) MUST_CHECK;
/* What enough owners signed; the same again changes nothing. */
bool safe_tx_signed(struct db *db, const struct safe_row *row, struct err *err) MUST_CHECK;
/* Its number is free again: only for one that no owner signed. */
bool safe_tx_delete(struct db *db, const char *payout_id, struct err *err) MUST_CHECK;

/* Whether a payout of this Safe is not at its end yet, and the first number that was never given. */
bool safe_look(struct db *db, const char *chain_key, const char *safe, bool *ret_busy,
               uint64_t *ret_next, struct err *err) MUST_CHECK;
/* Those of a chain that an owner has signed and whose payouts are not at their end. */
bool safe_txs_open(struct db *db, struct arena *arena, const char *chain_key,
                   struct safe_row_list *ret_list, struct err *err) MUST_CHECK;

/* Of those the ones whose own transaction no block of ours has: the numbers that nobody took, as far as the
 * records say. */
bool safe_txs_unseen(struct db *db, struct arena *arena, const char *chain_key,
                     struct safe_row_list *ret_list, struct err *err) MUST_CHECK;

#endif
