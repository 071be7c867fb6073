#include "signer/domain/approvals.h"

#include <string.h>

#include "json/read.h"

enum { CLOCK_LEEWAY_S = 60 };

DEFINE_AUTO(cJSON, cJSON_Delete);

static struct payment *payment_find(const struct order *order, const char *payout_id)
{
    for (size_t i = 0; i < order->payments_count; i++)
        if (strcmp(order->payments[i].payout_id, payout_id) == 0)
            return &order->payments[i];
    return NULL;
}

/* The canonical form of "" is "". */
static bool contract_is(const struct order *order, const char *text)
{
    char canonical[POLICY_ADDRESS_SIZE];
    struct err err;
    if (text[0] == '\0' || order->contract[0] == '\0')
        return strcmp(text, order->contract) == 0;
    return policy_address(order->chain, text, canonical, &err) &&
           strcmp(canonical, order->contract) == 0;
}

static bool says(const cJSON *root, const struct order *order, const struct payment *payment)
{
    const char *chain = json_member_text(root, "chain"), *to = json_member_text(root, "to");
    const char *contract = json_member_text(root, "contract");
    const char *amount = json_member_text(root, "units");
    char canonical[POLICY_ADDRESS_SIZE];
    struct u256 units;
    struct err err;
    return chain && to && contract && amount && strcmp(chain, order->chain->name) == 0 &&
           contract_is(order, contract) && policy_address(order->chain, to, canonical, &err) &&
           strcmp(canonical, payment->to) == 0 && u256_parse(amount, &units) &&
           u256_cmp(units, payment->units) == 0;
}

/* Adds who signed it to the approvers of its payment. */
static bool document_read(const struct policy *policy, const struct order *order, const char *text,
                          int64_t now_us, uint32_t *signers, struct err *err)
{
    static const struct token_rules rules = {.leeway_s = 0,
                                             .issued_at_leeway_s = CLOCK_LEEWAY_S,
                                             .expiry_required = true,
                                             .jti_required = true};
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    AUTO_FREE(cJSON_Delete) cJSON *root = NULL;
    struct err why;
    uint32_t signed_by;
    if (!token_verify_general(policy->approver_keys, policy->approvers, &rules, now_us, text,
                              strlen(text), &signed_by, &json, &why))
        return why.code == ERR_BODY_INVALID ||
               refuse(err, RULE_KEY("approval_invalid"), "an approval does not verify");
    if (!json_read(str_data(&json), json.length, &root, err))
        return refuse(err, RULE_KEY("approval_invalid"), "an approval is no JSON");
    const char *payout_id = json_member_text(root, "payout_id");
    struct payment *payment = payout_id ? payment_find(order, payout_id) : NULL;
    if (!payment)
        return refuse(err, RULE_KEY("approval_differs"), "an approval of no payout of this one");
    if (!says(root, order, payment))
        return refuse(err, RULE_KEY("approval_differs"), "%s: something else was approved",
                      payment->payout_id);
    signers[payment - order->payments] |= signed_by;
    return true;
}

bool judge_approvals(const struct policy *policy, const struct order *order,
                     const struct policy_rule *rule, const struct approvals *approvals,
                     const bool *is_due, int64_t now_us, struct err *err)
{
    uint32_t signers[PAYMENTS_MAX] = {0};
    bool any = false;
    for (size_t i = 0; i < order->payments_count; i++)
        any |= rule->has_approve_above && is_due[i] &&
               u256_cmp(order->payments[i].units, rule->approve_above) > 0;
    if (!any)
        return true;
    for (size_t i = 0; i < approvals->count; i++)
        if (!document_read(policy, order, approvals->texts[i], now_us, signers, err))
            return false;
    for (size_t i = 0; i < order->payments_count; i++) {
        const struct payment *payment = &order->payments[i];
        unsigned count = (unsigned)__builtin_popcount(signers[i]);
        if (is_due[i] && u256_cmp(payment->units, rule->approve_above) > 0 &&
            count < policy->four_eyes)
            return refuse(err, RULE_KEY("approvals"), "%s has %u approvals of %u",
                          payment->payout_id, count, policy->four_eyes);
    }
    return true;
}
