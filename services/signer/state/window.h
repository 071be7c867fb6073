/*
 * window.h: how much was signed in the last 24 hours, in sums of a minute. A minute counts until all of
 * it is older than a day, so the sum is never below the true one.
 *
 * Pure; `at_us` must not go back (the audit file sees to that). The caller has the lock.
 */
#ifndef SIGNER_STATE_WINDOW_H
#define SIGNER_STATE_WINDOW_H

#include <stdint.h>

#include "chain/u256.h"

enum { WINDOW_SLOTS = 24 * 60 + 1 };

struct window {
    int64_t minutes[WINDOW_SLOTS]; /* since 1970; 0: an empty slot */
    struct u256 sums[WINDOW_SLOTS];
};

void window_add(struct window *window, int64_t at_us, struct u256 units);
/* What does not fit 256 bits is U256_MAX: above any cap. */
struct u256 window_total(const struct window *window, int64_t now_us);

#endif
