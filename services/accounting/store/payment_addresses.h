/* payment_addresses.h: the addresses at which members receive coins. A row is made before the gateway is
 * asked; its request_id is what makes asking again give the same address. */
#ifndef ACCOUNTING_STORE_PAYMENT_ADDRESSES_H
#define ACCOUNTING_STORE_PAYMENT_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

struct payment_address {
    uint64_t id, member_id;
    int64_t wallet_id;
    const char *blockchain_key, *request_id;
    const char *address; /* NULL: none yet */
    bool remote;
    /* Read only: */
    const char *uid;
    const char *currencies; /* "eth,usdt": what the wallet serves */
};

/* ERR_CONFLICT: there is one of this request. */
bool payment_address_insert(struct db *db, struct payment_address *row, int64_t now_us,
                            struct err *err) MUST_CHECK;
/* The newest that is not remote. ERR_NOT_FOUND. */
bool payment_address_of_member(struct db *db, struct arena *arena, uint64_t member_id,
                               int64_t wallet_id, struct payment_address *ret_row, struct err *err)
    MUST_CHECK;
/* One of either kind that has no address. ERR_NOT_FOUND. */
bool payment_address_unfilled(struct db *db, struct arena *arena, uint64_t member_id,
                              int64_t wallet_id, bool remote, struct payment_address *ret_row,
                              struct err *err) MUST_CHECK;
bool payment_address_get(struct db *db, struct arena *arena, uint64_t id,
                         struct payment_address *ret_row, struct err *err) MUST_CHECK;
/* *ret_set false: it had one already. */
bool payment_address_set(struct db *db, uint64_t id, const char *address, int64_t now_us,
                         bool *ret_set, struct err *err) MUST_CHECK;
/* Whose address it is: ERR_NOT_FOUND. */
bool payment_address_owner(struct db *db, struct arena *arena, const char *blockchain_key,
                           const char *address, struct payment_address *ret_row, struct err *err)
    MUST_CHECK;
bool payment_addresses_pending(struct db *db, struct arena *arena, size_t max,
                               struct listed *ret_listed, struct err *err) MUST_CHECK;
/* All of a member that are not remote. */
bool payment_addresses_of_member(struct db *db, struct arena *arena, uint64_t member_id,
                                 struct listed *ret_listed, struct err *err) MUST_CHECK;

/* The active deposit wallet of a currency on a chain; 0: there is none. */
bool deposit_wallet_find(struct db *db, const char *currency_id, const char *blockchain_key,
                         int64_t *ret_id, struct err *err) MUST_CHECK;
/* The kind of the wallet that has this address on the chain; 0: none. */
bool wallet_kind_of_address(struct db *db, const char *blockchain_key, const char *address,
                            int64_t *ret_kind, struct err *err) MUST_CHECK;

#endif
