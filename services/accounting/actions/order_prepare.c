/*
 * Step 1 of 5. Before: http/market_orders.c. After: actions/order_accept.c.
 */
#include "accounting/actions/order_prepare.h"

#include "accounting/actions/accounting.h"
#include "accounting/marketdata/market_data.h"

#include <string.h>

enum { ESTIMATE_DIGITS = 10 };
static const struct dec estimate_margin = {DEC_ONE_UNITS + DEC_ONE_UNITS / 10};

struct dec protection_price(const struct market *market, enum side side, struct dec best)
{
    if (!dec_is_positive(market->protection))
        return DEC_ZERO;
    struct dec one = dec_from_i64(1), factor, price, tick = DEC_ZERO;
    bool buy = side == SIDE_BUY;
    bool bounded =
        buy ? dec_add(one, market->protection, &factor) : dec_sub(one, market->protection, &factor);
    unsigned digits = (unsigned)market->price_precision;
    enum dec_round inwards = buy ? DEC_DOWN : DEC_UP;
    if (!bounded || !dec_mul(best, factor, inwards, &price) ||
        !dec_round_to(price, digits, inwards, &price))
        return DEC_ZERO;
    bool has_tick = dec_from_scaled(1, digits, &tick);
    assert(has_tick);
    return dec_cmp(price, tick) < 0 ? tick : price;
}

static bool estimate_buy(struct dec total, struct dec *ret_estimate, struct err *err)
{
    if (dec_round_to(total, ESTIMATE_DIGITS, DEC_UP, &total) &&
        dec_mul(total, estimate_margin, DEC_UP, ret_estimate))
        return true;
    return err_set(err, ERR_ORDER_INVALID, "the estimate leaves the range of a decimal");
}

/* The book must hold a market order; what it says is the estimate of a buy and the best price. */
static bool walk(const struct accounting *app, struct intake *intake, struct err *err)
{
    struct order *order = &intake->order;
    const struct market *market = &intake->market;
    enum side makers = order->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct depth_level best;
    struct dec total;
    if (!atomic_load(&app->books_loaded))
        return err_set(err, ERR_BUSY, "the books are not loaded yet");
    if (market_depth(app->market_data, market->id, makers, 1, &best) == 0 ||
        !market_walk(app->market_data, market->id, order->side, order->volume, &total, NULL))
        return err_set(err, ERR_LIQUIDITY, "%s: the book does not hold the volume", market->id);
    order->protection = protection_price(market, order->side, best.price);
    return order->side == SIDE_SELL || estimate_buy(total, &intake->estimate, err);
}

/* Nobody knows the book of the moment when the stop is set off: its price stands for it. */
static bool reckon_stop(struct intake *intake, struct err *err)
{
    struct order *order = &intake->order;
    struct dec total;
    order->protection = protection_price(&intake->market, order->side, order->stop_price);
    if (order->side == SIDE_SELL)
        return true;
    if (!dec_mul(order->stop_price, order->volume, DEC_UP, &total))
        return err_set(err, ERR_ORDER_INVALID, "stop price times volume is out of range");
    return estimate_buy(total, &intake->estimate, err);
}

bool order_prepare(const struct accounting *app, const struct catalog *catalog,
                   const struct member *member, const struct order_request *order_request,
                   struct intake *ret_intake, struct err *err)
{
    const struct market *market = order_request->market;
    struct intake intake = {
        .kind = INTAKE_SUBMIT,
        .market = *market,
        .base_is_coin = order_request->base_is_coin,
        .quote_is_coin = order_request->quote_is_coin,
        .order = {.member_id = member->id,
                  .side = order_request->side,
                  .type = order_request->type,
                  .time_in_force = order_request->time_in_force,
                  .stp = order_request->stp,
                  .state = ORDER_WAIT,
                  .waiting = order_type_is_stop(order_request->type),
                  .price = order_request->price,
                  .stop_price = order_request->stop_price,
                  .volume = order_request->volume,
                  .origin_volume = order_request->volume},
    };
    struct order *order = &intake.order;
    memcpy(order->market_id, market->id, sizeof(order->market_id));
    if (order_request->client_order_id) {
        assert(strlen(order_request->client_order_id) < sizeof(order->client_order_id));
        memcpy(order->client_order_id, order_request->client_order_id,
               strlen(order_request->client_order_id) + 1);
    }
    trading_fee_find(catalog->fees, catalog->fees_count, market->id, member->group,
                     &order->maker_fee, &order->taker_fee);
    if (order->type == TYPE_MARKET && !walk(app, &intake, err)) {
        /* A repeated request must find the order that it made, however thin the book is now. */
        if (err->code != ERR_LIQUIDITY || order->client_order_id[0] == '\0')
            return false;
        intake.refusal = *err;
    }
    if (order->type == TYPE_STOP_MARKET && !reckon_stop(&intake, err))
        return false;
    *ret_intake = intake;
    return true;
}
