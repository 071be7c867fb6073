/* evm_call.h: what a call of an Ethereum-like chain pays, by its bytes. */
#ifndef SIGNER_ACTIONS_EVM_CALL_H
#define SIGNER_ACTIONS_EVM_CALL_H

#include "chain/bytes.h"
#include "chain/evm_address.h"
#include "signer/domain/order.h"

struct evm_call {
    struct evm_address to;
    struct u256 value;
    struct span data;
};

/* Whether it pays exactly this, of this asset: the native coin without data, or a token by nothing but
 * transfer(address,uint256). */
bool evm_call_compare(const struct evm_call *call, const struct payment *payment,
                      const char *contract, struct err *err) MUST_CHECK;

#endif
