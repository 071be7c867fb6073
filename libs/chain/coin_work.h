/*
 * coin_work.h: the proof of work of a header: what makes a chain that somebody invents cost as much as the real
 * one. Pure; any thread.
 *
 * X11 (Dash) is not computed: of such a chain only the form of the bits is looked at.
 */
#ifndef CHAIN_COIN_WORK_H
#define CHAIN_COIN_WORK_H

#include "base/err.h"
#include "chain/coin_params.h"
#include "chain/u256.h"

enum { COIN_HEADER_SIZE = 80 };

/* The number that a hash must not be above; false: no such bits (0, negative, too large). */
bool coin_target(uint32_t bits, struct u256 *ret_target) MUST_CHECK;

uint32_t coin_header_bits(const uint8_t header[static COIN_HEADER_SIZE]);

/* ERR_PROTOCOL: less than its bits say, or bits that the network does not have. */
bool coin_work_check(const struct coin_params *params,
                     const uint8_t header[static COIN_HEADER_SIZE], struct err *err) MUST_CHECK;

/* Whether a block of these bits may follow one of those: on main networks the work changes every 2,016
 * blocks, and falls to a quarter at most. Other networks have other rules. ERR_PROTOCOL. */
bool coin_bits_follow(const struct coin_params *params, uint64_t height, uint32_t bits_before,
                      uint32_t bits, struct err *err) MUST_CHECK;

#endif
