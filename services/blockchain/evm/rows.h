/*
 * rows.h: what the readers of answers.h share. Not for others.
 */
#ifndef BLOCKCHAIN_EVM_ROWS_H
#define BLOCKCHAIN_EVM_ROWS_H

#include "blockchain/evm/answers.h"

/* Room for one more row; false: EVM_ROWS_MAX, or no memory. */
bool evm_row_grow(void **rows, size_t count, size_t *capacity, size_t size) MUST_CHECK;

/* The next value, of this form; else the cursor fails. */
void evm_pull_quantity(struct json_pull *pull, struct u256 *ret_number);
void evm_pull_u64(struct json_pull *pull, uint64_t *ret_number);
void evm_pull_hash(struct json_pull *pull, struct evm_hash *ret_hash);
void evm_pull_address(struct json_pull *pull, struct evm_address *ret_address);

/* ERR_PROTOCOL with the problem of the cursor, if it has one. */
bool evm_pull_verdict(const struct json_pull *pull, const char *what, struct err *err) MUST_CHECK;

#endif
