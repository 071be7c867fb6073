/*
 * pace.h: how long a writer lets work gather before its next transaction.
 *
 * A writer takes what waits and commits it. Under load its clients then come back in two halves that
 * take turns: one is in the transaction while the other fills the queue, and each transaction finds
 * half of what it could. A pause in proportion to the last transaction joins the halves: 40 instead of
 * 28 orders in one, for a tenth less work an order and no longer wait for the answer
 * (deploy/docs/benchmarks.md). Who comes alone is never kept waiting: after a transaction of a few
 * there is no pause; nor after one that was large by itself, and gains little by growing.
 *
 *     pace_pause(&pace);
 *     count = take what waits;
 *     pace_begin(&pace, clock);
 *     commit;
 *     pace_end(&pace, clock, count);
 *
 * One thread.
 */
#ifndef ACCOUNTING_ACTIONS_PACE_H
#define ACCOUNTING_ACTIONS_PACE_H

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/clock.h"

struct pace {
    size_t busy_count;    /* a transaction of so many tells of load */
    size_t enough_count;  /* one of so many is large enough */
    int percent;          /* of the last transaction's time ... */
    int64_t pause_us_max; /* ... up to this */
    size_t count;         /* of the last transaction */
    int64_t began_us, took_us;
};

static inline int64_t pace_pause_us(const struct pace *pace)
{
    if (pace->count < pace->busy_count || pace->count >= pace->enough_count)
        return 0;
    int64_t pause_us = pace->took_us * pace->percent / 100;
    return pause_us < pace->pause_us_max ? pause_us : pace->pause_us_max;
}

static inline void pace_pause(const struct pace *pace)
{
    if (pace_pause_us(pace) > 0)
        usleep((useconds_t)pace_pause_us(pace));
}

static inline void pace_begin(struct pace *pace, const struct clock *clock)
{
    pace->began_us = clock_monotonic_us(clock);
}

static inline void pace_end(struct pace *pace, const struct clock *clock, size_t count)
{
    pace->took_us = clock_monotonic_us(clock) - pace->began_us;
    pace->count = count;
}

#endif
