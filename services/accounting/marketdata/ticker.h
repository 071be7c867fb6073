/*
 * ticker.h: the last 24 hours of a market (reference 5.7), at minute resolution: the current minute
 * and the 1439 before it.
 *
 * A ring of minutes. The minutes before the current one are summed once a minute, when somebody
 * asks; so that a ticker costs the same however much was traded. One thread at a time; plain data.
 */
#ifndef ACCOUNTING_MARKETDATA_TICKER_H
#define ACCOUNTING_MARKETDATA_TICKER_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/domain/candle.h"
#include "decimal/dec.h"

enum { TICKER_MINUTES = 1440, TICKER_PERCENT_SIZE = 32 };

/* All zero but last when nothing was traded in the window. */
struct ticker {
    struct dec low, high, open, last, volume, amount, avg_price; /* volume quote, amount base */
    char price_change_percent[TICKER_PERCENT_SIZE];              /* "+0.00%" */
};

struct ticker_window {
    struct candle minutes[TICKER_MINUTES]; /* by minute modulo TICKER_MINUTES */
    int64_t past_until_s; /* begin of the minute that `past` ends before; 0: sum again */
    struct candle past;   /* at_s 0: nothing was traded */
};

void ticker_window_clear(struct ticker_window *window);
/* A minute, or a part of one; later parts of the same minute come later. */
void ticker_window_add(struct ticker_window *window, const struct candle *minute);
/* `last_price`: of the last trade ever, 0: none yet. */
void ticker_window_read(struct ticker_window *window, int64_t now_us, struct dec last_price,
                        struct ticker *ret_ticker);

/* "+20.00%", rounded half away from zero; "+0.00%" when open is 0. */
void ticker_percent(struct dec open, struct dec last, char ret_text[static TICKER_PERCENT_SIZE]);

#endif
