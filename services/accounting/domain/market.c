#include "accounting/domain/market.h"

#include <string.h>

static const char *const state_names[MARKET_STATE_MAX] = {
    [MARKET_ENABLED] = "enabled", [MARKET_DISABLED] = "disabled", [MARKET_HIDDEN] = "hidden",
    [MARKET_LOCKED] = "locked",   [MARKET_SALE] = "sale",         [MARKET_PRESALE] = "presale",
};

const char *market_state_name(enum market_state state)
{
    assert((unsigned)state < MARKET_STATE_MAX);
    return state_names[state];
}

bool market_state_parse(const char *name, enum market_state *ret_state)
{
    for (unsigned i = 0; i < MARKET_STATE_MAX; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *ret_state = (enum market_state)i;
            return true;
        }
    return false;
}

/* 10^-digits */
static struct dec smallest_step(int32_t digits)
{
    struct dec step = DEC_ZERO;
    bool fits = dec_from_scaled(1, (unsigned)digits, &step);
    assert(fits);
    return step;
}

bool market_validate(const struct market *market, struct err *err)
{
    if (strcmp(market->base, market->quote) == 0)
        return err_set(err, ERR_INVALID, "Quote unit must differ from the base unit");
    if (market->price_precision < 0 || market->price_precision > MARKET_PRECISION_SUM_MAX)
        return err_set(err, ERR_INVALID, "Price precision must be between 0 and %d",
                       MARKET_PRECISION_SUM_MAX);
    if (market->amount_precision < 0 ||
        market->amount_precision > MARKET_PRECISION_SUM_MAX - market->price_precision)
        return err_set(err, ERR_INVALID, "Amount precision must be between 0 and %d",
                       MARKET_PRECISION_SUM_MAX - market->price_precision);
    if (dec_cmp(market->min_price, smallest_step(market->price_precision)) < 0)
        return err_set(err, ERR_INVALID, "Min price must be at least 10^-%d",
                       market->price_precision);
    if (dec_cmp(market->min_amount, smallest_step(market->amount_precision)) < 0)
        return err_set(err, ERR_INVALID, "Min amount must be at least 10^-%d",
                       market->amount_precision);
    if (dec_is_negative(market->max_price) ||
        (dec_is_positive(market->max_price) && dec_cmp(market->max_price, market->min_price) < 0))
        return err_set(err, ERR_INVALID, "Max price must be 0 or at least the min price");
    return true;
}

static bool to_steps(struct dec value, int32_t precision, int64_t *ret_steps)
{
    int64_t steps;
    if (!dec_to_scaled(value, (unsigned)precision, &steps) || steps < 0 ||
        steps > PROTOCOL_QUANTITY_MAX)
        return false;
    *ret_steps = steps;
    return true;
}

bool market_ticks(const struct market *market, struct dec price, int64_t *ret_ticks)
{
    return to_steps(price, market->price_precision, ret_ticks);
}

bool market_lots(const struct market *market, struct dec amount, int64_t *ret_lots)
{
    return to_steps(amount, market->amount_precision, ret_lots);
}

static struct dec from_steps(int64_t steps, int32_t precision)
{
    struct dec value = DEC_ZERO;
    /* 2^60 steps of at most 10^0 stay below 10^20. */
    bool fits = dec_from_scaled(steps, (unsigned)precision, &value);
    assert(fits);
    return value;
}

struct dec market_price(const struct market *market, int64_t ticks)
{
    return from_steps(ticks, market->price_precision);
}

struct dec market_amount(const struct market *market, int64_t lots)
{
    return from_steps(lots, market->amount_precision);
}
