#include "accounting/domain/order_rules.h"

#include <string.h>

/* Market buys lock a tenth more than the book says: it may move before they get there. */
static const struct dec market_buy_margin = {DEC_ONE_UNITS + DEC_ONE_UNITS / 10};

static bool out_of_range(struct err *err)
{
    return err_set(err, ERR_ORDER_INVALID, "price times volume leaves the range of a decimal");
}

bool order_cost(const struct order *order, struct dec estimate, struct dec balance,
                struct dec *ret_cost, struct err *err)
{
    if (order->side == SIDE_SELL) {
        *ret_cost = order->volume;
        return true;
    }
    if (!order_type_is_market(order->type)) {
        /* Rounded up only to be comparable: order_to_command() refuses what is not exact. */
        return dec_mul(order->price, order->volume, DEC_UP, ret_cost) || out_of_range(err);
    }
    if (dec_is_zero(estimate) && (!dec_mul(order->stop_price, order->volume, DEC_UP, &estimate) ||
                                  !dec_mul(estimate, market_buy_margin, DEC_UP, &estimate)))
        return out_of_range(err);
    *ret_cost = dec_min(estimate, balance);
    return true;
}

static bool check_price(const struct market *market, struct dec price, const char *what,
                        int64_t *ret_ticks, struct err *err)
{
    char text[DEC_TEXT_SIZE];
    if (!market_ticks(market, price, ret_ticks))
        return err_set(err, ERR_ORDER_INVALID, "%s %s has more than %d decimals", what,
                       dec_text(price, text), market->price_precision);
    if (dec_cmp(price, market->min_price) < 0)
        return err_set(err, ERR_ORDER_INVALID, "%s %s is below the minimum", what,
                       dec_text(price, text));
    if (dec_is_positive(market->max_price) && dec_cmp(price, market->max_price) > 0)
        return err_set(err, ERR_ORDER_INVALID, "%s %s is above the maximum", what,
                       dec_text(price, text));
    return true;
}

/* Whole ticks × lots that the locked funds of a market buy reach for. */
static __int128 budget_of(const struct order *order, const struct market *market)
{
    unsigned digits = (unsigned)(market->price_precision + market->amount_precision);
    struct dec cut = DEC_ZERO;
    bool fits = dec_round_to(order->locked, digits, DEC_DOWN, &cut);
    assert(fits);
    __int128 unit = DEC_ONE_UNITS;
    for (unsigned i = 0; i < digits; i++)
        unit /= 10;
    return cut.units / unit;
}

bool order_to_command(const struct order *order, const struct market *market,
                      struct command *ret_command, struct err *err)
{
    char text[DEC_TEXT_SIZE];
    struct command command = {
        .order_id = order->id,
        .member_id = order->member_id,
        .kind = COMMAND_SUBMIT,
        .side = (uint8_t)order->side,
        .type = (uint8_t)order->type,
        .time_in_force = (uint8_t)order->time_in_force,
        .stp = (uint8_t)order->stp,
    };
    if (!market_lots(market, order->volume, &command.amount))
        return err_set(err, ERR_ORDER_INVALID, "volume %s has more than %d decimals",
                       dec_text(order->volume, text), market->amount_precision);
    if (command.amount == 0 || dec_cmp(order->volume, market->min_amount) < 0)
        return err_set(err, ERR_ORDER_INVALID, "volume %s is below the minimum",
                       dec_text(order->volume, text));
    if (order_type_is_market(order->type)) {
        /* The bound is ours, not the member's: an inexact one is no reason to refuse. */
        if (!dec_is_zero(order->protection) &&
            !market_ticks(market, order->protection, &command.protection))
            return err_set(err, ERR_ORDER_INVALID, "the protection price is out of range");
        if (order->side == SIDE_BUY)
            wide_set(budget_of(order, market), &command.budget_low, &command.budget_high);
    } else if (!check_price(market, order->price, "price", &command.price, err)) {
        return false;
    }
    if (order_type_is_stop(order->type) &&
        !check_price(market, order->stop_price, "stop price", &command.stop_price, err))
        return false;
    *ret_command = command;
    return true;
}

bool order_amend_need(const struct order *order, struct dec new_price, struct dec new_left,
                      struct dec *ret_need, struct err *err)
{
    struct dec need, fall, reserve;
    if (order->side == SIDE_SELL) {
        *ret_need = new_left;
        return true;
    }
    if (!dec_mul(new_price, new_left, DEC_EXACT, &need))
        return out_of_range(err);
    /*
     * Fills that are under way take the old price out of the lock, while the amended order is
     * reckoned at the new one: where the price falls, keep the difference for all that is open.
     */
    if (dec_cmp(order->price, new_price) > 0 &&
        (!dec_sub(order->price, new_price, &fall) ||
         !dec_mul(fall, order->volume, DEC_EXACT, &reserve) || !dec_add(need, reserve, &need)))
        return out_of_range(err);
    *ret_need = need;
    return true;
}
