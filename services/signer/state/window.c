#include "signer/state/window.h"

enum { MINUTE_US = 60 * 1000 * 1000 };

static struct u256 sum(struct u256 a, struct u256 b)
{
    struct u256 total;
    return u256_add(a, b, &total) ? total : U256_MAX;
}

void window_add(struct window *window, int64_t at_us, struct u256 units)
{
    int64_t minute = at_us / MINUTE_US;
    assert(minute > 0);
    int64_t slot = minute % WINDOW_SLOTS;
    if (window->minutes[slot] != minute) {
        window->minutes[slot] = minute;
        window->sums[slot] = U256_ZERO;
    }
    window->sums[slot] = sum(window->sums[slot], units);
}

struct u256 window_total(const struct window *window, int64_t now_us)
{
    int64_t now = now_us / MINUTE_US;
    struct u256 total = U256_ZERO;
    for (int64_t slot = 0; slot < WINDOW_SLOTS; slot++)
        if (window->minutes[slot] > now - WINDOW_SLOTS)
            total = sum(total, window->sums[slot]);
    return total;
}
