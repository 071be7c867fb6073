/*
 * sign_safe.h: our signature, as an owner, under a transaction of a Safe contract wallet. The Safe must be
 * listed by the policy. What it costs to send is the matter of whoever sends it: anybody may.
 */
#ifndef SIGNER_ACTIONS_SIGN_SAFE_H
#define SIGNER_ACTIONS_SIGN_SAFE_H

#include "signer/actions/claim.h"
#include "signer/domain/approvals.h"
#include "signer/domain/safe.h"

struct signer;

struct safe_request {
    const char *client, *purpose;
    struct safe_tx tx;
    enum account account; /* our owner key */
    uint32_t index;
    struct payment_claim payment;
    struct approvals approvals;
    const struct span *others; /* signatures of other owners, SAFE_SIGNATURE_SIZE bytes each */
    size_t others_count;       /* below SAFE_OWNERS_MAX */
};

struct safe_answer {
    char digest[67];
    struct evm_address owner;
    uint8_t signature[SAFE_SIGNATURE_SIZE];
    struct str signatures; /* all, packed */
    struct str call;       /* execTransaction() with them */
};

void safe_answer_release(struct safe_answer *answer);

/* Fills `answer`, which the caller releases in any case. A signature of another owner that is of nobody is
 * ERR_INVALID; who the owners are knows the contract. */
bool sign_safe(struct signer *app, const struct safe_request *request, struct safe_answer *answer,
               struct err *err) MUST_CHECK;

#endif
