/*
 * erc20.h: what we say to tokens and believe of them, in the contract ABI.
 *
 * Tokens are programs of strangers. A Transfer log counts only in exactly the standard's form: three
 * topics, 32 bytes of data, addresses without anything in their upper bytes; everything else is
 * refused. Whether the log is of the right contract is the caller's to look at. Pure; any thread.
 */
#ifndef CHAIN_ERC20_H
#define CHAIN_ERC20_H

#include "base/err.h"
#include "chain/bytes.h"
#include "chain/evm_address.h"
#include "chain/u256.h"

enum {
    ABI_WORD_SIZE = 32,
    ABI_SELECTOR_SIZE = 4,
    ERC20_TRANSFER_SIZE = ABI_SELECTOR_SIZE + 2 * ABI_WORD_SIZE,
    ERC20_SYMBOL_SIZE = 33,
    ERC20_TRANSFER_TOPICS = 3
};

/* keccak256("Transfer(address,address,uint256)"), the first topic; and as text for eth_getLogs. */
extern const uint8_t erc20_transfer_topic[ABI_WORD_SIZE];
#define ERC20_TRANSFER_TOPIC_TEXT                                                                  \
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"

struct erc20_transfer {
    struct evm_address from;
    struct evm_address to;
    struct u256 units; /* 0 is a transfer as well: the caller decides (address poisoning) */
};

/* ---- calls ---- */

void erc20_transfer_write(struct evm_address to, struct u256 units,
                          uint8_t ret_data[static ERC20_TRANSFER_SIZE]);
/* False: it is not exactly transfer(address,uint256). */
bool erc20_transfer_parse(struct span data, struct evm_address *ret_to, struct u256 *ret_units)
    MUST_CHECK;

/* ---- what they return ---- */

/* balanceOf, totalSupply: exactly one word. */
bool erc20_units_parse(struct span data, struct u256 *ret_units) MUST_CHECK;
/* 0..U256_POWER_OF_10_MAX; more can't be an amount of ours. */
bool erc20_decimals_parse(struct span data, unsigned *ret_decimals) MUST_CHECK;
/* A string, or bytes32 as old tokens have it. At most 32 printable ASCII characters, no blanks. */
bool erc20_symbol_parse(struct span data, char ret_symbol[static ERC20_SYMBOL_SIZE]) MUST_CHECK;

/* ---- logs ---- */

/* False: not a Transfer in the standard's form; `err` says what is odd about it. */
bool erc20_log_parse(const uint8_t (*topics)[ABI_WORD_SIZE], size_t topics_count, struct span data,
                     struct erc20_transfer *ret_transfer, struct err *err) MUST_CHECK;

/* ---- words ---- */

void abi_address_write(struct evm_address address, uint8_t ret_word[static ABI_WORD_SIZE]);
/* False: something is set in the upper 12 bytes. */
bool abi_address_parse(const uint8_t word[static ABI_WORD_SIZE], struct evm_address *ret_address)
    MUST_CHECK;

#endif
