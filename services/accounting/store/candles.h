/*
 * candles.h: the k-line of the markets. The settler adds what was traded in one batch to the table
 * `candles`, in the same transaction; handlers read points back. The table has the periods with
 * trades only; marketdata/kline.h fills the gaps.
 *
 *     candles_begin(&batch);
 *     for each trade: if (!candles_add_trade(&batch, trade.market_id, ...)) return err_set(...);
 *     candles_write(db, &sql, &batch);        // one INSERT ... ON DUPLICATE KEY UPDATE
 *
 * A batch is plain memory of the settler; adding allocates nothing. Trades of a market are added in
 * the order in which they happened.
 */
#ifndef ACCOUNTING_STORE_CANDLES_H
#define ACCOUNTING_STORE_CANDLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/candle.h"
#include "base/err.h"
#include "contract/protocol.h"
#include "db/db.h"

enum { CANDLE_MINUTES_MAX = 64 }; /* of all markets in one batch */

struct candle_minute {
    char market_id[MARKET_ID_SIZE];
    struct candle candle;
};

struct candle_batch {
    struct candle_minute minutes[CANDLE_MINUTES_MAX];
    size_t count;
};

static inline void candles_begin(struct candle_batch *batch)
{
    batch->count = 0;
}

/* False: the batch holds CANDLE_MINUTES_MAX minutes already, or a sum is out of range. */
bool candles_add_trade(struct candle_batch *batch, const char *market_id, struct dec price,
                       struct dec amount, struct dec total, int64_t at_us) MUST_CHECK;

/* Appends one statement, ended by ';', that adds the batch to all periods; nothing for none. */
void candles_write(struct db *db, struct str *sql, const struct candle_batch *batch);

/* ---- reading ---- */

/* The begin of the first candle of the market in this period; *ret_at_s 0: there is none. */
bool candles_first(struct db *db, const char *market_id, enum candle_period period,
                   int64_t *ret_at_s, struct err *err) MUST_CHECK;

/*
 * Reads the candles with from_s <= begin <= to_s, ascending, and before them the last one that is
 * older than from_s, if there is one: its close goes on. Calls `take` with each.
 */
bool candles_read(struct db *db, const char *market_id, enum candle_period period, int64_t from_s,
                  int64_t to_s, void (*take)(void *arg, const struct candle *candle), void *arg,
                  struct err *err) MUST_CHECK;

/* The newest candle of every period of a market; at_s 0 where there is none. */
bool candles_latest(struct db *db, const char *market_id,
                    struct candle ret_candles[static CANDLE_PERIODS], struct err *err) MUST_CHECK;

#endif
