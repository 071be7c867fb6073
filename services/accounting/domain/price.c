#include "accounting/domain/price.h"

#include "accounting/domain/units.h"

bool price_rule_parse(const char *min_volume, const char *max_change, struct price_rule *ret_rule,
                      struct err *err)
{
    struct price_rule rule;
    if (!dec_parse(min_volume, &rule.min_volume) || dec_is_negative(rule.min_volume))
        return err_set(err, ERR_CONFIG, "PRICE_MIN_VOLUME is no amount: %s", min_volume);
    if (!dec_parse(max_change, &rule.max_change) || !dec_is_positive(rule.max_change) ||
        dec_cmp(rule.max_change, dec_from_i64(1)) >= 0)
        return err_set(err, ERR_CONFIG, "PRICE_MAX_CHANGE is no share between 0 and 1: %s",
                       max_change);
    *ret_rule = rule;
    return true;
}

enum price_step price_next(const struct price_rule *rule, struct dec price,
                           const struct price_turnover *turnover, struct dec *ret_price)
{
    struct dec average, most, low, high;
    if (!dec_is_positive(price) || !dec_is_positive(turnover->amount) ||
        dec_cmp(turnover->total, rule->min_volume) < 0 ||
        !dec_div(turnover->total, turnover->amount, DEC_DOWN, &average) ||
        !dec_is_positive(average) || dec_cmp(average, price) == 0 ||
        !dec_mul(price, rule->max_change, DEC_DOWN, &most) || !dec_sub(price, most, &low) ||
        !dec_add(price, most, &high) || dec_is_zero(most))
        return PRICE_KEPT;
    bool is_bounded = dec_cmp(average, low) < 0 || dec_cmp(average, high) > 0;
    *ret_price = dec_cmp(average, low) < 0 ? low : dec_min(average, high);
    return is_bounded ? PRICE_BOUNDED : PRICE_MOVED;
}

bool price_amount(struct dec value, struct dec price, int precision, int64_t base_factor,
                  struct dec *ret_amount)
{
    struct dec amount;
    int digits = units_decimals(base_factor) < precision ? units_decimals(base_factor) : precision;
    assert(precision >= 0 && precision <= DEC_SCALE);
    if (!dec_is_positive(value) || !dec_is_positive(price) ||
        !dec_div(value, price, DEC_DOWN, &amount) ||
        !dec_round_to(amount, (unsigned)digits, DEC_DOWN, &amount) || dec_is_zero(amount))
        return false;
    *ret_amount = amount;
    return true;
}
