#include "accounting/domain/withdraw_limit.h"

#include <stdio.h>
#include <string.h>

enum { WEIGHT_LEVEL = 10, WEIGHT_GROUP = 1 };

static int word_weight(const char *word, const char *own, int weight)
{
    if (strcmp(word, "any") == 0)
        return 0;
    return strcmp(word, own) == 0 ? weight : -1;
}

int withdraw_limit_weight(const struct withdraw_limit_rule *rule, const char *group, int level)
{
    char own[16];
    snprintf(own, sizeof(own), "%d", level);
    int by_level = word_weight(rule->kyc_level, own, WEIGHT_LEVEL);
    int by_group = word_weight(rule->group, group, WEIGHT_GROUP);
    return by_level < 0 || by_group < 0 ? -1 : by_level + by_group;
}

enum withdraw_verdict withdraw_limit_judge(const struct withdraw_limit_rule *rule,
                                           const struct withdraw_sums *sums)
{
    if (!rule || (dec_is_zero(rule->limit_24_hour) && dec_is_zero(rule->limit_1_month)))
        return VERDICT_WITHIN;
    if (sums->price_unknown)
        return VERDICT_PRICE_UNKNOWN;
    if (dec_cmp(sums->last_24_hours, rule->limit_24_hour) > 0)
        return VERDICT_ABOVE_24_HOURS;
    if (dec_cmp(sums->last_1_month, rule->limit_1_month) > 0)
        return VERDICT_ABOVE_1_MONTH;
    return VERDICT_WITHIN;
}

const char *withdraw_verdict_word(enum withdraw_verdict verdict)
{
    switch (verdict) {
    case VERDICT_WITHIN:
        return NULL;
    case VERDICT_ABOVE_24_HOURS:
        return "limit_24_hour";
    case VERDICT_ABOVE_1_MONTH:
        return "limit_1_month";
    case VERDICT_PRICE_UNKNOWN:
        break;
    }
    return "price_unknown";
}

static bool add_value(struct dec *slot, struct dec price, struct dec sum)
{
    struct dec value;
    return dec_mul(sum, price, DEC_UP, &value) && dec_add(*slot, value, slot);
}

bool withdraw_sums_add(struct withdraw_sums *sums, struct dec price, struct dec sum_24_hours,
                       struct dec sum_1_month)
{
    if (!dec_is_positive(price)) {
        sums->price_unknown = true;
        return true;
    }
    return add_value(&sums->last_24_hours, price, sum_24_hours) &&
           add_value(&sums->last_1_month, price, sum_1_month);
}
