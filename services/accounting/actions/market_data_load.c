#include "accounting/actions/market_data_load.h"

#include "accounting/store/candles.h"
#include "accounting/store/public_read.h"

/* One market on its way into memory. */
struct load {
    struct market_data *loaded;
    const char *market_id;
    int64_t now_us;
};

static void load_level(void *arg, enum side side, struct dec price, struct dec volume)
{
    struct load *load = arg;
    market_data_level(load->loaded, load->market_id, side, price, volume);
}

static void load_trade(void *arg, const struct trade_row *row)
{
    struct load *load = arg;
    struct public_trade trade = {
        .id = row->id,
        .price = row->price,
        .amount = row->amount,
        .total = row->total,
        .taker_side = row->taker_side,
        .created_at = row->created_at,
    };
    market_data_load_trade(load->loaded, load->market_id, &trade);
}

static void load_minute(void *arg, const struct candle *minute)
{
    struct load *load = arg;
    market_data_load_minute(load->loaded, load->market_id, minute);
}

static bool load_candles(struct load *load, struct db *db, struct err *err)
{
    int64_t now_s = load->now_us / 1000000;
    int64_t from_s = candle_bucket(PERIOD_1M, now_s) - (TICKER_MINUTES - 1) * (int64_t)60;
    struct candle latest[CANDLE_PERIODS];
    /* Up to whatever there is: a clock may have been ahead. */
    if (!candles_read(db, load->market_id, PERIOD_1M, from_s, UINT32_MAX, load_minute, load, err) ||
        !candles_latest(db, load->market_id, latest, err))
        return false;
    for (unsigned i = 0; i < CANDLE_PERIODS; i++)
        market_data_load_candle(load->loaded, load->market_id, (enum candle_period)i, &latest[i]);
    return true;
}

static bool load_unit(struct db *db, void *arg, struct err *err)
{
    struct load *load = arg;
    market_data_reset(load->loaded, load->market_id); /* the unit may run again */
    return book_levels_read(db, load->market_id, load_level, load, err) &&
           recent_trades_read(db, load->market_id, RECENT_TRADES_MAX, load_trade, load, err) &&
           load_candles(load, db, err);
}

bool market_data_load_market(struct market_data *data, struct db *db, const char *market_id,
                             int64_t now_us, struct err *err)
{
    struct load load = {.loaded = market_data_new(), .market_id = market_id, .now_us = now_us};
    if (!load.loaded)
        return err_set(err, ERR_INTERNAL, "no memory to load market %s", market_id);
    bool loaded = db_snapshot(db, load_unit, &load, err);
    if (loaded)
        market_data_replace(data, market_id, load.loaded);
    market_data_free(load.loaded);
    return loaded;
}

bool market_data_load_all(struct market_data *data, struct db *db, const struct catalog *catalog,
                          int64_t now_us, struct err *err)
{
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (!market_data_load_market(data, db, catalog->markets[i].id, now_us, err))
            return err_wrap(err, "loading market %s", catalog->markets[i].id);
    return true;
}
