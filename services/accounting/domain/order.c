#include "accounting/domain/order.h"

#include <string.h>

struct state_row {
    enum order_state state;
    const char *name;
};

static const struct state_row states[] = {
#define S(name, number, text) {ORDER_##name, text},
    ORDER_STATES(S)
#undef S
};

const char *order_state_name(enum order_state state)
{
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (states[i].state == state)
            return states[i].name;
    UNREACHABLE("a known state");
    return "";
}

bool order_state_parse(const char *name, enum order_state *ret_state)
{
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(states[i].name, name) == 0) {
            *ret_state = states[i].state;
            return true;
        }
    return false;
}

const char *order_kind_name(enum side side)
{
    assert(side == SIDE_BUY || side == SIDE_SELL);
    return side == SIDE_BUY ? "bid" : "ask";
}

bool side_parse(const char *name, enum side *ret_side)
{
    bool buy = strcmp(name, "buy") == 0;
    if (!buy && strcmp(name, "sell") != 0)
        return false;
    *ret_side = buy ? SIDE_BUY : SIDE_SELL;
    return true;
}

const char *order_ord_type(const struct order *order)
{
    if (order->type == TYPE_LIMIT && order->time_in_force == TIF_POST_ONLY)
        return "post_only";
    return order_type_name(order->type);
}

bool time_in_force_parse(const char *name, enum time_in_force *ret)
{
    for (unsigned tif = TIF_GTC; tif <= TIF_POST_ONLY; tif++)
        if (strcmp(name, time_in_force_name(tif)) == 0) {
            *ret = (enum time_in_force)tif;
            return true;
        }
    return false;
}

bool stp_mode_parse(const char *name, enum stp_mode *ret)
{
    for (unsigned mode = STP_NONE; mode <= STP_DECREMENT; mode++)
        if (strcmp(name, stp_mode_name(mode)) == 0) {
            *ret = (enum stp_mode)mode;
            return true;
        }
    return false;
}

const char *order_outcome(const struct market *market, enum side side)
{
    return side == SIDE_BUY ? market->quote : market->base;
}

const char *order_income(const struct market *market, enum side side)
{
    return side == SIDE_BUY ? market->base : market->quote;
}

struct dec order_avg_price(const struct order *order, const struct market *market)
{
    struct dec used = DEC_ZERO, price = DEC_ZERO, cut = DEC_ZERO;
    bool fits = dec_sub(order->origin_locked, order->locked, &used);
    assert(fits);
    struct dec quote = order->side == SIDE_BUY ? used : order->funds_received;
    struct dec base = order->side == SIDE_BUY ? order->funds_received : used;
    if (dec_is_zero(base) || !dec_div(quote, base, DEC_DOWN, &price) ||
        !dec_round_to(price, (unsigned)market->price_precision, DEC_DOWN, &cut))
        return DEC_ZERO;
    return cut;
}

struct dec order_executed_volume(const struct order *order)
{
    struct dec executed = DEC_ZERO;
    bool fits = dec_sub(order->origin_volume, order->volume, &executed);
    assert(fits);
    return executed;
}
