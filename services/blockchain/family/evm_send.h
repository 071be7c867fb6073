/*
 * evm_send.h: what sending on an Ethereum-like chain asks of a node. Numbers come back exact; what is no
 * number is ERR_PROTOCOL. One thread, like the node.
 */
#ifndef BLOCKCHAIN_FAMILY_EVM_SEND_H
#define BLOCKCHAIN_FAMILY_EVM_SEND_H

#include "blockchain/family/family.h"
#include "chain/u256.h"

/* The transactions that the best chain has of an account: the next nonce as the chain sees it. */
bool evm_nonce(struct node *node, const char *address, uint64_t *ret_nonce, struct err *err)
    MUST_CHECK;
/* The same with those that wait in the pool of this node. */
bool evm_nonce_pending(struct node *node, const char *address, uint64_t *ret_nonce, struct err *err)
    MUST_CHECK;

struct evm_call {
    const char *from, *to;
    struct u256 value;
    const char *data; /* "0x..." */
};
/* ERR_NODE_REFUSED: it would be reverted. */
bool evm_estimate_gas(struct node *node, const struct evm_call *call, uint64_t *ret_gas,
                      struct err *err) MUST_CHECK;

/* The call data of transfer(address,uint256), as "0x" and 136 digits. */
enum { EVM_TRANSFER_DATA_SIZE = 2 + 8 + 128 + 1 };
void evm_transfer_data(const char *to, struct u256 units,
                       char ret_data[static EVM_TRANSFER_DATA_SIZE]);

#endif
