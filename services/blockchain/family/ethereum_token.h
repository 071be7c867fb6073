/*
 * ethereum_token.h: whether a token delivers what its logs say (W-05). A token that keeps a fee, or whose balances move by
 * themselves, tells more than arrives, and a deposit of it would be credited with coins that are not there.
 */
#ifndef BLOCKCHAIN_FAMILY_ETHEREUM_TOKEN_H
#define BLOCKCHAIN_FAMILY_ETHEREUM_TOKEN_H

#include "blockchain/family/family.h"

enum { TOKEN_LOOK_BLOCKS = 24, TOKEN_SAMPLES_MAX = 3 };

/* Compares transfers of the last blocks with the balances before and behind them. ERR_INVALID: something else
 * arrived, the story says what. ret_samples 0: there was nothing to compare. `contract` in lower case. */
bool ethereum_token_try(struct node *node, const char *contract, unsigned *ret_samples,
                        struct err *err) MUST_CHECK;

#endif
