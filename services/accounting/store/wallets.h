/*
 * wallets.h: rows of the exchange's own wallets and of the contracts that the gateway may believe,
 * inside the caller's transaction. As in catalog_write.h: X_find_locked() reads FOR UPDATE,
 * X_update() writes the whole row, X_list() reads for the API.
 */
#ifndef ACCOUNTING_STORE_WALLETS_H
#define ACCOUNTING_STORE_WALLETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/wallet.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "db/listing.h"

/* ---- wallets ---- */

struct wallet_row {
    int64_t id;
    const char *blockchain_key, *name, *address, *gateway, *settings, *balance, *status;
    const char *protocol;   /* of the chain; read only */
    const char *currencies; /* "eth,usdt"; NULL: none; read only */
    int64_t kind;
    struct dec max_balance;
    int64_t balance_at, created_at, updated_at; /* balance_at: when `balance` was seen */
};
struct wallet_filter {
    int64_t id; /* 0: any */
    const char *blockchain_key, *status, *name;
    int64_t kind;                  /* 0: any */
    const char *const *currencies; /* one of them */
    size_t currencies_count;
};
bool wallet_find_locked(struct db *db, struct arena *arena, int64_t id, struct wallet_row *ret_row,
                        struct err *err) MUST_CHECK;
bool wallet_get(struct db *db, struct arena *arena, int64_t id, struct wallet_row *ret_row,
                struct err *err) MUST_CHECK;
bool wallet_exists(struct db *db, const char *blockchain_key, const char *name, bool *ret_exists,
                   struct err *err) MUST_CHECK;
bool wallet_insert(struct db *db, struct wallet_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool wallet_update(struct db *db, const struct wallet_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool wallet_list(struct db *db, const struct wallet_filter *filter, struct listing *listing,
                 struct listed *ret_listed, struct err *err) MUST_CHECK;
bool wallet_balance_set(struct db *db, int64_t id, const char *balance_json, int64_t now_us,
                        struct err *err) MUST_CHECK;
/* Only while it has none that is real. */
bool wallet_address_set(struct db *db, int64_t id, const char *address, int64_t now_us,
                        struct err *err) MUST_CHECK;

/* Which currencies it serves. */
bool wallet_currency_add(struct db *db, int64_t wallet_id, const char *currency_id, struct err *err)
    MUST_CHECK;
bool wallet_currency_remove(struct db *db, int64_t wallet_id, const char *currency_id,
                            bool *ret_was, struct err *err) MUST_CHECK;
/* A token is served by the active wallets of its parent on the chain, but for those that pay fees. */
bool wallets_link_token(struct db *db, const char *token_id, const char *parent_id,
                        const char *blockchain_key, struct err *err) MUST_CHECK;
bool wallet_currencies_clear(struct db *db, int64_t wallet_id, struct err *err) MUST_CHECK;

/* ---- whitelisted smart contracts ---- */

struct contract_row {
    int64_t id;
    const char *blockchain_key, *address, *description, *state;
    int64_t created_at, updated_at;
};
struct contract_filter {
    int64_t id; /* 0: any */
    const char *blockchain_key, *address;
};
bool contract_find_locked(struct db *db, struct arena *arena, int64_t id,
                          struct contract_row *ret_row, struct err *err) MUST_CHECK;
bool contract_get(struct db *db, struct arena *arena, int64_t id, struct contract_row *ret_row,
                  struct err *err) MUST_CHECK;
bool contract_exists(struct db *db, const char *blockchain_key, const char *address,
                     int64_t except_id, bool *ret_exists, struct err *err) MUST_CHECK;
bool contract_insert(struct db *db, struct contract_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool contract_update(struct db *db, const struct contract_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool contract_list(struct db *db, const struct contract_filter *filter, struct listing *listing,
                   struct listed *ret_listed, struct err *err) MUST_CHECK;

#endif
