/*
 * entities_public.h: the objects of the public groups as the contract shows them (reference 1.2):
 * a plain struct, its table of JSON fields, and the function that fills it from the catalog.
 *
 * Both wire formats at once: the object of the newer one with its keys in its order, then every key
 * of 2.6 that it lacks. What 2.6 keeps on the currency itself is taken from its first network.
 *
 *     struct market_view view = market_view_of(market);
 *     http_reply_object(request, market_fields, &view);
 *
 * Views point into the catalog copy and the arena that they were filled from; they live as long as
 * the request. Functions that take an arena give false when it is used up.
 */
#ifndef ACCOUNTING_HTTP_ENTITIES_PUBLIC_H
#define ACCOUNTING_HTTP_ENTITIES_PUBLIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/marketdata/market_data.h"
#include "accounting/state/catalog.h"
#include "base/arena.h"
#include "json/field.h"

/* ---- Network and Currency ---- */

struct network_view {
    const char *blockchain_key, *currency_id, *parent_id;
    bool deposit_enabled, withdrawal_enabled;
    struct dec deposit_fee, min_deposit_amount, withdraw_fee, min_withdraw_amount;
    int64_t base_factor;
    bool is_coin;
    /* Coins only, and null if unknown: JSON text, or NULL for fiat (the key is left out). */
    const char *explorer_transaction, *explorer_address, *description, *warning, *protocol;
    int32_t min_confirmations;
    const struct network *network; /* where it comes from */
};
extern const struct json_field network_fields[];

struct currency_view {
    const char *id, *status, *name, *description, *homepage;
    struct dec price;
    const char *type; /* "coin", "fiat" */
    int32_t precision, position;
    const char *icon_url;
    const struct network_view *networks;
    size_t networks_count;
    /* Only in 2.6. */
    const char *parent_id, *explorer_transaction, *explorer_address; /* as in network_view */
    bool deposit_enabled, withdrawal_enabled;
    struct dec deposit_fee, min_deposit_amount, withdraw_fee, min_withdraw_amount;
    struct dec withdraw_limit_24h, withdraw_limit_72h;
    int64_t base_factor;
    int32_t min_confirmations;
    bool is_coin;
    const struct currency *currency; /* where it comes from */
};
extern const struct json_field currency_fields[];

bool network_view_fill(struct arena *arena, const struct currency *currency,
                       const struct network *network, struct network_view *ret_view) MUST_CHECK;
bool currency_view_fill(struct arena *arena, const struct catalog *catalog,
                        const struct currency *currency, struct currency_view *ret_view) MUST_CHECK;

/* ---- Market ---- */

struct market_view {
    const char *id, *symbol, *name, *type, *base_unit, *quote_unit;
    struct dec min_price, max_price, min_amount;
    int32_t amount_precision, price_precision;
    const char *state;
    const struct market *market; /* where it comes from */
};
extern const struct json_field market_fields[];

struct market_view market_view_of(const struct market *market);

/* ---- PublicTrade ---- */

struct public_trade_view {
    uint64_t id;
    struct dec price, amount, total;
    const char *market, *taker_type;
    int64_t created_at;
};
extern const struct json_field public_trade_fields[];

struct public_trade_view public_trade_view_of(const char *market_id,
                                              const struct public_trade *trade);

/* ---- Ticker: the inner object, and what holds it ---- */

struct ticker_view {
    struct ticker ticker;
    const char *at; /* Unix time as text; NULL in the answer about one market */
};
extern const struct json_field ticker_fields[];

struct ticker_entry {
    const char *at;
    struct ticker_view ticker;
};
extern const struct json_field ticker_entry_fields[];

/* ---- TradingFee (over struct trading_fee), WithdrawLimit (over struct withdraw_limit) ---- */

extern const struct json_field trading_fee_fields[];
extern const struct json_field withdraw_limit_fields[];

#endif
