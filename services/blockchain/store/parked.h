/* parked.h: parts of blocks that could not be understood, until they are (W-17). */
#ifndef BLOCKCHAIN_STORE_PARKED_H
#define BLOCKCHAIN_STORE_PARKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "blockchain/family/family.h"
#include "db/db.h"

struct parked_row {
    uint64_t id;
    char chain_key[CHAIN_KEY_SIZE];
    uint64_t height;
    char block_hash[CHAIN_HASH_SIZE], txid[CHAIN_HASH_SIZE];
    uint32_t index;
    char reason[CHAIN_REASON_SIZE];
    char state[9]; /* waiting, done, reverted */
    uint32_t tries;
    int64_t next_try_at, created_at;
};

bool parked_put(struct db *db, const char *chain_key, const struct found_parked *found,
                const struct block_head *head, int64_t now_us, struct err *err) MUST_CHECK;
/* Those of a chain whose time has come. */
bool parked_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                size_t max, struct parked_row **ret_rows, size_t *ret_count, struct err *err)
    MUST_CHECK;
bool parked_of_tx(struct db *db, struct arena *arena, const char *chain_key, const char *txid,
                  struct parked_row **ret_rows, size_t *ret_count, struct err *err) MUST_CHECK;
/* The newest of all chains; `chain_key` NULL: any. */
bool parked_list(struct db *db, struct arena *arena, const char *chain_key, size_t max,
                 struct parked_row **ret_rows, size_t *ret_count, struct err *err) MUST_CHECK;
bool parked_count(struct db *db, const char *chain_key, uint64_t *ret_count, struct err *err)
    MUST_CHECK;
bool parked_done(struct db *db, uint64_t id, int64_t now_us, struct err *err) MUST_CHECK;
bool parked_failed(struct db *db, uint64_t id, const char *reason, int64_t next_try_at,
                   int64_t now_us, struct err *err) MUST_CHECK;
/* Its time is now. ERR_NOT_FOUND: it does not wait. */
bool parked_hasten(struct db *db, uint64_t id, int64_t now_us, struct err *err) MUST_CHECK;
bool parked_revert(struct db *db, const char *chain_key, const char *block_hash, int64_t now_us,
                   struct err *err) MUST_CHECK;

#endif
