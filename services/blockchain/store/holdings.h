/*
 * holdings.h: which of our addresses may hold something, and what our own records say that they hold.
 */
#ifndef BLOCKCHAIN_STORE_HOLDINGS_H
#define BLOCKCHAIN_STORE_HOLDINGS_H

#include "base/arena.h"
#include "blockchain/family/family.h"
#include "db/db.h"

/* A page, in the order of ids, of the addresses that were paid at least once and of those that are not for
 * deposits. In the arena. Fewer than `max`: the last page. */
bool holders_page(struct db *db, struct arena *arena, const char *chain_key, uint64_t after_id,
                  size_t max, const char ***ret_addresses, size_t *ret_count, uint64_t *ret_last_id,
                  struct err *err) MUST_CHECK;

/* A page, in the order of ids, of what came to our addresses and is not spent. In the arena. */
bool unspent_page(struct db *db, struct arena *arena, const char *chain_key, uint64_t after_id,
                  size_t max, struct coin_asked **ret_coins, size_t *ret_count,
                  uint64_t *ret_last_id, struct err *err) MUST_CHECK;

/* The sum of what came to our addresses (or to one: `address` not "") and was not spent, up to a height; for
 * families that can't be asked. */
bool holdings_recorded(struct db *db, const char *chain_key, const char *address, uint64_t height,
                       char ret_units[static CHAIN_UNITS_SIZE], uint64_t *ret_addresses,
                       struct err *err) MUST_CHECK;
/* The same of all addresses with a purpose, as high as the chain is. */
bool holdings_of_purpose(struct db *db, const char *chain_key, const char *purpose,
                         char ret_units[static CHAIN_UNITS_SIZE], struct err *err) MUST_CHECK;

/* What our records say that one address has of a token: what came (but by one transaction), less what payouts of ours took, in blocks
 * that were taken in; less than nothing is "0". */
bool holdings_of_token(struct db *db, const char *chain_key, uint64_t address_id,
                       const char *contract, const char *but_txid,
                       char ret_address[static CHAIN_ADDRESS_SIZE],
                       char ret_units[static CHAIN_UNITS_SIZE], struct err *err) MUST_CHECK;

#endif
