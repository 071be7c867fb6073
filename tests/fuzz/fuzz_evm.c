/*
 * Any bytes as the answer of an Ethereum-like node: the first byte says to which question. Whatever it is,
 * it is read or refused; what is read keeps the invariants that callers rely on.
 */
#include <stdlib.h>
#include <string.h>

#include "blockchain/evm/answers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Half of all addresses are ours. */
static bool is_ours(void *user, const struct evm_address *address)
{
    (void)user;
    return address->bytes[EVM_ADDRESS_SIZE - 1] % 2 == 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct evm_watch watch = {is_ours, NULL};
    struct evm_hash block_hash;
    struct evm_block block;
    struct evm_logs logs;
    struct evm_receipt receipt;
    struct evm_inners inners;
    struct u256 fee;
    struct json_pull pull;
    struct err err;

    if (size == 0)
        return 0;
    memset(block_hash.bytes, 0xaa, sizeof(block_hash.bytes));
    json_pull_init(&pull, (const char *)data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        if (evm_read_block(&pull, &watch, &block, &err)) {
            assert(block.payments_count <= block.transactions);
            evm_block_release(&block);
        }
        break;
    case 1:
        if (evm_read_logs(&pull, &block_hash, &watch, &logs, &err)) {
            for (size_t i = 0; i < logs.count; i++)
                assert(is_ours(NULL, &logs.rows[i].to) || is_ours(NULL, &logs.rows[i].from));
            evm_logs_release(&logs);
        }
        break;
    case 2:
        if (evm_read_receipt(&pull, &receipt, &err) && evm_receipt_fee(&receipt, &fee))
            assert(receipt.gas_used > 0 || u256_cmp(fee, receipt.extra_fee) == 0);
        break;
    default:
        if (evm_read_traces(&pull, &watch, &inners, &err)) {
            for (size_t i = 0; i < inners.count; i++)
                assert(is_ours(NULL, &inners.rows[i].to) && !u256_is_zero(inners.rows[i].value));
            evm_inners_release(&inners);
        }
        break;
    }
    return 0;
}
