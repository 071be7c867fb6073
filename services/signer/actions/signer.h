/* signer.h: what the signer is made of, as its rooms see it. Made by start.c; lives until the end. */
#ifndef SIGNER_ACTIONS_SIGNER_H
#define SIGNER_ACTIONS_SIGNER_H

#include "base/clock.h"
#include "metrics/metrics.h"

struct signer_config;
struct policy;
struct desk;
struct keys;
struct service_keys;

struct signer {
    const struct signer_config *config;
    const struct clock *clock;
    struct metrics *metrics;
    struct service_keys *services; /* whose tokens are believed */
    struct policy *policy;
    struct desk *desk;
    struct keys *keys;
};

#endif
