/*
 * addresses.h: our addresses: derived ahead, given out once, watched for ever.
 */
#ifndef BLOCKCHAIN_STORE_ADDRESSES_H
#define BLOCKCHAIN_STORE_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "blockchain/family/family.h"
#include "blockchain/store/transfers.h"
#include "db/db.h"

enum { ADDRESS_REQUEST_SIZE = 65, ADDRESS_XPUB_SIZE = 121, KEY_PATH_SIZE = 65 };

struct address_row {
    uint64_t id;
    char address[CHAIN_ADDRESS_SIZE];
    char purpose[ADDRESS_PURPOSE_SIZE], owner[ADDRESS_OWNER_SIZE];
    char request_id[ADDRESS_REQUEST_SIZE]; /* "" free */
    bool is_derived;
    uint32_t account, index; /* if is_derived */
};

/* Calls `each` for all of them, a page at a time. */
bool addresses_each(struct db *db, const char *chain_key,
                    bool (*each)(void *arg, uint64_t id, enum watch_kind kind, const uint8_t *key,
                                 size_t length, struct err *err),
                    void *arg, struct err *err) MUST_CHECK;

bool address_find(struct db *db, const char *chain_key, const char *address,
                  struct address_row *ret_row, bool *ret_found, struct err *err) MUST_CHECK;
bool address_of_request(struct db *db, const char *chain_key, const char *request_id,
                        struct address_row *ret_row, bool *ret_found, struct err *err) MUST_CHECK;
/* Gives the next free one of an account to a request. In a transaction. *ret_found false: the pool is
 * empty. ERR_CONFLICT: the request has one already. */
bool address_assign(struct db *db, const char *chain_key, uint32_t account, const char *request_id,
                    const char *purpose, const char *owner, int64_t now_us,
                    struct address_row *ret_row, bool *ret_found, struct err *err) MUST_CHECK;

/* ---- Safe contract wallets ---- */

/* They are ours while the catalogue lists them; of one that it lists no more the row stays, as somebody's. */
#define ADDRESS_SAFE "safe"
#define ADDRESS_UNLISTED "unlisted"

/* Makes it ours, from the next block on; *ret_id: of its row. */
bool address_safe_put(struct db *db, const char *chain_key, const struct address_form *form,
                      uint64_t *ret_id, struct err *err) MUST_CHECK;
/* Those that are not in `listed`, which is addresses behind commas, are unlisted. */
bool address_safes_keep(struct db *db, const char *chain_key, const char *listed, struct err *err)
    MUST_CHECK;

/* ---- the pool ---- */

struct address_key {
    char xpub[ADDRESS_XPUB_SIZE];
    char path[KEY_PATH_SIZE];
    uint32_t next_index;
};

bool address_key_find(struct db *db, const char *chain_key, uint32_t account,
                      struct address_key *ret_key, bool *ret_found, struct err *err) MUST_CHECK;
/* ERR_STATE_CONFLICT: there is another one already. */
bool address_key_put(struct db *db, const char *chain_key, uint32_t account, const char *xpub,
                     const char *path, struct err *err) MUST_CHECK;
bool addresses_free_count(struct db *db, const char *chain_key, uint32_t account,
                          uint64_t *ret_count, struct err *err) MUST_CHECK;
/* How many another chain with the same key has derived beyond this one. */
bool addresses_behind(struct db *db, const char *chain_key, uint32_t account, uint64_t *ret_count,
                      struct err *err) MUST_CHECK;
/* In a transaction; moves next_index from `index` by compare and set. *ret_id: of the new row. */
bool address_add(struct db *db, const char *chain_key, uint32_t account, uint32_t index,
                 const char *purpose, const struct derived_address *derived, uint64_t *ret_id,
                 struct err *err) MUST_CHECK;

#endif
