/*
 * judge.h: what the policy says of one order. Pure: sums and payouts of before are handed in.
 *
 * The first rule that is broken is the answer, in the order of this header.
 */
#ifndef SIGNER_DOMAIN_JUDGE_H
#define SIGNER_DOMAIN_JUDGE_H

#include "signer/domain/order.h"

/* The rule for the order's asset and purpose, whose accounts it spends from. */
bool judge_rule(const struct order *order, const struct policy_rule **ret_rule, struct err *err)
    MUST_CHECK;
/* Each payment alone: amount and destination; and that no payout is there twice. */
bool judge_payments(const struct order *order, const struct policy_rule *rule, struct err *err)
    MUST_CHECK;
/* `fees_before`: of the last 24 hours. */
bool judge_fee(const struct order *order, struct u256 fees_before, struct err *err) MUST_CHECK;
/* `before`: of the rule, in the last 24 hours; `units`: what comes to it now. */
bool judge_day(const struct order *order, const struct policy_rule *rule, struct u256 before,
               struct u256 units, struct err *err) MUST_CHECK;
/* What the payouts of before say; refused verdicts become errors. */
bool judge_verdict(const struct payment *payment, enum spend_verdict verdict, struct err *err)
    MUST_CHECK;

#endif
