/*
 * fee.h: what sending costs, and how a transaction that does not move is made dearer.
 *
 * Rates of Bitcoin-like chains are units per 1,000 virtual bytes, prices of Ethereum-like ones wei per
 * gas. Everything rounds up: a fee that is short by one unit is not relayed. Every result is bounded by
 * the operator's cap, and what would be above it is refused (ERR_OVERFLOW): the payout waits for a
 * better time, and somebody is told (W-22). Pure; any thread.
 */
#ifndef BLOCKCHAIN_DOMAIN_FEE_H
#define BLOCKCHAIN_DOMAIN_FEE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Most of all gas prices and rates that are believed: above it a node lies or is broken. */
#define FEE_PRICE_MAX UINT64_C(1000000000000000) /* 10^15: a million gwei */

static inline uint64_t fee_of_size(uint64_t rate, uint32_t vsize)
{
    return (rate * vsize + 999) / 1000;
}

struct fee_bounds {
    uint64_t fallback; /* when the node has no estimate */
    uint64_t least;    /* what is relayed at all */
    uint64_t cap;      /* above it we wait */
};

/* estimate 0: the node has none. ERR_OVERFLOW: above the cap. */
bool fee_rate_choose(const struct fee_bounds *bounds, uint64_t estimate, uint64_t *ret_rate,
                     struct err *err) MUST_CHECK;

/* A replacement pays at least the old fee and its own way (`relay` units per 1,000 virtual bytes), and
 * the rate of the day if that is more. ERR_OVERFLOW: above the cap. */
bool fee_bump(const struct fee_bounds *bounds, uint64_t old_fee, uint32_t vsize, uint64_t estimate,
              uint64_t relay, uint64_t *ret_fee, struct err *err) MUST_CHECK;

/* ---- Ethereum-like; of chains without EIP-1559 both are the price of gas ---- */

struct gas_price {
    uint64_t max_fee, tip; /* wei per gas; tip <= max_fee */
};

/* Twice the base fee and the tip: good for six full blocks in a row. */
bool gas_price_choose(const struct fee_bounds *bounds, uint64_t base_fee, uint64_t tip,
                      struct gas_price *ret_price, struct err *err) MUST_CHECK;

/* What a node says that gas costs, on a chain without EIP-1559. */
bool gas_price_plain(const struct fee_bounds *bounds, uint64_t price, struct gas_price *ret_price,
                     struct err *err) MUST_CHECK;

/* At least an eighth more of both (nodes want a tenth), and the price of the day if that is more. */
bool gas_price_bump(const struct fee_bounds *bounds, struct gas_price old, struct gas_price today,
                    struct gas_price *ret_price, struct err *err) MUST_CHECK;

/* The node's estimate and a fifth; ERR_OVERFLOW above the cap (an absurd estimate). */
bool gas_limit_choose(uint64_t estimate, uint64_t cap, uint64_t *ret_limit, struct err *err)
    MUST_CHECK;

#endif
