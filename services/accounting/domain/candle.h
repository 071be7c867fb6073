/*
 * candle.h: open, high, low, close and turnover of a stretch of time, and the periods in which the
 * contract shows them. Pure.
 *
 * A period is a number of minutes; its buckets are aligned to 1970-01-01 00:00 UTC, so that weeks
 * begin on Thursdays.
 */
#ifndef ACCOUNTING_DOMAIN_CANDLE_H
#define ACCOUNTING_DOMAIN_CANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "decimal/dec.h"

#define CANDLE_PERIOD_LIST(P)                                                                      \
    P(1M, 1, "1m")                                                                                 \
    P(5M, 5, "5m")                                                                                 \
    P(15M, 15, "15m")                                                                              \
    P(30M, 30, "30m")                                                                              \
    P(1H, 60, "1h")                                                                                \
    P(2H, 120, "2h")                                                                               \
    P(4H, 240, "4h")                                                                               \
    P(6H, 360, "6h")                                                                               \
    P(12H, 720, "12h")                                                                             \
    P(1D, 1440, "1d")                                                                              \
    P(3D, 4320, "3d")                                                                              \
    P(1W, 10080, "1w")

enum candle_period {
#define P(name, minutes, text) PERIOD_##name,
    CANDLE_PERIOD_LIST(P)
#undef P
        CANDLE_PERIODS
};

struct candle {
    int64_t at_s;                                     /* Unix time of its begin */
    struct dec open, high, low, close, amount, total; /* amount base, total quote */
};

const char *candle_period_name(enum candle_period period); /* "15m" */
int64_t candle_period_minutes(enum candle_period period);
bool candle_period_find(int64_t minutes, enum candle_period *ret_period);

/* The begin of the bucket that the time belongs to. */
int64_t candle_bucket(enum candle_period period, int64_t time_s);

/* Adds a trade to a candle of its bucket; at_s 0 in an empty one. False: a sum is out of range. */
bool candle_add(struct candle *candle, int64_t at_s, struct dec price, struct dec amount,
                struct dec total) MUST_CHECK;
/* Adds a later candle to one that holds it; the same. */
bool candle_merge(struct candle *candle, int64_t at_s, const struct candle *later) MUST_CHECK;

#endif
