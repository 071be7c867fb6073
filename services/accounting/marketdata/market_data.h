/*
 * market_data.h: the public face of the markets in memory: depth, last trades, the last 24 hours.
 * Fed by the settler after each commit (and by the loader at start); read by any thread.
 *
 * Everything is derived from settled data: market_data_load_* after a restart gives the same as
 * having lived through it. Minute resolution for the 24-hour window (ticker.h). Bounded:
 * MARKET_DATA_MARKETS_MAX markets, RECENT_TRADES_MAX trades, LADDER_LEVELS_MAX levels a side;
 * beyond it the far levels are dropped, and market_data_is_short() asks for a reload when they
 * matter.
 *
 * One lock for each market; readers copy out.
 */
#ifndef ACCOUNTING_MARKETDATA_MARKET_DATA_H
#define ACCOUNTING_MARKETDATA_MARKET_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/candle.h"
#include "accounting/domain/market.h"
#include "accounting/marketdata/ladder.h"
#include "accounting/marketdata/ticker.h"
#include "base/str.h"
#include "decimal/dec.h"

enum {
    RECENT_TRADES_MAX = 1000,
    DEPTH_LIMIT_MAX = 1000,
    DEPTH_TEXT_BYTES_MAX = 64 * 1024, /* kept of one market */
    MARKET_DATA_MARKETS_MAX = 4096
};

struct market_data;

struct public_trade {
    uint64_t id;
    struct dec price, amount, total;
    enum side taker_side;
    int64_t created_at;
};

struct market_data *market_data_new(void);       /* NULL: no memory */
void market_data_free(struct market_data *data); /* NULL is fine */

/* ---- feeding: the settler's thread, or the loader's before it starts ---- */

/* Forgets a market. */
void market_data_reset(struct market_data *data, const char *market_id);
/* Takes over the market as it is in `loaded`, which is empty of it then: a loader fills an instance
 * of its own, so that no reader sees half a book. */
void market_data_replace(struct market_data *data, const char *market_id,
                         struct market_data *loaded);
/* The level now holds `volume`; 0: it is gone. */
void market_data_level(struct market_data *data, const char *market_id, enum side side,
                       struct dec price, struct dec volume);
void market_data_trade(struct market_data *data, const char *market_id,
                       const struct public_trade *trade);
/* A past minute, oldest first (loader); the same window as market_data_trade() fills. */
void market_data_load_minute(struct market_data *data, const char *market_id,
                             const struct candle *minute);
/* The recent trades, oldest first, the last of them the last one ever (loader); they don't count in
 * the window. */
void market_data_load_trade(struct market_data *data, const char *market_id,
                            const struct public_trade *trade);
/* The newest candle of a period (loader); market_data_trade() goes on from it. */
void market_data_load_candle(struct market_data *data, const char *market_id,
                             enum candle_period period, const struct candle *candle);
/* Whether so much was dropped that the market should be loaded again: the settler asks after a
 * batch. Cheap. */
bool market_data_is_short(struct market_data *data, const char *market_id);

/* ---- reading: any thread. Unknown market: empty ---- */

size_t market_depth(struct market_data *data, const char *market_id, enum side side, size_t limit,
                    struct depth_level *ret_levels); /* best first */
size_t market_depth_count(struct market_data *data, const char *market_id, enum side side);
/* Another one after every change of the book; 0: unknown market. */
uint64_t market_book_version(struct market_data *data, const char *market_id);
/*
 * The text of a depth answer, kept while the book does not change: rendering it costs far more than
 * reading it, and many ask for the same. market_depth_text() appends what is kept for this limit.
 */
bool market_depth_text(struct market_data *data, const char *market_id, size_t limit,
                       struct str *out);
void market_depth_keep(struct market_data *data, const char *market_id, size_t limit,
                       uint64_t version, const char *text, size_t length);
size_t market_recent_trades(struct market_data *data, const char *market_id, size_t limit,
                            struct public_trade *ret_trades); /* newest first */
void market_ticker(struct market_data *data, const char *market_id, int64_t now_us,
                   struct ticker *ret_ticker);
/* The candle of the period that `now` is in; without a trade in it a flat one at the last close.
 * False: nothing was ever traded. */
bool market_candle(struct market_data *data, const char *market_id, enum candle_period period,
                   int64_t now_us, struct candle *ret_candle);
struct dec market_last_price(struct market_data *data, const char *market_id); /* 0: none */

/* Walks the opposite side for a market order (reference 2.1): sum of price × volume until `volume`
 * is covered. False: the book holds less. ret_worst (may be NULL): the last price needed. */
bool market_walk(struct market_data *data, const char *market_id, enum side taker_side,
                 struct dec volume, struct dec *ret_total, struct dec *ret_worst) MUST_CHECK;

#endif
