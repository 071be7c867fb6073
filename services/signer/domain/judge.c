#include "signer/domain/judge.h"

#include <stdlib.h>
#include <string.h>

bool judge_rule(const struct order *order, const struct policy_rule **ret_rule, struct err *err)
{
    const struct policy_rule *rule = policy_rule(order->chain, order->purpose, order->contract);
    if (!rule)
        return refuse(err, RULE_KEY("unlisted"), "%s of %s on %s is not listed",
                      purpose_text(order->purpose),
                      order->contract[0] ? order->contract : "the native coin", order->chain->name);
    if (order->from == 0 || (order->from & ~rule->from))
        return refuse(err, RULE_KEY("account"), "%s may not spend from these accounts",
                      purpose_text(order->purpose));
    *ret_rule = rule;
    return true;
}

static bool is_listed(const struct policy_rule *rule, const char *address)
{
    for (size_t i = 0; i < rule->to_count; i++)
        if (strcmp(rule->to[i], address) == 0)
            return true;
    return false;
}

static bool judge_payment(const struct payment *payment, const struct policy_rule *rule,
                          struct err *err)
{
    char units[U256_TEXT_SIZE], most[U256_TEXT_SIZE];
    bool is_fill = rule->purpose == PURPOSE_FILL;
    if (u256_is_zero(payment->units) != is_fill)
        return refuse(err, RULE_KEY("payment_empty"), "%s pays %s", payment->payout_id,
                      is_fill ? "something" : "nothing");
    if (u256_cmp(payment->units, rule->payment_max) > 0)
        return refuse(err, RULE_KEY("payment_max"), "%s: %s is above %s", payment->payout_id,
                      u256_text(payment->units, units), u256_text(rule->payment_max, most));
    if (rule->to_any || (payment->is_own && (rule->to_own & (1u << payment->own_account))) ||
        is_listed(rule, payment->to))
        return true;
    return refuse(err, RULE_KEY("destination"), "%s: %s is not listed for %s", payment->payout_id,
                  payment->to, purpose_text(rule->purpose));
}

static int by_payout(const void *a, const void *b)
{
    const struct payment *const *one = a, *const *other = b;
    return strcmp((*one)->payout_id, (*other)->payout_id);
}

bool judge_payments(const struct order *order, const struct policy_rule *rule, struct err *err)
{
    const struct payment *sorted[PAYMENTS_MAX];
    assert(order->payments_count > 0 && order->payments_count <= PAYMENTS_MAX);
    for (size_t i = 0; i < order->payments_count; i++) {
        if (!judge_payment(&order->payments[i], rule, err))
            return false;
        sorted[i] = &order->payments[i];
    }
    qsort(sorted, order->payments_count, sizeof(sorted[0]), by_payout);
    for (size_t i = 1; i < order->payments_count; i++)
        if (strcmp(sorted[i - 1]->payout_id, sorted[i]->payout_id) == 0)
            return refuse(err, RULE_KEY("payout_twice"), "%s is paid twice", sorted[i]->payout_id);
    return true;
}

/* a + b <= most */
static bool fits(struct u256 a, struct u256 b, struct u256 most)
{
    struct u256 sum;
    return u256_add(a, b, &sum) && u256_cmp(sum, most) <= 0;
}

bool judge_fee(const struct order *order, struct u256 fees_before, struct err *err)
{
    char fee[U256_TEXT_SIZE], most[U256_TEXT_SIZE];
    const struct policy_chain *chain = order->chain;
    if (u256_cmp(order->fee, chain->fee_max) > 0)
        return refuse(err, RULE_KEY("fee_max"), "a fee of %s is above %s",
                      u256_text(order->fee, fee), u256_text(chain->fee_max, most));
    if (!fits(fees_before, order->fee, chain->fee_day_max))
        return refuse(err, RULE_KEY("fee_day_max"), "a fee of %s, and the fees of 24 hours, %s",
                      u256_text(order->fee, fee), u256_text(fees_before, most));
    return true;
}

bool judge_day(const struct order *order, const struct policy_rule *rule, struct u256 before,
               struct u256 units, struct err *err)
{
    char now[U256_TEXT_SIZE], then[U256_TEXT_SIZE];
    return fits(before, units, rule->day_max) ||
           refuse(err, RULE_KEY("day_max"), "%s of %s, and %s in the last 24 hours",
                  u256_text(units, now), order->chain->name, u256_text(before, then));
}

bool judge_verdict(const struct payment *payment, enum spend_verdict verdict, struct err *err)
{
    switch (verdict) {
    case SPEND_NEW:
    case SPEND_AGAIN:
    case SPEND_REPLACES:
        return true;
    case SPEND_DIFFERS:
        return refuse(err, RULE_KEY("payout_differs"),
                      "%s was signed for another destination, or for less", payment->payout_id);
    case SPEND_SECOND:
        return refuse(err, RULE_KEY("payout_second"),
                      "%s: this and a transaction of before could both be mined",
                      payment->payout_id);
    case SPEND_TX_AGAIN:
        return refuse(err, RULE_KEY("tx_again"),
                      "%s: the transaction was signed for other payouts, or with other values",
                      payment->payout_id);
    case SPEND_CLOSED:
        return refuse(err, RULE_KEY("payout_closed"), "%s was signed long ago", payment->payout_id);
    }
    return refuse(err, RULE_KEY("payout_second"), "%s", payment->payout_id);
}
