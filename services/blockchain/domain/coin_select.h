/*
 * coin_select.h: which unspent outputs pay for a transaction of a Bitcoin-like chain.
 *
 * Amounts are the smallest unit, sizes virtual bytes, rates units per 1,000 virtual bytes. A choice
 * always adds up: inputs = outputs + change + fee, with fee >= the rate times the size. Change below
 * `dust` is not made; it goes to the fee.
 *
 *     struct coin_need need = {.outputs = 90000, .base_vsize = 73, .rate = 2000, .change_vsize = 31,
 *                              .dust = 546, .input_vsize = 68};
 *     if (!coins_choose(coins, count, &need, &choice, err)) ...       // ERR_FUNDS_INSUFFICIENT
 *     for (size_t i = 0; i < choice.count; i++) use(&coins[choice.index[i]]);
 *
 * Tries first for a sum without change (a bounded branch and bound: cheaper now and later, and it ends
 * dust), then takes the largest first, which needs the fewest inputs. Deterministic. Coins are those of
 * one kind of script (one input size). Pure; any thread.
 */
#ifndef BLOCKCHAIN_DOMAIN_COIN_SELECT_H
#define BLOCKCHAIN_DOMAIN_COIN_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    COIN_INPUTS_MAX = 200,  /* of one transaction: 14,000 virtual bytes */
    COIN_TRIES_MAX = 20000, /* of the search for a sum without change */
};

struct coin_need {
    uint64_t outputs;      /* the sum of the payments */
    uint64_t rate;         /* fee */
    uint64_t dust;         /* the least that change may be */
    uint32_t base_vsize;   /* the transaction with its payments, without inputs and change */
    uint32_t input_vsize;  /* of each input */
    uint32_t change_vsize; /* of the change output */
};

struct coin_choice {
    size_t index[COIN_INPUTS_MAX]; /* into the coins that were given */
    size_t count;
    uint64_t inputs, change, fee;
    uint32_t vsize;
};

/* `units` are sorted from the largest down. ERR_FUNDS_INSUFFICIENT: they don't pay for it, or it would
 * take more inputs than COIN_INPUTS_MAX. */
bool coins_choose(const uint64_t *units, size_t count, const struct coin_need *need,
                  struct coin_choice *ret_choice, struct err *err) MUST_CHECK;

#endif
