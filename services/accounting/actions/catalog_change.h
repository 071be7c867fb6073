/*
 * catalog_change.h: creating and changing what the exchange trades: currencies, networks,
 * blockchains, engines, markets, trading fees, withdraw limits. The API of administrators, the
 * management API and the seeds all come through here, so that one set of rules decides.
 *
 * A draft says what is asked for; what was not given keeps its value (a change) or gets the default
 * (a create). Text "" clears. A broken rule is ERR_INVALID without a key; its story is the sentence
 * that the API shows: "Code has already been taken". Unknown rows are ERR_NOT_FOUND.
 *
 * Each call is one transaction. Afterwards the caller reloads the catalog (state/catalog.h); a
 * market whose state changed is halted or resumed by market_state_tell().
 *
 *     struct change change = {.db = db, .arena = arena, .now_us = clock_now_us(clock)};
 *     if (!currency_create(&change, &draft, err)) ...
 *
 * Text of drafts must live until the call returns; text of rows belongs to the arena.
 */
#ifndef ACCOUNTING_ACTIONS_CATALOG_CHANGE_H
#define ACCOUNTING_ACTIONS_CATALOG_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/market.h"
#include "accounting/store/catalog_write.h"
#include "base/arena.h"
#include "base/err.h"
#include "contract/param_value.h"
#include "db/db.h"

struct secret_store;

struct change {
    struct db *db;
    struct arena *arena;
    int64_t now_us;
};

/* ---- blockchains ---- */

struct blockchain_draft {
    struct param_i64 id; /* changes */
    const char *key, *name, *client, *server, *protocol, *status, *description, *warning;
    const char *collection_gas_speed, *withdrawal_gas_speed;
    const char *explorer_address, *explorer_transaction;
    struct param_i64 height, min_confirmations;
    struct param_dec min_deposit_amount, withdraw_fee, min_withdraw_amount;
    struct param_bool dry_run; /* of the API: only tried */
};
bool blockchain_create(const struct change *change, const struct blockchain_draft *draft,
                       struct secret_store *secrets, struct blockchain_row *ret_row,
                       struct err *err) MUST_CHECK;
bool blockchain_change(const struct change *change, const struct blockchain_draft *draft,
                       struct secret_store *secrets, struct blockchain_row *ret_row,
                       struct err *err) MUST_CHECK;

/* X_try: as X_create, and taken back (actions/catalog_try.h). */
bool blockchain_try(const struct change *change, const struct blockchain_draft *draft,
                    struct secret_store *secrets, struct blockchain_row *ret_row, struct err *err)
    MUST_CHECK;

/* The names of the blockchain adapters, ending with NULL. */
extern const char *const blockchain_clients[];

/* ---- networks ---- */

struct network_draft {
    struct param_i64 id; /* changes */
    const char *currency_id, *blockchain_key, *parent_id, *status, *options;
    struct param_dec deposit_fee, min_deposit_amount, min_collection_amount, withdraw_fee,
        min_withdraw_amount;
    struct param_bool deposit_enabled, withdrawal_enabled, auto_update_fees_enabled;
    struct param_i64 base_factor, subunits; /* one of them; never changed later */
    struct param_bool dry_run;              /* of the API: only tried */
};
bool network_create(const struct change *change, const struct network_draft *draft, int64_t *ret_id,
                    struct err *err) MUST_CHECK;
bool network_try(const struct change *change, const struct network_draft *draft,
                 struct network *ret_row, struct err *err) MUST_CHECK;
bool network_change(const struct change *change, const struct network_draft *draft, struct err *err)
    MUST_CHECK;
bool network_remove(const struct change *change, int64_t id, struct network *ret_row,
                    struct err *err) MUST_CHECK;

/* Inside of a transaction: the same for the network that 2.6 keeps on the currency itself. Makes
 * the one of a fiat currency; that of a coin if the draft names a blockchain. */
bool network_save_of_currency(const struct change *change, const struct currency *currency,
                              const struct network_draft *draft, struct network *ret_row,
                              struct err *err) MUST_CHECK;
/* Whether the draft asks for anything. */
bool network_draft_is_empty(const struct network_draft *draft);

/* ---- currencies ---- */

struct currency_draft {
    const char *id, *name, *description, *homepage, *icon_url, *type, *status;
    struct param_bool visible; /* 2.6: status enabled or disabled */
    struct param_i64 precision, position;
    struct param_dec price, withdraw_limit_24h, withdraw_limit_72h;
    struct network_draft network; /* 2.6: the network-level fields, without currency_id */
    struct param_bool dry_run;    /* of the API: only tried */
};
bool currency_create(const struct change *change, const struct currency_draft *draft,
                     struct err *err) MUST_CHECK;
/* ret_network: its id is 0 if there is none. */
bool currency_try(const struct change *change, const struct currency_draft *draft,
                  struct currency *ret_row, struct network *ret_network, struct err *err)
    MUST_CHECK;
bool currency_change(const struct change *change, const struct currency_draft *draft,
                     struct err *err) MUST_CHECK;

/* ---- engines ---- */

struct engine_draft {
    struct param_i64 id; /* changes */
    const char *name, *driver, *uid, *url, *key, *secret, *data;
    struct param_i64 state; /* 1 online, 0 offline */
};
bool engine_create(const struct change *change, const struct engine_draft *draft,
                   struct engine_row *ret_row, struct err *err) MUST_CHECK;
bool engine_change(const struct change *change, const struct engine_draft *draft,
                   struct engine_row *ret_row, struct err *err) MUST_CHECK;

/* ---- markets ---- */

struct market_draft {
    const char *id; /* a change: which one; a create: NULL or base || quote */
    const char *base, *quote, *engine_name, *data, *state;
    struct param_i64 engine_id, amount_precision, price_precision, position;
    struct param_dec min_price, max_price, min_amount;
};
bool market_create(const struct change *change, const struct market_draft *draft,
                   struct market *ret_row, struct err *err) MUST_CHECK;
/* ret_was: the market before. */
bool market_change(const struct change *change, const struct market_draft *draft,
                   struct market *ret_was, struct market *ret_row, struct err *err) MUST_CHECK;

/* ---- trading fees ---- */

struct trading_fee_draft {
    struct param_i64 id; /* changes */
    const char *market_id, *group, *market_type;
    struct param_dec maker, taker;
};
bool trading_fee_create(const struct change *change, const struct trading_fee_draft *draft,
                        struct trading_fee *ret_row, struct err *err) MUST_CHECK;
bool trading_fee_change(const struct change *change, const struct trading_fee_draft *draft,
                        struct trading_fee *ret_row, struct err *err) MUST_CHECK;
bool trading_fee_remove(const struct change *change, int64_t id, struct trading_fee *ret_row,
                        struct err *err) MUST_CHECK;

/* ---- withdraw limits ---- */

struct withdraw_limit_draft {
    struct param_i64 id; /* changes */
    const char *group, *kyc_level;
    struct param_dec limit_24_hour, limit_1_month;
};
bool withdraw_limit_create(const struct change *change, const struct withdraw_limit_draft *draft,
                           struct withdraw_limit *ret_row, struct err *err) MUST_CHECK;
bool withdraw_limit_change(const struct change *change, const struct withdraw_limit_draft *draft,
                           struct withdraw_limit *ret_row, struct err *err) MUST_CHECK;
bool withdraw_limit_remove(const struct change *change, int64_t id, struct withdraw_limit *ret_row,
                           struct err *err) MUST_CHECK;

#endif
