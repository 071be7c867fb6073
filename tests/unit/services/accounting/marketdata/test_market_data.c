/* The memory of the markets: depth, recent trades, candles, the walk of market orders, loading. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/marketdata/market_data.h"
#include "tests/support/dec.h"

#define NOW_US INT64_C(1600000040000000)

static int world_new(void **state)
{
    *state = market_data_new();
    return *state ? 0 : -1;
}

static int world_free(void **state)
{
    market_data_free(*state);
    return 0;
}

static struct public_trade trade_of(uint64_t id, const char *price, const char *amount,
                                    int64_t created_at)
{
    struct public_trade trade = {
        .id = id,
        .price = dec_of(price),
        .amount = dec_of(amount),
        .taker_side = SIDE_BUY,
        .created_at = created_at,
    };
    assert_true(dec_mul(trade.price, trade.amount, DEC_EXACT, &trade.total));
    return trade;
}

static void trade(struct market_data *data, uint64_t id, const char *price, const char *amount,
                  int64_t created_at)
{
    struct public_trade done = trade_of(id, price, amount, created_at);
    market_data_trade(data, "btcusd", &done);
}

static void level(struct market_data *data, enum side side, const char *price, const char *volume)
{
    market_data_level(data, "btcusd", side, dec_of(price), dec_of(volume));
}

static void market_depth__contract_book__sorted(void **state)
{
    struct market_data *data = *state;
    struct depth_level levels[4];
    level(data, SIDE_SELL, "3", "5");
    level(data, SIDE_SELL, "1", "5");
    level(data, SIDE_BUY, "1", "5");
    level(data, SIDE_BUY, "2", "5");
    assert_int_equal(market_depth(data, "btcusd", SIDE_SELL, 4, levels), 2);
    assert_dec(levels[0].price, "1.0");
    assert_dec(levels[1].price, "3.0");
    assert_int_equal(market_depth(data, "btcusd", SIDE_BUY, 1, levels), 1);
    assert_dec(levels[0].price, "2.0");
    assert_int_equal(market_depth_count(data, "btcusd", SIDE_BUY), 2);
}

static void reading__unknown_market__empty(void **state)
{
    struct market_data *data = *state;
    struct depth_level levels[1];
    struct public_trade trades[1];
    struct ticker ticker;
    struct candle candle;
    struct dec total;
    assert_int_equal(market_depth(data, "xagm.cxusd", SIDE_BUY, 1, levels), 0);
    assert_int_equal(market_depth_count(data, "xagm.cxusd", SIDE_BUY), 0);
    assert_int_equal(market_recent_trades(data, "xagm.cxusd", 1, trades), 0);
    assert_false(market_candle(data, "xagm.cxusd", PERIOD_1M, NOW_US, &candle));
    assert_false(market_walk(data, "xagm.cxusd", SIDE_BUY, dec_of("1"), &total, NULL));
    assert_false(market_data_is_short(data, "xagm.cxusd"));
    assert_dec(market_last_price(data, "xagm.cxusd"), "0.0");
    market_ticker(data, "xagm.cxusd", NOW_US, &ticker);
    assert_string_equal(ticker.price_change_percent, "+0.00%");
}

static void market_recent_trades__more_than_the_ring__the_newest_first(void **state)
{
    struct market_data *data = *state;
    static struct public_trade trades[RECENT_TRADES_MAX + 5];
    for (uint64_t id = 1; id <= RECENT_TRADES_MAX + 10; id++)
        trade(data, id, "5", "1", NOW_US);
    assert_int_equal(market_recent_trades(data, "btcusd", RECENT_TRADES_MAX + 5, trades),
                     RECENT_TRADES_MAX);
    assert_int_equal(trades[0].id, RECENT_TRADES_MAX + 10);
    assert_int_equal(trades[RECENT_TRADES_MAX - 1].id, 11);
    assert_int_equal(market_recent_trades(data, "btcusd", 3, trades), 3);
    assert_int_equal(trades[2].id, RECENT_TRADES_MAX + 8);
}

static void market_walk__asks__cost_of_the_volume(void **state)
{
    struct market_data *data = *state;
    struct dec total, worst;
    level(data, SIDE_SELL, "10", "10");
    level(data, SIDE_SELL, "12", "1");
    assert_true(market_walk(data, "btcusd", SIDE_BUY, dec_of("0.5"), &total, &worst));
    assert_dec(total, "5.0");
    assert_dec(worst, "10.0");
    assert_true(market_walk(data, "btcusd", SIDE_BUY, dec_of("10.5"), &total, &worst));
    assert_dec(total, "106.0");
    assert_dec(worst, "12.0");
    assert_true(market_walk(data, "btcusd", SIDE_BUY, dec_of("11"), &total, NULL));
    assert_false(market_walk(data, "btcusd", SIDE_BUY, dec_of("11.0001"), &total, NULL));
    assert_false(market_walk(data, "btcusd", SIDE_SELL, dec_of("1"), &total, NULL));
}

static void market_walk__sum_out_of_range__not_covered(void **state)
{
    struct market_data *data = *state;
    struct dec total;
    level(data, SIDE_SELL, "99999999999", "99999999999");
    assert_false(market_walk(data, "btcusd", SIDE_BUY, dec_of("99999999999"), &total, NULL));
}

static void market_candle__trades_then_silence__flat(void **state)
{
    struct market_data *data = *state;
    struct candle candle;
    trade(data, 1, "5", "1.1", NOW_US);
    trade(data, 2, "6", "0.9", NOW_US + 1000000);
    assert_true(market_candle(data, "btcusd", PERIOD_1M, NOW_US, &candle));
    assert_int_equal(candle.at_s, 1600000020);
    assert_dec(candle.open, "5.0");
    assert_dec(candle.close, "6.0");
    assert_dec(candle.amount, "2.0");
    assert_true(market_candle(data, "btcusd", PERIOD_1M, NOW_US + 60000000, &candle));
    assert_int_equal(candle.at_s, 1600000080);
    assert_dec(candle.open, "6.0");
    assert_dec(candle.amount, "0.0");
    assert_true(market_candle(data, "btcusd", PERIOD_1W, NOW_US + 60000000, &candle));
    assert_int_equal(candle.at_s, 1599696000);
    assert_dec(candle.amount, "2.0");
}

static void market_candle__loaded__goes_on_from_it(void **state)
{
    struct market_data *data = *state;
    struct candle loaded = {
        .at_s = 1599696000,
        .open = dec_of("1"),
        .high = dec_of("9"),
        .low = dec_of("1"),
        .close = dec_of("4"),
        .amount = dec_of("10"),
        .total = dec_of("40"),
    };
    struct candle candle;
    market_data_load_candle(data, "btcusd", PERIOD_1W, &loaded);
    trade(data, 1, "5", "1", NOW_US);
    assert_true(market_candle(data, "btcusd", PERIOD_1W, NOW_US, &candle));
    assert_dec(candle.open, "1.0");
    assert_dec(candle.high, "9.0");
    assert_dec(candle.close, "5.0");
    assert_dec(candle.amount, "11.0");
}

static void market_data_replace__loaded_elsewhere__taken_over_whole(void **state)
{
    struct market_data *data = *state, *loaded = market_data_new();
    struct public_trade old = trade_of(9, "4", "1", NOW_US - INT64_C(90000000000));
    struct depth_level levels[2];
    struct ticker ticker;
    level(data, SIDE_SELL, "3", "5");
    trade(data, 1, "5", "1", NOW_US);
    market_data_level(loaded, "btcusd", SIDE_BUY, dec_of("2"), dec_of("1"));
    market_data_load_trade(loaded, "btcusd", &old);
    market_data_replace(data, "btcusd", loaded);
    assert_int_equal(market_depth(data, "btcusd", SIDE_SELL, 2, levels), 0);
    assert_int_equal(market_depth(data, "btcusd", SIDE_BUY, 2, levels), 1);
    assert_int_equal(market_depth(loaded, "btcusd", SIDE_BUY, 2, levels), 0);
    /* A trade that is older than the window is the last price and nothing else. */
    market_ticker(data, "btcusd", NOW_US, &ticker);
    assert_dec(ticker.last, "4.0");
    assert_dec(ticker.volume, "0.0");
    assert_dec(market_last_price(data, "btcusd"), "4.0");
    market_data_free(loaded);
}

