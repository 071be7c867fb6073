/*
 * catalog_write.h: the rows of the catalog as administrators and seeds change them: currencies,
 * networks, blockchains, engines, markets, fees, limits. Readers use the copy in memory
 * (state/catalog.h); what is here goes to the tables, inside the caller's transaction.
 *
 * X_find_locked() reads the row FOR UPDATE and answers ERR_NOT_FOUND; X_update() writes the whole
 * row back. X_list() reads for the API: all that is stored, in any order that it asks for. Text
 * belongs to the arena of the listing.
 *
 * ERR_CONFLICT: a unique key of the table is taken (the actions check first; this is for the race).
 */
#ifndef ACCOUNTING_STORE_CATALOG_WRITE_H
#define ACCOUNTING_STORE_CATALOG_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/fee.h"
#include "accounting/domain/market.h"
#include "accounting/store/catalog_read.h" /* struct withdraw_limit */
#include "db/listing.h"
#include "base/err.h"
#include "db/db.h"

/* ---- the chart of accounts ---- */

struct operations_account_row {
    int64_t code;
    const char *type, *kind, *currency_type, *description, *scope;
};
bool operations_account_exists(struct db *db, int64_t code, bool *ret_exists, struct err *err)
    MUST_CHECK;
bool operations_account_insert(struct db *db, const struct operations_account_row *row,
                               struct err *err) MUST_CHECK;

/* ---- blockchains ---- */

struct blockchain_row {
    int64_t id;
    const char *key, *name, *client, *server, *protocol, *status, *description, *warning;
    const char *collection_gas_speed, *withdrawal_gas_speed;
    const char *explorer_address, *explorer_transaction;
    int64_t height, min_confirmations;
    struct dec min_deposit_amount, withdraw_fee, min_withdraw_amount;
    int64_t created_at, updated_at;
};
struct blockchain_filter {
    const char *key, *client, *status, *name;
};
bool blockchain_find_locked(struct db *db, struct arena *arena, int64_t id,
                            struct blockchain_row *ret_row, struct err *err) MUST_CHECK;
bool blockchain_key_exists(struct db *db, const char *key, bool *ret_exists, struct err *err)
    MUST_CHECK;
