/* chains.h: how far each chain is followed, and the hashes of its last blocks. */
#ifndef BLOCKCHAIN_STORE_CHAINS_H
#define BLOCKCHAIN_STORE_CHAINS_H

#include <stdbool.h>
#include <stdint.h>

#include "blockchain/family/family.h"
#include "db/db.h"

struct chain_row {
    char client[CHAIN_KEY_SIZE];
    char network[CHAIN_NETWORK_SIZE]; /* "" unknown yet */
    bool has_height;
    uint64_t height;
    char hash[CHAIN_HASH_SIZE];
    uint64_t first_height; /* where following began, if has_height */
    bool is_paused;
};

/* The row of the chain, made if it is new. */
bool chain_row_get(struct db *db, const char *key, const char *client, int64_t now_us,
                   struct chain_row *ret_row, struct err *err) MUST_CHECK;
/* Once and for all. ERR_STATE_CONFLICT: it is another one already. */
bool chain_network_set(struct db *db, const char *key, const char *network, struct err *err)
    MUST_CHECK;
/* False of a chain that nobody followed yet. */
bool chain_pause_get(struct db *db, const char *key, bool *ret_is_paused, struct err *err)
    MUST_CHECK;
bool chain_pause_set(struct db *db, const char *key, bool is_paused, struct err *err) MUST_CHECK;

/* The tip up to which confirmed payments were looked at again; 0: never. */
bool chain_looked_at(struct db *db, const char *key, uint64_t *ret_height, struct err *err)
    MUST_CHECK;
bool chain_looked_at_set(struct db *db, const char *key, uint64_t height, struct err *err)
    MUST_CHECK;

/* *ret_found false: not kept. */
bool block_hash_find(struct db *db, const char *key, uint64_t height,
                     char ret_hash[static CHAIN_HASH_SIZE], bool *ret_found, struct err *err)
    MUST_CHECK;

/* ---- in a transaction: each moves the chain by compare and set ---- */

/* Ours was `before` (has_height, height, hash). ERR_STATE_CONFLICT: somebody else moved it. */
bool chain_advance(struct db *db, const char *key, const struct chain_row *before,
                   const struct block_head *head, uint64_t kept, int64_t now_us, struct err *err)
    MUST_CHECK;
/* Takes the last block away; *ret_now: what is the last one then (has_height false: none). */
bool chain_retreat(struct db *db, const char *key, const struct chain_row *before, int64_t now_us,
                   struct chain_row *ret_now, struct err *err) MUST_CHECK;

#endif
