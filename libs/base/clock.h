/*
 * clock.h: time is an integer, and "now" is handed in.
 *
 * Inside: int64_t microseconds since 1970-01-01 UTC. Outside: ISO-8601 text or Unix seconds. Code
 * that needs the time takes a `const struct clock *`; tests pass a fake one and move it by hand.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

enum { CLOCK_ISO_SIZE = 32 };

struct clock {
    int64_t (*now_us)(const struct clock *clock);       /* wall clock */
    int64_t (*monotonic_us)(const struct clock *clock); /* for intervals; never goes back */
};

struct clock_fake {
    struct clock clock; /* pass &fake.clock */
    int64_t now_us;
};

extern const struct clock clock_real;
void clock_fake_init(struct clock_fake *fake, int64_t now_us);

static inline int64_t clock_now_us(const struct clock *clock)
{
    return clock->now_us(clock);
}

static inline int64_t clock_monotonic_us(const struct clock *clock)
{
    return clock->monotonic_us(clock);
}

/* "2026-11-20T14:03:00Z"; fractions are cut to the second, as the contract shows them. */
const char *clock_iso(int64_t time_us, char buffer[static CLOCK_ISO_SIZE]);

/* Reads "2026-11-20", "2026-11-20T14:03:00[.ffffff][Z|+hh:mm]" or with a space for the T. */
bool clock_parse_iso(const char *text, int64_t *ret_time_us);

#endif