/* Whether the kept text is this; NULL: none is kept. */
static void assert_depth_text(struct market_data *data, size_t limit, const char *expected)
{
    struct str out = STR_INIT(256);
    assert_int_equal(market_depth_text(data, "btcusd", limit, &out), expected != NULL);
    assert_string_equal(str_data(&out), expected ? expected : "");
    str_release(&out);
}

static void market_depth_text__kept_until_the_book_changes(void **state)
{
    struct market_data *data = *state;
    assert_int_equal(market_book_version(data, "btcusd"), 0);
    level(data, SIDE_SELL, "3", "5");
    uint64_t version = market_book_version(data, "btcusd");
    assert_depth_text(data, 300, NULL);
    market_depth_keep(data, "btcusd", 300, version, "text", 4);
    assert_depth_text(data, 300, "text");
    assert_depth_text(data, 20, NULL);
    level(data, SIDE_SELL, "3", "6");
    assert_depth_text(data, 300, NULL);
    market_depth_keep(data, "btcusd", 300, version, "late", 4); /* of a book that is gone */
    assert_depth_text(data, 300, NULL);
}

static void market_depth_text__loaded_again__forgotten(void **state)
{
    struct market_data *data = *state, *loaded = market_data_new();
    level(data, SIDE_SELL, "3", "5");
    uint64_t version = market_book_version(data, "btcusd");
    market_depth_keep(data, "btcusd", 300, version, "text", 4);
    market_data_level(loaded, "btcusd", SIDE_BUY, dec_of("2"), dec_of("1"));
    market_data_replace(data, "btcusd", loaded);
    assert_true(market_book_version(data, "btcusd") > version);
    assert_depth_text(data, 300, NULL);
    version = market_book_version(data, "btcusd");
    market_depth_keep(data, "btcusd", 300, version, "text", 4);
    market_data_reset(data, "btcusd");
    assert_true(market_book_version(data, "btcusd") > version);
    assert_depth_text(data, 300, NULL);
    market_data_free(loaded);
}

