/* chain_evm.h: the part of bench_chain about blocks of Ethereum-like chains. */
#ifndef TESTS_BENCH_CHAIN_EVM_H
#define TESTS_BENCH_CHAIN_EVM_H

#include <stdint.h>

/* Prints a line: one block of so many transactions and as many logs, beside `watched` accounts. */
void chain_evm_block(uint32_t transactions, uint32_t watched, uint32_t ours_every, int64_t run_us);

#endif
