/* sign_evm.h: one transaction of an Ethereum-like chain, made from the fields of a request. */
#ifndef SIGNER_ACTIONS_SIGN_EVM_H
#define SIGNER_ACTIONS_SIGN_EVM_H

#include "chain/evm_tx.h"
#include "signer/actions/claim.h"
#include "signer/domain/approvals.h"

struct signer;

struct evm_request {
    const char *client;
    const char *purpose;
    struct evm_tx tx; /* chain id included */
    enum account account;
    uint32_t index;
    struct payment_claim payment;
    struct approvals approvals;
};

enum { EVM_TXID_SIZE = 67 };

/* Appends the raw transaction, bytes. ERR_FORBIDDEN: the policy; ERR_INVALID: no such transaction. */
bool sign_evm(struct signer *app, const struct evm_request *request, struct str *raw,
              char ret_txid[static EVM_TXID_SIZE], struct err *err) MUST_CHECK;

#endif