/* ---- several threads: what ThreadSanitizer looks at ---- */

struct reading {
    struct market_data *data;
    bool wrong;
};

static void *read_for_a_while(void *arg)
{
    struct reading *reading = arg;
    for (int i = 0; i < 2000; i++) {
        struct depth_level levels[100];
        struct ticker ticker;
        size_t count = market_depth(reading->data, "btcusd", SIDE_SELL, 100, levels);
        for (size_t k = 1; k < count; k++)
            if (dec_cmp(levels[k - 1].price, levels[k].price) >= 0)
                reading->wrong = true;
        market_ticker(reading->data, "btcusd", NOW_US, &ticker);
    }
    return NULL;
}

static void feeding__while_others_read__always_sorted(void **state)
{
    struct reading reading = {.data = *state};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_for_a_while, &reading), 0);
    for (int64_t i = 0; i < 20000; i++) {
        market_data_level(reading.data, "btcusd", SIDE_SELL, dec_from_i64(1 + i * 7919 % 500),
                          dec_from_i64(i % 3));
        if (i % 1000 == 0)
            trade(reading.data, (uint64_t)i + 1, "5", "1", NOW_US);
    }
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_false(reading.wrong);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(market_depth__contract_book__sorted),
        TEST(reading__unknown_market__empty),
        TEST(market_recent_trades__more_than_the_ring__the_newest_first),
        TEST(market_walk__asks__cost_of_the_volume),
        TEST(market_walk__sum_out_of_range__not_covered),
        TEST(market_candle__trades_then_silence__flat),
        TEST(market_candle__loaded__goes_on_from_it),
        TEST(market_data_replace__loaded_elsewhere__taken_over_whole),
        TEST(market_depth_text__kept_until_the_book_changes),
        TEST(market_depth_text__loaded_again__forgotten),
        TEST(feeding__while_others_read__always_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
