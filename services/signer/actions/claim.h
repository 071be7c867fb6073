/*
 * claim.h: what a request says that a transaction pays. It is compared with what the transaction says
 * itself; only that it is "ours" (account, index) is derived again.
 */
#ifndef SIGNER_ACTIONS_CLAIM_H
#define SIGNER_ACTIONS_CLAIM_H

#include "chain/u256.h"
#include "signer/domain/order.h"

struct signer;

struct payment_claim {
    const char *payout_id, *contract, *to;
    struct u256 units;
    bool has_place; /* the destination is ours: */
    enum account account;
    uint32_t index;
};

/* The chain of the policy. */
bool claim_chain(const struct signer *app, const char *client, const char *network,
                 const struct policy_chain **ret_chain, struct err *err) MUST_CHECK;

/* Checks the texts, makes addresses canonical, derives what is said to be ours. */
bool claim_read(struct signer *app, const struct policy_chain *chain,
                const struct payment_claim *claim, struct payment *ret_payment, struct err *err)
    MUST_CHECK;
/* "" or canonical. */
bool claim_contract(const struct policy_chain *chain, const char *contract,
                    char ret_contract[static POLICY_ADDRESS_SIZE], struct err *err) MUST_CHECK;

#endif
