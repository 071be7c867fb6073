/*
 * coins.h: unspent outputs of our addresses on Bitcoin-like chains: transfers in a block of the best
 * chain that nothing of it spends and no transaction of ours has locked. The lock is a primary key, taken
 * in the transaction that stores what will spend the coin.
 */
#ifndef BLOCKCHAIN_STORE_COINS_H
#define BLOCKCHAIN_STORE_COINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { COINS_LIST_MAX = 1000, COIN_TXID_SIZE = 65, COIN_ADDRESS_TEXT_MAX = 128 };

struct coin {
    char txid[COIN_TXID_SIZE];
    uint32_t vout;
    uint64_t units;
    char address[COIN_ADDRESS_TEXT_MAX];
    uint32_t account, index; /* BIP-44 */
};

struct coin_list {
    struct coin *rows; /* the largest first */
    size_t count;
};

/* Of all addresses with this purpose ("hot"), or of one address if that is not "". Coins that came from
 * outside count when they are confirmed, our own change from its first block on. At most
 * COINS_LIST_MAX, the largest. */
bool coins_free_of(struct db *db, struct arena *arena, const char *chain_key, const char *purpose,
                   const char *address, struct coin_list *ret_list, struct err *err) MUST_CHECK;

/* ERR_CONFLICT: another transaction has it. */
bool coin_lock(struct db *db, const char *chain_key, const struct coin *coin, uint64_t tx_id,
               struct err *err) MUST_CHECK;
/* The coins of a transaction that is replaced go over to its replacement, or back. */
bool coin_locks_move(struct db *db, uint64_t from_tx, uint64_t to_tx, struct err *err) MUST_CHECK;
bool coin_locks_drop(struct db *db, uint64_t tx_id, struct err *err) MUST_CHECK;
/* Those that a transaction has locked. */
bool coins_of_tx(struct db *db, struct arena *arena, const char *chain_key, uint64_t tx_id,
                 struct coin_list *ret_list, struct err *err) MUST_CHECK;

/* Whether one of them is in no block now, without proof that it never will be again. */
bool coins_may_return(struct db *db, const char *chain_key, uint64_t tx_id, bool *ret_may,
                      struct err *err) MUST_CHECK;

/* What the coins of ours were worth that a transaction in a block has spent, and how many they were. */
bool coins_spent_by(struct db *db, const char *chain_key, const char *txid, uint64_t *ret_units,
                    uint64_t *ret_count, struct err *err) MUST_CHECK;

/* ---- our addresses ---- */

struct own_address {
    char address[COIN_ADDRESS_TEXT_MAX]; /* "": none */
    char purpose[17];
    bool is_derived; /* we can sign for it */
    uint32_t account, index;
};

/* false in ret_address->is_derived and an empty address: not ours. */
bool own_address_find(struct db *db, const char *chain_key, const char *address,
                      struct own_address *ret_address, struct err *err) MUST_CHECK;
/* The first that was given out for a purpose. Empty: none yet. */
bool own_address_first(struct db *db, const char *chain_key, const char *purpose,
                       struct own_address *ret_address, struct err *err) MUST_CHECK;

#endif
