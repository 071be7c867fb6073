/*
 * transfers.h: what came in: one row for (chain, txid, index, contract, address), for ever (W-02). Its
 * state follows the chain: seen in a block, confirmed, reverted when its block was taken back, and seen
 * again when it comes back.
 */
#ifndef BLOCKCHAIN_STORE_TRANSFERS_H
#define BLOCKCHAIN_STORE_TRANSFERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "blockchain/family/family.h"
#include "db/db.h"

enum { ADDRESS_PURPOSE_SIZE = 17, ADDRESS_OWNER_SIZE = 65, TRANSFER_STATE_SIZE = 10 };

struct transfer_row {
    uint64_t id;
    char txid[CHAIN_HASH_SIZE];
    uint32_t index;
    char contract[CHAIN_CONTRACT_SIZE];
    char address[CHAIN_ADDRESS_SIZE];
    uint64_t address_id;
    char units[CHAIN_UNITS_SIZE];
    char from[CHAIN_ADDRESS_SIZE];
    char state[TRANSFER_STATE_SIZE]; /* seen, confirmed, reverted */
    uint64_t height;
    char block_hash[CHAIN_HASH_SIZE];
    uint32_t confirmations_need;
    char purpose[ADDRESS_PURPOSE_SIZE], owner[ADDRESS_OWNER_SIZE]; /* of the address */
};

/* Writes what was found in a block. *ret_change: it is news (new, or back after it was reverted, or in
 * another block than before); then *ret_row is what it is now. ERR_NOT_FOUND: no such address. */
bool transfer_put(struct db *db, const char *chain_key, const struct found_transfer *found,
                  const struct block_head *head, uint32_t confirmations_need, int64_t now_us,
                  struct transfer_row *ret_row, bool *ret_change, struct err *err) MUST_CHECK;

/* Whether it was recorded already as found in this block. */
bool transfer_is_known(struct db *db, const char *chain_key, const struct found_transfer *found,
                       const char *block_hash, bool *ret_known, struct err *err) MUST_CHECK;

/* Those that have their confirmations at this height become confirmed; in the arena. */
bool transfers_confirm(struct db *db, struct arena *arena, const char *chain_key, uint64_t height,
                       int64_t now_us, struct transfer_row **ret_rows, size_t *ret_count,
                       struct err *err) MUST_CHECK;

/* Those of a block become reverted; the rows are as they were before. */
bool transfers_revert(struct db *db, struct arena *arena, const char *chain_key, uint64_t height,
                      const char *block_hash, int64_t now_us, struct transfer_row **ret_rows,
                      size_t *ret_count, struct err *err) MUST_CHECK;

bool transfers_of_tx(struct db *db, struct arena *arena, const char *chain_key, const char *txid,
                     struct transfer_row **ret_rows, size_t *ret_count, struct err *err) MUST_CHECK;
/* The last ones of an address. */
bool transfers_of_address(struct db *db, struct arena *arena, uint64_t address_id, size_t max,
                          struct transfer_row **ret_rows, size_t *ret_count, struct err *err)
    MUST_CHECK;

/* Those with a greater id, in its order: to look through. Who must miss none reads the events. */
bool transfers_after(struct db *db, struct arena *arena, const char *chain_key, uint64_t after,
                     size_t max, struct transfer_row **ret_rows, size_t *ret_count, struct err *err)
    MUST_CHECK;

/* Calls `each` for the txids with transfers, to watch for their spending. */
bool transfers_each_txid(struct db *db, const char *chain_key,
                         bool (*each)(void *arg, const char *txid, struct err *err), void *arg,
                         struct err *err) MUST_CHECK;

/* ---- spends: of the best chain only ---- */

bool spend_put(struct db *db, const char *chain_key, const struct found_spend *found,
               const struct block_head *head, int64_t now_us, struct err *err) MUST_CHECK;
bool spends_revert(struct db *db, const char *chain_key, uint64_t height, const char *block_hash,
                   struct err *err) MUST_CHECK;

#endif