bool blockchain_insert(struct db *db, struct blockchain_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool blockchain_update(struct db *db, const struct blockchain_row *row, int64_t now_us,
                       struct err *err) MUST_CHECK;
/* Nothing when it is not `was` any more. */
bool blockchain_server_replace(struct db *db, int64_t id, const char *was, const char *server,
                               struct err *err) MUST_CHECK;
bool blockchain_list(struct db *db, const struct blockchain_filter *filter, struct listing *listing,
                     struct listed *ret_listed, struct err *err) MUST_CHECK;
bool blockchain_get(struct db *db, struct arena *arena, int64_t id, struct blockchain_row *ret_row,
                    struct err *err) MUST_CHECK;

/* ---- currencies ---- */

struct currency_filter {
    const char *id, *type, *status;
    const bool *visible; /* NULL: either */
};
bool currency_find_locked(struct db *db, struct arena *arena, const char *id,
                          struct currency *ret_row, struct err *err) MUST_CHECK;
/* The same without a lock: for those who book money in it, who must not stand in each other's way.
 * */
bool currency_get(struct db *db, struct arena *arena, const char *id, struct currency *ret_row,
                  struct err *err) MUST_CHECK;
bool currency_exists(struct db *db, const char *id, bool *ret_exists, struct err *err) MUST_CHECK;
bool currency_insert(struct db *db, const struct currency *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool currency_update(struct db *db, const struct currency *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool currency_list(struct db *db, const struct currency_filter *filter, struct listing *listing,
                   struct listed *ret_listed, struct err *err) MUST_CHECK;

/* ---- networks (blockchain_currencies) ---- */

struct network_filter {
    const char *currency_id, *blockchain_key, *status;
    const bool *deposit_enabled, *withdrawal_enabled;
    int64_t id; /* 0: any */
};
bool network_find_locked(struct db *db, struct arena *arena, int64_t id, struct network *ret_row,
                         struct err *err) MUST_CHECK;
/* The network that 2.6 knows as the currency itself: the oldest. ERR_NOT_FOUND. */
bool network_find_of_currency_locked(struct db *db, struct arena *arena, const char *currency_id,
                                     struct network *ret_row, struct err *err) MUST_CHECK;
/* blockchain_key NULL: that of a fiat currency. Leaves out the network `except_id`. */
bool network_exists(struct db *db, const char *currency_id, const char *blockchain_key,
                    int64_t except_id, bool *ret_exists, struct err *err) MUST_CHECK;
/* Whether the currency is a token somewhere: it has a parent. */
bool currency_has_parent(struct db *db, const char *id, bool *ret_has, struct err *err) MUST_CHECK;
bool network_insert(struct db *db, struct network *row, int64_t now_us, struct err *err) MUST_CHECK;
bool network_update(struct db *db, const struct network *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool network_delete(struct db *db, int64_t id, struct err *err) MUST_CHECK;
/* The rows' `blockchain` points at their chain; fiat: NULL. */
bool network_list(struct db *db, const struct network_filter *filter, struct listing *listing,
                  struct listed *ret_listed, struct err *err) MUST_CHECK;

/* ---- engines ---- */

struct engine_row {
    int64_t id;
    const char *name, *driver, *uid, *url, *key, *secret, *data;
    int64_t state; /* 1 online, 0 offline */
    int64_t created_at, updated_at;
};
bool engine_find_locked(struct db *db, struct arena *arena, int64_t id, struct engine_row *ret_row,
                        struct err *err) MUST_CHECK;
/* 0: there is none of this name. */
bool engine_id_of(struct db *db, const char *name, int64_t *ret_id, struct err *err) MUST_CHECK;
bool engine_exists(struct db *db, int64_t id, bool *ret_exists, struct err *err) MUST_CHECK;
bool engine_insert(struct db *db, struct engine_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool engine_update(struct db *db, const struct engine_row *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool engine_list(struct db *db, const char *name, struct listing *listing,
                 struct listed *ret_listed, struct err *err) MUST_CHECK;
bool engine_get(struct db *db, struct arena *arena, int64_t id, struct engine_row *ret_row,
                struct err *err) MUST_CHECK;

/* ---- markets ---- */

struct market_filter {
    const char *type; /* NULL: any */
};
bool market_find_locked(struct db *db, struct arena *arena, const char *id, struct market *ret_row,
                        struct err *err) MUST_CHECK;
bool market_exists(struct db *db, const char *id, bool *ret_exists, struct err *err) MUST_CHECK;
/* A market of the same two currencies, whichever is the base. */
bool market_pair_exists(struct db *db, const struct market *market, bool *ret_exists,
                        struct err *err) MUST_CHECK;
/* Whether nothing is counted in its steps of price and amount: no open order, no command that was
 * not settled, no last price. Locks the market's place in the command journal. */
bool market_steps_are_free(struct db *db, const char *id, bool *ret_free, struct err *err)
    MUST_CHECK;
/* Writes the market, and its places in the command journal and the settlement. */
bool market_insert(struct db *db, const struct market *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool market_update(struct db *db, const struct market *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool market_list(struct db *db, const struct market_filter *filter, struct listing *listing,
                 struct listed *ret_listed, struct err *err) MUST_CHECK;

/* ---- trading fees ---- */

struct trading_fee_filter {
    const char *group, *market_id, *market_type;
    int64_t id; /* 0: any */
};
bool trading_fee_find_locked(struct db *db, struct arena *arena, int64_t id,
                             struct trading_fee *ret_row, struct err *err) MUST_CHECK;
/* Leaves out the row `except_id`. */
bool trading_fee_exists(struct db *db, const char *market_id, const char *group, int64_t except_id,
                        bool *ret_exists, struct err *err) MUST_CHECK;
bool trading_fee_insert(struct db *db, struct trading_fee *row, int64_t now_us, struct err *err)
    MUST_CHECK;
bool trading_fee_update(struct db *db, const struct trading_fee *row, int64_t now_us,
                        struct err *err) MUST_CHECK;
bool trading_fee_delete_row(struct db *db, int64_t id, struct err *err) MUST_CHECK;
bool trading_fee_list(struct db *db, const struct trading_fee_filter *filter,
                      struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

/* ---- withdraw limits ---- */

bool withdraw_limit_find_locked(struct db *db, struct arena *arena, int64_t id,
                                struct withdraw_limit *ret_row, struct err *err) MUST_CHECK;
bool withdraw_limit_exists(struct db *db, const char *group, const char *kyc_level,
                           int64_t except_id, bool *ret_exists, struct err *err) MUST_CHECK;
bool withdraw_limit_insert(struct db *db, struct withdraw_limit *row, int64_t now_us,
                           struct err *err) MUST_CHECK;
bool withdraw_limit_update(struct db *db, const struct withdraw_limit *row, int64_t now_us,
                           struct err *err) MUST_CHECK;
bool withdraw_limit_delete_row(struct db *db, int64_t id, struct err *err) MUST_CHECK;
bool withdraw_limit_list(struct db *db, const char *group, const char *kyc_level,
                         struct listing *listing, struct listed *ret_listed, struct err *err)
    MUST_CHECK;

/* ---- positions: 1, 2, 3... without a hole ---- */

enum positioned { POSITIONED_CURRENCIES, POSITIONED_MARKETS };

/* Puts the row `id` at `position` (0: behind the last) and moves the others up. */
bool position_place(struct db *db, enum positioned table, const char *id, int64_t position,
                    struct err *err) MUST_CHECK;

#endif
