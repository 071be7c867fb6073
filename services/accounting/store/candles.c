#include "accounting/store/candles.h"

#include <string.h>

#include "base/auto.h"

/* ---- writing ---- */

/* The minute of this market in the batch: nearly always the last one that was touched. */
static struct candle_minute *minute_find(struct candle_batch *batch, const char *market_id,
                                         int64_t at_s)
{
    for (size_t i = batch->count; i > 0; i--) {
        struct candle_minute *minute = &batch->minutes[i - 1];
        if (minute->candle.at_s == at_s && strcmp(minute->market_id, market_id) == 0)
            return minute;
    }
    return NULL;
}

bool candles_add_trade(struct candle_batch *batch, const char *market_id, struct dec price,
                       struct dec amount, struct dec total, int64_t at_us)
{
    int64_t at_s = candle_bucket(PERIOD_1M, at_us / 1000000);
    struct candle_minute *minute = minute_find(batch, market_id, at_s);
    if (minute)
        return candle_add(&minute->candle, at_s, price, amount, total);
    if (batch->count == CANDLE_MINUTES_MAX)
        return false;
    minute = &batch->minutes[batch->count++];
    *minute = (struct candle_minute){0};
    snprintf(minute->market_id, sizeof(minute->market_id), "%s", market_id);
    return candle_add(&minute->candle, at_s, price, amount, total);
}

static void write_row(struct db *db, struct str *sql, bool first, const char *market_id,
                      enum candle_period period, const struct candle *candle)
{
    db_sql_row(db, sql, first,
               DB_ARGS(DB_TEXT(market_id), DB_I64(candle_period_minutes(period)),
                       DB_I64(candle_bucket(period, candle->at_s)), DB_DEC(candle->open),
                       DB_DEC(candle->high), DB_DEC(candle->low), DB_DEC(candle->close),
                       DB_DEC(candle->amount), DB_DEC(candle->total)));
}

/* Minutes of one bucket may give several rows of it: the statement adds them up in order. */
void candles_write(struct db *db, struct str *sql, const struct candle_batch *batch)
{
    if (batch->count == 0)
        return;
    str_add(sql, "INSERT INTO candles"
                 " (market_id, period, at, open, high, low, close, amount, total) VALUES ");
    bool first = true;
    for (size_t i = 0; i < batch->count; i++)
        for (unsigned period = 0; period < CANDLE_PERIODS; period++) {
            write_row(db, sql, first, batch->minutes[i].market_id, (enum candle_period)period,
                      &batch->minutes[i].candle);
            first = false;
        }
    str_add(sql, " ON DUPLICATE KEY UPDATE high = GREATEST(high, VALUES(high)),"
                 " low = LEAST(low, VALUES(low)), close = VALUES(close),"
                 " amount = amount + VALUES(amount), total = total + VALUES(total);");
}

/* ---- reading ---- */

#define CANDLE_COLUMNS "at, open, high, low, close, amount, total"

static struct candle candle_from_row(const struct db_result *row, unsigned first)
{
    return (struct candle){
        .at_s = db_get_i64(row, first),
        .open = db_get_dec(row, first + 1),
        .high = db_get_dec(row, first + 2),
        .low = db_get_dec(row, first + 3),
        .close = db_get_dec(row, first + 4),
        .amount = db_get_dec(row, first + 5),
        .total = db_get_dec(row, first + 6),
    };
}

bool candles_first(struct db *db, const char *market_id, enum candle_period period,
                   int64_t *ret_at_s, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT MIN(at) FROM candles WHERE market_id = ? AND period = ?",
                  DB_ARGS(DB_TEXT(market_id), DB_I64(candle_period_minutes(period))), &rows, err))
        return false;
    *ret_at_s = db_row_next(rows) ? db_get_i64(rows, 0) : 0;
    db_result_free(rows);
    return true;
}

bool candles_read(struct db *db, const char *market_id, enum candle_period period, int64_t from_s,
                  int64_t to_s, void (*take)(void *arg, const struct candle *candle), void *arg,
                  struct err *err)
{
    struct db_value market = DB_TEXT(market_id), minutes = DB_I64(candle_period_minutes(period));
    struct db_result *rows;
    if (!db_query(
            db,
            "SELECT " CANDLE_COLUMNS " FROM candles"
            " WHERE market_id = ? AND period = ? AND at < ? ORDER BY at DESC LIMIT 1;"
            "SELECT " CANDLE_COLUMNS " FROM candles"
            " WHERE market_id = ? AND period = ? AND at BETWEEN ? AND ? ORDER BY at",
            DB_ARGS(market, minutes, DB_I64(from_s), market, minutes, DB_I64(from_s), DB_I64(to_s)),
            &rows, err))
        return false;
    do {
        while (db_row_next(rows)) {
            struct candle candle = candle_from_row(rows, 0);
            take(arg, &candle);
        }
    } while (db_result_next(rows));
    db_result_free(rows);
    return true;
}

bool candles_latest(struct db *db, const char *market_id,
                    struct candle ret_candles[static CANDLE_PERIODS], struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(16 * 1024);
    for (unsigned i = 0; i < CANDLE_PERIODS; i++)
        db_sql(db, &sql,
               "SELECT " CANDLE_COLUMNS " FROM candles WHERE market_id = ? AND period = ?"
               " ORDER BY at DESC LIMIT 1;",
               DB_ARGS(DB_TEXT(market_id), DB_I64(candle_period_minutes((enum candle_period)i))));
    struct db_result *rows;
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    for (unsigned i = 0; i < CANDLE_PERIODS; i++) {
        bool there = i == 0 || db_result_next(rows);
        assert(there);
        ret_candles[i] = db_row_next(rows) ? candle_from_row(rows, 0) : (struct candle){0};
    }
    db_result_free(rows);
    return true;
}
