/* bitcoin_coins.h: what a node of a Bitcoin-like chain says of single coins, many in one request. */
#ifndef BLOCKCHAIN_FAMILY_BITCOIN_COINS_H
#define BLOCKCHAIN_FAMILY_BITCOIN_COINS_H

#include "blockchain/family/family.h"

bool bitcoin_coins(struct node *node, const struct coin_asked *coins, size_t count,
                   const char *hash, char (*ret_units)[CHAIN_UNITS_SIZE], struct err *err)
    MUST_CHECK;

#endif
