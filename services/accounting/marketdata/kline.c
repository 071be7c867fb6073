#include "accounting/marketdata/kline.h"

#include "base/check.h"

static int64_t length_of(enum candle_period period)
{
    return candle_period_minutes(period) * 60;
}

/* The first bucket that begins at or after the time. Far bounds are pulled in first, so that
 * nothing can overflow. */
static int64_t bucket_from(enum candle_period period, int64_t time_s)
{
    int64_t at_s = candle_bucket(period, time_s);
    return at_s < time_s ? at_s + length_of(period) : at_s;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

struct kline_range kline_select(const struct kline_request *request, enum candle_period period,
                                int64_t first_s, int64_t now_s)
{
    struct kline_range range = {.period = period};
    int64_t step = length_of(period), last_s = candle_bucket(period, now_s);
    if (first_s == 0)
        return range;
    if (last_s < first_s)
        last_s = first_s; /* the clock went back */

    int64_t from_s = first_s, to_s = last_s, points = request->limit;
    if (request->has_from)
        from_s = bucket_from(period, clamp(request->time_from_s, first_s, last_s + step));
    if (request->has_to)
        to_s = candle_bucket(period, clamp(request->time_to_s, first_s - 1, last_s));
    if ((request->has_from && request->has_to) || points > KLINE_POINTS_MAX)
        points = KLINE_POINTS_MAX;
    if (from_s > to_s || points < 1)
        return range;
    if ((to_s - from_s) / step + 1 > points) {
        if (request->has_from)
            to_s = from_s + (points - 1) * step;
        else
            from_s = to_s - (points - 1) * step;
    }
    range.from_s = from_s;
    range.to_s = to_s;
    range.count = (size_t)((to_s - from_s) / step + 1);
    return range;
}

struct kline_fill kline_begin(const struct kline_range *range, kline_write *write, void *arg)
{
    return (struct kline_fill){
        .range = *range, .next_s = range->from_s, .write = write, .arg = arg};
}

/* Writes flat points up to a bucket, which is left out. */
static void fill_until(struct kline_fill *fill, int64_t until_s)
{
    struct dec close = fill->before.close;
    for (; fill->next_s < until_s; fill->next_s += length_of(fill->range.period)) {
        if (fill->before.at_s == 0)
            continue; /* before the first trade there is nothing */
        struct candle flat = {
            .at_s = fill->next_s, .open = close, .high = close, .low = close, .close = close};
        fill->write(fill->arg, &flat);
    }
}

void kline_push(struct kline_fill *fill, const struct candle *candle)
{
    assert(candle->at_s > fill->before.at_s);
    assert(fill->range.count > 0 && candle->at_s <= fill->range.to_s);
    if (candle->at_s >= fill->range.from_s) {
        fill_until(fill, candle->at_s);
        fill->write(fill->arg, candle);
        fill->next_s = candle->at_s + length_of(fill->range.period);
    }
    fill->before = *candle;
}

void kline_take(void *fill, const struct candle *candle)
{
    kline_push(fill, candle);
}

void kline_end(struct kline_fill *fill)
{
    if (fill->range.count > 0)
        fill_until(fill, fill->range.to_s + length_of(fill->range.period));
}
