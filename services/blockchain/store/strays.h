/*
 * strays.h: what was sent to addresses of ours and is nobody's deposit (W-13): tokens that are not listed, and what
 * came to an address that was given out on another chain only, where the same key has it. For operators, who can
 * send it back or on.
 *
 * Anybody can send us tokens of his own making, so a contract has STRAYS_OF_CONTRACT_MAX rows of a chain and the
 * chain STRAYS_MAX, the newest. The caller's connection, the caller's transaction.
 */
#ifndef BLOCKCHAIN_STORE_STRAYS_H
#define BLOCKCHAIN_STORE_STRAYS_H

#include "base/arena.h"
#include "blockchain/family/family.h"
#include "blockchain/store/transfers.h"
#include "db/db.h"

enum {
    STRAYS_OF_CONTRACT_MAX = 200,
    STRAYS_MAX = 20000,
    STRAYS_SHOWN_MAX = 500,
    STRAY_KIND_SIZE = 16,
    STRAY_ELSEWHERE_SIZE = 256
};

struct stray_row {
    char kind[STRAY_KIND_SIZE]; /* unlisted_token, other_chain */
    char chain_key[CHAIN_KEY_SIZE];
    char txid[CHAIN_HASH_SIZE];
    uint32_t index;
    char contract[CHAIN_CONTRACT_SIZE];
    char address[CHAIN_ADDRESS_SIZE], from[CHAIN_ADDRESS_SIZE];
    char owner[ADDRESS_OWNER_SIZE]; /* on this chain; "" : nobody */
    /* Who has the address on other chains: "eth-mainnet ID1, ..." */
    char elsewhere[STRAY_ELSEWHERE_SIZE];
    char units[CHAIN_UNITS_SIZE];
    uint64_t height;
    int64_t created_at;
};

bool stray_put(struct db *db, const char *chain_key, const struct found_transfer *found,
               const struct block_head *head, int64_t now_us, struct err *err) MUST_CHECK;
/* Down to STRAYS_MAX of the chain. */
bool strays_prune(struct db *db, const char *chain_key, struct err *err) MUST_CHECK;
bool strays_revert(struct db *db, const char *chain_key, uint64_t height, const char *block_hash,
                   struct err *err) MUST_CHECK;

/* The newest first, at most `max`; "": of all chains, of all transactions. */
bool strays_list(struct db *db, struct arena *arena, const char *chain_key, const char *txid,
                 size_t max, struct stray_row **ret_rows, size_t *ret_count, struct err *err)
    MUST_CHECK;

#endif
