/*
 * approvals.h: four eyes. An approval is a JWS in general JSON form (token.h), signed by one or more
 * approvers of the policy, over a claim set with exp and jti, and what is approved:
 *
 *     {"iat":..,"exp":..,"jti":"..","payout_id":"withdraw-7","chain":"ltc-regtest","contract":"",
 *      "to":"rltc1...","units":"150000000"}
 *
 * chain is the policy's name of the chain, addresses are in any spelling that the chain knows. Who signed
 * twice counts once. An approval of one of our payments that says anything else than the payment is
 * refused, not passed over: somebody is being shown something else than what is paid. What is no JWS at all
 * (the notes of accounting's own approvals) is passed over.
 */
#ifndef SIGNER_DOMAIN_APPROVALS_H
#define SIGNER_DOMAIN_APPROVALS_H

#include "signer/domain/order.h"

struct approvals {
    const char *const *texts; /* documents */
    size_t count;
};

/* Whether the payments of the order that need it are approved by enough people. `is_due[i]` tells for which
 * payments it has to be asked (a replacement was approved when it was first signed). */
bool judge_approvals(const struct policy *policy, const struct order *order,
                     const struct policy_rule *rule, const struct approvals *approvals,
                     const bool *is_due, int64_t now_us, struct err *err) MUST_CHECK;

#endif
