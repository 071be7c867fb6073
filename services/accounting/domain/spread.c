#include "accounting/domain/spread.h"

static struct dec room_of(const struct spread_wallet *wallet, bool is_last)
{
    /* The last one takes what nobody else does: it counts as empty. */
    struct dec balance = is_last ? DEC_ZERO : wallet->balance;
    return (struct dec){wallet->maximum.units - balance.units};
}

void spread_over(const struct spread_wallet *wallets, size_t count, struct dec amount,
                 struct dec minimum, struct dec *ret_portions)
{
    struct dec left = amount, sum = DEC_ZERO;
    size_t last = count - 1;
    assert(count > 0 && count <= SPREAD_WALLETS_MAX);
    for (size_t i = 0; i < count; i++)
        ret_portions[i] = DEC_ZERO;
    if (dec_cmp(amount, minimum) < 0 || !dec_is_positive(amount))
        return;
    for (size_t i = 0; i < count && dec_is_positive(left); i++) {
        if (!wallets[i].has_balance && i != last)
            continue;
        struct dec portion = dec_min(room_of(&wallets[i], i == last), left);
        if (!dec_is_positive(portion) || dec_cmp(portion, minimum) < 0)
            continue;
        left.units -= portion.units;
        if (dec_cmp(left, minimum) < 0) {
            portion.units += left.units; /* a rest that is not worth a transaction */
            left = DEC_ZERO;
        }
        ret_portions[i] = portion;
    }
    ret_portions[last].units += left.units;
    for (size_t i = 0; i < count; i++)
        sum.units += ret_portions[i].units;
    assert(dec_cmp(sum, amount) == 0);
}

bool spread_maximum(struct dec max_balance, struct dec price, int precision,
                    struct dec *ret_maximum)
{
    struct dec quotient;
    return dec_is_positive(price) && precision >= 0 && precision <= DEC_SCALE &&
           dec_div(max_balance, price, DEC_DOWN, &quotient) &&
           dec_round_to(quotient, (unsigned)precision, DEC_DOWN, ret_maximum);
}
