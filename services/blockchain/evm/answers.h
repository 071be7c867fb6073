/*
 * answers.h: what nodes of Ethereum's kind answer, decoded: blocks, logs, receipts, traces, quantities.
 *
 * A node is not believed to be well: every field has its exact form and length, and an answer that lacks
 * one is refused as a whole (ERR_PROTOCOL), never guessed. What only looks odd but is possible on a chain
 * (a Transfer log with the wrong topics) is no error: it is counted and left out.
 *
 * The readers go over the text once and keep only what touches the addresses that `watch` knows. Lists
 * are bounded by EVM_ROWS_MAX. Pure; any thread; the caller owns what is filled and releases it.
 */
#ifndef BLOCKCHAIN_EVM_ANSWERS_H
#define BLOCKCHAIN_EVM_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "chain/evm_address.h"
#include "chain/u256.h"
#include "json/pull.h"

enum {
    EVM_HASH_SIZE = 32,
    EVM_ROWS_MAX = 100000,     /* of one block: a block of the largest chains has some thousands */
    EVM_CALLS_DEPTH_MAX = 1030 /* the machine itself stops at 1,024 */
};

struct evm_hash {
    uint8_t bytes[EVM_HASH_SIZE];
};

/* Which addresses are ours. */
struct evm_watch {
    bool (*has)(void *user, const struct evm_address *address);
    void *user;
};

/* ---- single values; false: not of this form ---- */

bool evm_read_quantity(struct json_slice text, struct u256 *ret_number) MUST_CHECK; /* "0x1f" */
bool evm_read_u64(struct json_slice text, uint64_t *ret_number) MUST_CHECK;
bool evm_read_hash(struct json_slice text, struct evm_hash *ret_hash) MUST_CHECK;
bool evm_read_address(struct json_slice text, struct evm_address *ret_address) MUST_CHECK;
bool evm_read_word(struct json_slice text, struct u256 *ret_number)
    MUST_CHECK; /* exactly 32 bytes */
bool evm_hash_equal(const struct evm_hash *a, const struct evm_hash *b);

/* ---- a block, with its transactions or (second argument false) only their ids ---- */

/* A transaction that moves coins to one of ours, or out of one. */
struct evm_payment {
    struct evm_hash txid;
    struct evm_address from, to;
    struct u256 value;
    uint64_t nonce;
    uint32_t position; /* in the block */
    bool is_to_us, is_from_us, is_creation;
};

struct evm_block {
    uint64_t number, time, gas_used;
    struct evm_hash hash, parent;
    struct u256 base_fee;
    bool has_base_fee; /* false: a chain without EIP-1559 */
    size_t transactions;
    struct evm_payment *payments;
    size_t payments_count, payments_capacity;
};

/* `result` stands at the value; null is ERR_NOT_FOUND: the node does not have that block (yet). */
bool evm_read_block(struct json_pull *result, const struct evm_watch *watch,
                    struct evm_block *ret_block, struct err *err) MUST_CHECK;
void evm_block_release(struct evm_block *block);

/* ---- logs: result of eth_getLogs for the topic Transfer(address,address,uint256) ---- */

struct evm_log {
    struct evm_hash txid, block;
    struct evm_address contract, from, to;
    struct u256 value;
    uint64_t index; /* in the block */
};

struct evm_logs {
    struct evm_log *rows;
    size_t count, capacity;
    size_t odd; /* Transfer logs with other topics or data than an ERC-20's: NFTs, and mischief */
};

/* Those to and from watched addresses. Every log must be of this block. */
bool evm_read_logs(struct json_pull *result, const struct evm_hash *block,
                   const struct evm_watch *watch, struct evm_logs *ret_logs, struct err *err)
    MUST_CHECK;
void evm_logs_release(struct evm_logs *logs);

/* ---- a receipt: result of eth_getTransactionReceipt ---- */

struct evm_receipt {
    struct evm_hash txid, block;
    uint64_t height, position, gas_used;
    struct u256 gas_price; /* effective; 0 when the node does not say */
    struct u256 extra_fee; /* l1Fee of roll-ups */
    struct evm_address contract;
    bool is_success, has_contract;
    uint64_t first_log; /* index in the block of its first log */
    size_t logs;        /* how many it has */
};

/* null: ERR_NOT_FOUND, for a moment after a block as well: ask again. */
bool evm_read_receipt(struct json_pull *result, struct evm_receipt *ret_receipt, struct err *err)
    MUST_CHECK;
/* What its sender paid. False: the numbers are absurd. */
bool evm_receipt_fee(const struct evm_receipt *receipt, struct u256 *ret_fee) MUST_CHECK;

/* ---- traces: result of debug_traceBlockByHash with callTracer ---- */

/* What one of ours got by calls inside of one transaction, all of them together: its place among the
 * calls would depend on the node's version, the sum does not. */
struct evm_inner {
    struct evm_hash txid;
    struct evm_address to, from; /* from: of the first of these calls */
    struct u256 value;
};

struct evm_inners {
    struct evm_inner *rows;
    size_t count, capacity;
    size_t traced;   /* transactions that were in the answer: must be all of the block */
    size_t untraced; /* of them: those of which the node says an error instead */
};

/* Frames that failed, and everything below them, never were. A trace without its
 * `txHash` is refused: nodes that old can't be used for them. */
bool evm_read_traces(struct json_pull *result, const struct evm_watch *watch,
                     struct evm_inners *ret_inners, struct err *err) MUST_CHECK;
void evm_inners_release(struct evm_inners *inners);

#endif
