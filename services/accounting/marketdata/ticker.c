#include "accounting/marketdata/ticker.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum { MINUTE_S = 60, PERCENT_DIGITS = 2 };

static struct candle *slot_of(struct ticker_window *window, int64_t at_s)
{
    return &window->minutes[(at_s / MINUTE_S) % TICKER_MINUTES];
}

void ticker_window_clear(struct ticker_window *window)
{
    memset(window, 0, sizeof(*window));
}

/* A turnover that leaves the range of a decimal stays at what fitted: a ticker is no ledger. */
static void merge_or_keep(struct candle *candle, int64_t at_s, const struct candle *later)
{
    bool fits = candle_merge(candle, at_s, later);
    (void)fits;
}

void ticker_window_add(struct ticker_window *window, const struct candle *minute)
{
    int64_t at_s = candle_bucket(PERIOD_1M, minute->at_s);
    assert(at_s > 0);
    struct candle *slot = slot_of(window, at_s);
    if (slot->at_s > at_s)
        return; /* older than the whole window */
    if (slot->at_s < at_s)
        slot->at_s = 0;
    merge_or_keep(slot, at_s, minute);
    if (at_s != window->past_until_s)
        window->past_until_s = 0;
}

static void sum_past(struct ticker_window *window, int64_t until_s)
{
    struct candle past = {0};
    int64_t first_s = until_s - (TICKER_MINUTES - 1) * MINUTE_S;
    for (int64_t at_s = first_s; at_s < until_s; at_s += MINUTE_S) {
        const struct candle *minute = slot_of(window, at_s);
        if (minute->at_s == at_s)
            merge_or_keep(&past, past.at_s ? past.at_s : at_s, minute);
    }
    window->past = past;
    window->past_until_s = until_s;
}

void ticker_window_read(struct ticker_window *window, int64_t now_us, struct dec last_price,
                        struct ticker *ret_ticker)
{
    int64_t now_s = candle_bucket(PERIOD_1M, now_us / 1000000);
    assert(now_s > TICKER_MINUTES * MINUTE_S);
    if (window->past_until_s != now_s)
        sum_past(window, now_s);
    struct candle all = window->past;
    const struct candle *current = slot_of(window, now_s);
    if (current->at_s == now_s)
        merge_or_keep(&all, all.at_s ? all.at_s : now_s, current);

    struct ticker ticker = {.last = last_price};
    if (all.at_s) {
        ticker.low = all.low;
        ticker.high = all.high;
        ticker.open = all.open;
        ticker.last = all.close;
        ticker.volume = all.total;
        ticker.amount = all.amount;
        if (!dec_div(all.total, all.amount, DEC_DOWN, &ticker.avg_price))
            ticker.avg_price = all.close;
    }
    ticker_percent(ticker.open, ticker.last, ticker.price_change_percent);
    *ret_ticker = ticker;
}

/* |last - open| / open × 100 with two digits, rounded half up. False: out of range. */
static bool percent_of(struct dec open, struct dec difference, struct dec *ret_percent)
{
    struct dec ratio, percent, half;
    return dec_div(difference, open, DEC_DOWN, &ratio) &&
           dec_mul(ratio, dec_from_i64(100), DEC_DOWN, &percent) &&
           dec_from_scaled(5, PERCENT_DIGITS + 1, &half) && dec_add(percent, half, &percent) &&
           dec_round_to(percent, PERCENT_DIGITS, DEC_DOWN, ret_percent);
}

void ticker_percent(struct dec open, struct dec last, char ret_text[static TICKER_PERCENT_SIZE])
{
    struct dec difference, percent;
    int64_t hundredths = 0;
    bool falls = dec_cmp(last, open) < 0;
    if (dec_is_positive(open) && dec_sub(falls ? open : last, falls ? last : open, &difference)) {
        /* Above 10^16 % nobody reads the digits. */
        if (!percent_of(open, difference, &percent) ||
            !dec_to_scaled(percent, PERCENT_DIGITS, &hundredths))
            hundredths = INT64_MAX;
    }
    snprintf(ret_text, TICKER_PERCENT_SIZE, "%c%lld.%02lld%%", falls && hundredths ? '-' : '+',
             (long long)(hundredths / 100), (long long)(hundredths % 100));
}
