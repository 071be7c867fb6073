/*
 * workload.h: the streams of commands that the matching benchmark runs, made from a seed.
 *
 * Workload A: 50,000 passive orders first, then 2,000,000 commands, about 49 % new orders, 41 %
 * cancels of orders that are live, 5 % market orders, 5 % limit orders that cross. Every engine
 * that keeps price-time priority makes the same trades on it; trade_hash() over them is the check.
 */
#ifndef BENCH_ENGINE_WORKLOAD_H
#define BENCH_ENGINE_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

enum workload_kind { WORKLOAD_LIMIT, WORKLOAD_CANCEL, WORKLOAD_MARKET };

struct workload_command {
    uint8_t kind, side; /* side: 0 buys, 1 sells */
    uint32_t member;
    uint64_t order_id; /* cancel: of the order to cancel */
    uint32_t price, amount;
};

struct workload_plan {
    const char *name;
    uint32_t prefill;    /* passive orders before the measured part */
    uint32_t commands;   /* measured */
    uint32_t half_width; /* new orders are this many ticks around the middle, at most */
    uint64_t seed;
    uint64_t trade_hash; /* what it must come to */
};

struct workload {
    struct workload_command *commands; /* the prefill, then the measured ones */
    size_t prefill, count;             /* count: both together */
    uint64_t trades, trade_hash;       /* of the matching that the generator does itself */
};

#define TRADE_HASH_START 0xcbf29ce484222325u

static inline uint64_t trade_hash(uint64_t hash, uint64_t maker, uint64_t taker, uint32_t price,
                                  uint32_t amount)
{
    const uint64_t prime = 0x100000001b3u;
    hash = (hash ^ maker) * prime;
    hash = (hash ^ taker) * prime;
    hash = (hash ^ ((uint64_t)price << 32 | amount)) * prime;
    return hash ^ hash >> 29;
}

/* Ends the program without memory. */
struct workload workload_make(const struct workload_plan *plan);
void workload_release(struct workload *workload);

#endif
