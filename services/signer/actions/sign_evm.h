/*
 * sign_evm.h: one transaction of an Ethereum-like chain, made from the fields of a request.
 *
 * It may carry a transaction of a Safe contract wallet with the signatures of its owners: then the payment
 * is what the Safe pays, and this account pays the gas alone. The Safe takes each of its numbers once, so
 * however many transactions carry it, it is one spend, with the owner's signature of sign_safe.h.
 */
#ifndef SIGNER_ACTIONS_SIGN_EVM_H
#define SIGNER_ACTIONS_SIGN_EVM_H

#include "chain/evm_tx.h"
#include "signer/actions/claim.h"
#include "signer/domain/approvals.h"
#include "signer/domain/safe.h"

struct signer;

struct evm_request {
    const char *client;
    const char *purpose;
    struct evm_tx tx; /* chain id included */
    enum account account;
    uint32_t index;
    struct payment_claim payment;
    struct approvals approvals;
    const struct safe_tx *safe; /* NULL: none; `to` is the Safe, and the data follow from it */
    struct span safe_signatures;
};

enum { EVM_TXID_SIZE = 67 };

/* Appends the raw transaction, bytes. ERR_FORBIDDEN: the policy; ERR_INVALID: no such transaction. */
bool sign_evm(struct signer *app, const struct evm_request *request, struct str *raw,
              char ret_txid[static EVM_TXID_SIZE], struct err *err) MUST_CHECK;

#endif
