/*
 * ethereum.h: what only Ethereum-like chains have, beside the table of functions of family.h: nonces, gas,
 * contracts, receipts. Errors and threads as there.
 */
#ifndef BLOCKCHAIN_FAMILY_ETHEREUM_H
#define BLOCKCHAIN_FAMILY_ETHEREUM_H

#include "blockchain/family/family.h"

enum { ETHEREUM_PLAIN_GAS = 21000, ETHEREUM_DATA_HEX_MAX = 8192 };

extern const struct family family_ethereum;

/* The next nonce of an address: of what is mined, or (`with_pool`) after all that the node knows. */
bool ethereum_nonce(struct node *node, const char *address, bool with_pool, uint64_t *ret_nonce,
                    struct err *err) MUST_CHECK;

struct ethereum_call {
    const char *from, *to;
    const char *units; /* decimal, of the native coin; NULL: 0 */
    const char *data;  /* "0x..."; NULL: none */
};
/* ERR_NODE_REFUSED: it would fail; the story has the node's reason. */
bool ethereum_estimate_gas(struct node *node, const struct ethereum_call *call, uint64_t *ret_gas,
                           struct err *err) MUST_CHECK;

/* Whether there is code at the address. */
bool ethereum_is_contract(struct node *node, const char *address, bool *ret_is_contract,
                          struct err *err) MUST_CHECK;

/* What a token says of itself (W-09). ERR_INVALID: no contract there, or no ERC-20: the story says what. */
bool ethereum_asset_read(struct node *node, const char *contract, struct chain_asset_said *ret_said,
                         struct err *err) MUST_CHECK;

/* Balances of many at one height, by batched calls. `contract` "": native. ERR_GONE: no state of that block. */
bool ethereum_balances(struct node *node, const char *const *addresses, size_t count,
                       const char *contract, uint64_t height, char (*ret_units)[CHAIN_UNITS_SIZE],
                       struct err *err) MUST_CHECK;

/* family.h's balance. */
bool ethereum_balance(struct node *node, const char *address, const char *contract,
                      char ret_units[static CHAIN_UNITS_SIZE], struct err *err) MUST_CHECK;

struct ethereum_receipt {
    bool is_success;
    uint64_t height;
    char block_hash[CHAIN_HASH_SIZE];
    uint64_t gas_used;
    char fee_units[CHAIN_UNITS_SIZE];
    char contract[CHAIN_CONTRACT_SIZE]; /* that it made; "" none */
};
/* ERR_NOT_FOUND: not mined, or the node has not written it yet. */
bool ethereum_receipt_read(struct node *node, const char *txid,
                           struct ethereum_receipt *ret_receipt, struct err *err) MUST_CHECK;

#endif
