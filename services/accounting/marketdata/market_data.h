/*
 * market_data.h: the public face of the markets in memory: depth, last trades, the last 24 hours.
 * Fed by the settler after each commit (and by the loader at start); read by any thread.
 *
 * Everything is derived from settled data: market_data_load_* after a restart gives the same as
 * having lived through it. Minute resolution for the 24-hour window. Bounded: RECENT_TRADES_MAX,
 * LEVELS_MAX a side (beyond it the far levels are dropped and read back when they matter).
 * One lock for each market; readers copy out.
 */
#ifndef ACCOUNTING_MARKETDATA_MARKET_DATA_H
#define ACCOUNTING_MARKETDATA_MARKET_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/market.h"
#include "decimal/dec.h"

enum { RECENT_TRADES_MAX = 1000, DEPTH_LIMIT_MAX = 1000 };

struct market_data;

struct depth_level {
    struct dec price, volume;
};

struct public_trade {
    uint64_t id;
    struct dec price, amount, total;
    enum side taker_side;
    int64_t created_at;
};

struct candle {
    int64_t at_s; /* Unix time of its begin */
    struct dec open, high, low, close, amount, total; /* amount base, total quote */
};

/* The last 24 hours (reference 5.7). All zero but last when nothing was traded in them. */
struct ticker {
    struct dec low, high, open, last, volume, amount, avg_price; /* volume quote, amount base */
    char price_change_percent[24];                               /* "+0.00%" */
};

struct market_data *market_data_new(void);
void market_data_free(struct market_data *data); /* NULL is fine */

/* ---- feeding: the settler's thread, or the loader's before it starts ---- */

/* Forgets a market (before it is loaded again). */
void market_data_reset(struct market_data *data, const char *market_id);
/* The level now holds `volume`; 0: it is gone. */
void market_data_level(struct market_data *data, const char *market_id, enum side side,
                       struct dec price, struct dec volume);
void market_data_trade(struct market_data *data, const char *market_id,
                       const struct public_trade *trade);
/* A past minute, oldest first (loader); the same window as market_data_trade() fills. */
void market_data_load_minute(struct market_data *data, const char *market_id,
                             const struct candle *minute);
/* The last trade ever, and the recent ones oldest first (loader); they don't count in the window. */
void market_data_load_trade(struct market_data *data, const char *market_id,
                            const struct public_trade *trade);

/* ---- reading: any thread. Unknown market: empty ---- */

size_t market_depth(struct market_data *data, const char *market_id, enum side side, size_t limit,
                    struct depth_level *ret_levels); /* best first */
size_t market_recent_trades(struct market_data *data, const char *market_id, size_t limit,
                            struct public_trade *ret_trades); /* newest first */
void market_ticker(struct market_data *data, const char *market_id, int64_t now_us,
                   struct ticker *ret_ticker);
struct dec market_last_price(struct market_data *data, const char *market_id); /* 0: none */

/* Walks the opposite side for a market order (reference 2.1): sum of price × volume until `volume`
 * is covered. False: the book holds less. ret_worst (may be NULL): the last price needed. */
bool market_walk(struct market_data *data, const char *market_id, enum side taker_side,
                 struct dec volume, struct dec *ret_total, struct dec *ret_worst) MUST_CHECK;

#endif
