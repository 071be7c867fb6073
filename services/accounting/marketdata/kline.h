/*
 * kline.h: which points of a k-line a request gets, and the points between the candles that exist.
 * Pure (reference 5.6 and 11.7).
 *
 * A market has a point for every bucket from its first trade to now; only buckets with trades are
 * stored. kline_select() says which buckets were asked for, without looking at candles;
 * kline_push() and kline_end() turn the stored candles of that range into all its points, one at a
 * time.
 *
 *     struct kline_range range = kline_select(&request, period, first_s, now_s);
 *     struct kline_fill fill = kline_begin(&range, write_point, out);
 *     candles_read(db, market, period, range.from_s, range.to_s, kline_take, &fill, err);
 *     kline_end(&fill);
 */
#ifndef ACCOUNTING_MARKETDATA_KLINE_H
#define ACCOUNTING_MARKETDATA_KLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/candle.h"

/* The most points of one answer: with both bounds the limit of the request does not count. */
enum { KLINE_POINTS_MAX = 50000 };

struct kline_request {
    bool has_from, has_to;
    int64_t time_from_s, time_to_s; /* both inclusive */
    int64_t limit;
};

struct kline_range {
    enum candle_period period;
    int64_t from_s, to_s; /* begins of the first and the last bucket */
    size_t count;         /* 0: none */
};

/* first_s: begin of the first candle of the market, 0: there is none. */
struct kline_range kline_select(const struct kline_request *request, enum candle_period period,
                                int64_t first_s, int64_t now_s);

typedef void kline_write(void *arg, const struct candle *point);

struct kline_fill {
    struct kline_range range;
    struct candle before; /* the last candle that was pushed; at_s 0: none */
    int64_t next_s;       /* the bucket that is written next */
    kline_write *write;
    void *arg;
};

struct kline_fill kline_begin(const struct kline_range *range, kline_write *write, void *arg);
/* The next stored candle, ascending; one before the range sets where it starts from. */
void kline_push(struct kline_fill *fill, const struct candle *candle);
void kline_take(void *fill, const struct candle *candle); /* kline_push() as a callback */
void kline_end(struct kline_fill *fill);

#endif
