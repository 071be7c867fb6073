/* The last 24 hours: the numbers of reference 11.7, the edges of the window, the percentage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "accounting/marketdata/ticker.h"
#include "base/check.h"
#include "tests/support/dec.h"

#define NOW_S INT64_C(1600000040)
#define DAY_S INT64_C(86400)

static int world_new(void **state)
{
    struct ticker_window *window = calloc(1, sizeof(*window));
    *state = window;
    return window ? 0 : -1;
}

static int world_free(void **state)
{
    free(*state);
    return 0;
}

static void trade(struct ticker_window *window, int64_t at_s, const char *price, const char *amount)
{
    struct candle part = {.at_s = at_s,
                          .open = dec_of(price),
                          .high = dec_of(price),
                          .low = dec_of(price),
                          .close = dec_of(price),
                          .amount = dec_of(amount)};
    assert_true(dec_mul(part.close, part.amount, DEC_EXACT, &part.total));
    ticker_window_add(window, &part);
}

static struct ticker read_at(struct ticker_window *window, int64_t now_s, const char *last)
{
    struct ticker ticker;
    ticker_window_read(window, now_s * 1000000, dec_of(last), &ticker);
    return ticker;
}

static void ticker__no_trades__zeros(void **state)
{
    struct ticker ticker = read_at(*state, NOW_S, "0");
    assert_dec(ticker.low, "0.0");
    assert_dec(ticker.last, "0.0");
    assert_dec(ticker.volume, "0.0");
    assert_dec(ticker.avg_price, "0.0");
    assert_string_equal(ticker.price_change_percent, "+0.00%");
}

static void ticker__contract_trades__contract_numbers(void **state)
{
    struct ticker_window *window = *state;
    trade(window, NOW_S - 5, "5", "1.1");
    struct ticker ticker = read_at(window, NOW_S, "5");
    assert_dec(ticker.low, "5.0");
    assert_dec(ticker.high, "5.0");
    assert_dec(ticker.open, "5.0");
    assert_dec(ticker.last, "5.0");
    assert_dec(ticker.volume, "5.5");
    assert_dec(ticker.amount, "1.1");
    assert_dec(ticker.avg_price, "5.0");
    assert_string_equal(ticker.price_change_percent, "+0.00%");

    trade(window, NOW_S, "6", "0.9");
    ticker = read_at(window, NOW_S, "6");
    assert_dec(ticker.low, "5.0");
    assert_dec(ticker.high, "6.0");
    assert_dec(ticker.open, "5.0");
    assert_dec(ticker.last, "6.0");
    assert_dec(ticker.volume, "10.9");
    assert_dec(ticker.amount, "2.0");
    assert_dec(ticker.avg_price, "5.45");
    assert_string_equal(ticker.price_change_percent, "+20.00%");
}

static void ticker__trade_leaves_the_window__only_last_stays(void **state)
{
    struct ticker_window *window = *state;
    trade(window, NOW_S, "5", "1");
    assert_dec(read_at(window, NOW_S + DAY_S - 120, "5").volume, "5.0");
    struct ticker ticker = read_at(window, NOW_S + DAY_S, "5");
    assert_dec(ticker.volume, "0.0");
    assert_dec(ticker.last, "5.0");
    assert_dec(ticker.open, "0.0");
    assert_string_equal(ticker.price_change_percent, "+0.00%");
    /* The same slot of the ring, a day later. */
    trade(window, NOW_S + DAY_S, "7", "2");
    assert_dec(read_at(window, NOW_S + DAY_S, "7").volume, "14.0");
}

static void ticker__trade_of_a_past_minute__counted_after_a_read(void **state)
{
    struct ticker_window *window = *state;
    trade(window, NOW_S, "5", "1");
    read_at(window, NOW_S, "5");
    trade(window, NOW_S - 120, "4", "1");
    struct ticker ticker = read_at(window, NOW_S, "5");
    assert_dec(ticker.open, "4.0");
    assert_dec(ticker.amount, "2.0");
    trade(window, NOW_S - 3 * DAY_S, "1", "1"); /* older than the ring's slot */
    assert_dec(read_at(window, NOW_S, "5").low, "4.0");
}

static void ticker_percent__rows__as_listed(void **state)
{
    static const char *const rows[][3] = {
        {"0", "5", "+0.00%"},
        {"5", "6", "+20.00%"},
        {"6", "5", "-16.67%"},
        {"5", "5", "+0.00%"},
        {"3", "4", "+33.33%"},
        {"100000", "99999.9", "+0.00%"},
        {"8", "8.0004", "+0.01%"},
        {"2", "0", "-100.00%"},
        {"0.0000000000000001", "1", "+92233720368547758.07%"}, /* the end of the digits */
    };
    char text[TICKER_PERCENT_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ticker_percent(dec_of(rows[i][0]), dec_of(rows[i][1]), text);
        assert_string_equal(text, rows[i][2]);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
    const struct CMUnitTest tests[] = {
        TEST(ticker__no_trades__zeros),
        TEST(ticker__contract_trades__contract_numbers),
        TEST(ticker__trade_leaves_the_window__only_last_stays),
        TEST(ticker__trade_of_a_past_minute__counted_after_a_read),
        TEST(ticker_percent__rows__as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
