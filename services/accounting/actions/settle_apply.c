/*
 * What one result does to the books, in memory: orders, deltas of accounts, trades, ledger entries,
 * events. The worker may be anybody's (the protocol is public): what it says is checked against our
 * own orders before it moves money.
 */
#include <string.h>

#include "accounting/actions/settlement.h"

/* What an order looked like at the end of a result is told once for each result that touched it. */
struct touched {
    struct order *orders[8];
    size_t count;
    bool overflow; /* more than eight: told at once, each time */
};

static bool refuse(struct err *err, const struct result *result, uint64_t order_id, const char *why)
{
    return err_set(err, ERR_PROTOCOL, "result %lu, order %lu: %s", (unsigned long)result->seq,
                   (unsigned long)order_id, why);
}

static void mark(struct settlement *settlement, struct order *order, enum order_changes change)
{
    settlement->changed[order - settlement->orders] = true;
    settlement->order_changes |= change;
    order->updated_at = settlement->now_us;
}

static void tell_order(struct settlement *settlement, const struct order *order)
{
    struct event_order event;
    memset(&event, 0, sizeof(event));
    event.order = *order;
    event.change = order->state == ORDER_DONE     ? ORDER_COMPLETED
                   : order->state == ORDER_CANCEL ? ORDER_CANCELED
                                                  : ORDER_UPDATED;
    events_add(&settlement->events, EVENT_ORDER, &event, sizeof(event));
}

static void touch(struct settlement *settlement, struct touched *touched, struct order *order,
                  enum order_changes change)
{
    mark(settlement, order, change);
    for (size_t i = 0; i < touched->count; i++)
        if (touched->orders[i] == order)
            return;
    if (touched->count < ARRAY_LEN(touched->orders))
        touched->orders[touched->count++] = order;
    else
        tell_order(settlement, order);
}

static void add_delta(struct settlement *settlement, uint64_t member_id, const char *currency,
                      struct dec balance, struct dec locked)
{
    assert(settlement->deltas_count < SETTLE_DELTAS_MAX);
    settlement->deltas[settlement->deltas_count++] = (struct account_delta){
        .key = account_key(member_id, currency), .balance = balance, .locked = locked};
}

static uint64_t next_journal_id(struct settlement *settlement, size_t market)
{
    struct settling_market *settling = &settlement->markets[market];
    uint64_t id = settlement->journal_id_next + settlement->journal_ids_used++;
    assert(id < settlement->journal_ids_end);
    if (settling->first_journal_id == 0)
        settling->first_journal_id = id;
    settling->last_journal_id = id;
    return id;
}

/* Funds of an open order go back to its member: a ledger entry of its own. */
static void release(struct settlement *settlement, size_t market, const struct order *order,
                    const char *event, struct dec amount)
{
    struct settling_market *settling = &settlement->markets[market];
    struct currency currency = {.is_coin = order->side == SIDE_BUY ? settling->quote_is_coin
                                                                   : settling->base_is_coin};
    if (dec_is_zero(amount))
        return;
    memcpy(currency.id, order_outcome(&settling->market, order->side), sizeof(currency.id));
    assert(settlement->entries_count < SETTLE_ROOM);
    struct ledger_entry *entry = &settlement->entries[settlement->entries_count++];
    *entry = ledger_release("order", order->id, event, &currency, order->member_id, amount);
    entry->id = next_journal_id(settlement, market);
    entry->created_at = settlement->now_us;
    add_delta(settlement, order->member_id, currency.id, amount, dec_neg(amount));
}

/* ---- trades ---- */

/* The reference's checks of a trade (5.2), 3001 to 3005, on one of its orders. */
static const char *trade_fault(const struct order *order, const struct trade *trade)
{
    if (order->state != ORDER_WAIT || order->waiting)
        return "it is not open";
    if (strcmp(order->market_id, trade->market_id) != 0)
        return "it belongs to another market";
    if (dec_cmp(order->volume, trade->amount) < 0)
        return "it has less volume left than was traded";
    if (order_type_is_market(order->type))
        return NULL;
    if (order->side == SIDE_BUY ? dec_cmp(order->price, trade->price) < 0
                                : dec_cmp(order->price, trade->price) > 0)
        return "the trade is beyond its limit price";
    return NULL;
}

/* Spends the order's lock and books its income. Gives what is released because it is filled. */
static bool strike(struct settlement *settlement, const struct market *market, struct order *order,
                   const struct trade *trade, bool done, struct dec fee_amount,
                   struct dec *ret_release)
{
    bool buys = order->side == SIDE_BUY;
    struct dec outcome = buys ? trade->total : trade->amount;
    struct dec income = buys ? trade->amount : trade->total;
    if (dec_cmp(order->locked, outcome) < 0)
        return false;
    order->volume.units -= trade->amount.units;
    order->locked.units -= outcome.units;
    order->funds_received.units += income.units;
    order->trades_count++;
    if (dec_is_zero(order->volume) != done)
        return false;
    *ret_release = DEC_ZERO;
    if (done) {
        order->state = ORDER_DONE;
        *ret_release = order->locked;
    }
    struct dec spent = {-outcome.units - ret_release->units};
    struct dec income_net = {income.units - fee_amount.units};
    add_delta(settlement, order->member_id, order_outcome(market, order->side), *ret_release,
              spent);
    add_delta(settlement, order->member_id, order_income(market, order->side), income_net,
              DEC_ZERO);
    return true;
}

/* amount × rate; exact, since precisions of a market and its fees stay within 16 digits. */
static bool fee_of(struct dec income, struct dec rate, struct dec *ret_fee)
{
    return dec_mul(income, rate, DEC_EXACT, ret_fee) && dec_cmp(*ret_fee, income) <= 0;
}

static bool apply_trade(struct settlement *settlement, size_t index, const struct result *result,
                        const struct result_item *item, struct touched *touched, struct err *err)
{
    struct settling_market *settling = &settlement->markets[index];
    const struct market *market = &settling->market;
    struct order *maker = settlement_order(settlement, item->order_id);
    struct order *taker = settlement_order(settlement, item->other_order_id);
    if (!maker || !taker || maker == taker || taker->side != (enum side)item->side ||
        maker->side == taker->side)
        return refuse(err, result, item->order_id, "the two sides of the trade don't fit");

    assert(settlement->trades_count < SETTLE_ROOM);
    struct trade *trade = &settlement->trades[settlement->trades_count++];
    memset(trade, 0, sizeof(*trade));
    memcpy(trade->market_id, settling->id, sizeof(trade->market_id));
    memcpy(trade->base, market->base, sizeof(trade->base));
    memcpy(trade->quote, market->quote, sizeof(trade->quote));
    trade->command_seq = result->seq;
    trade->price = market_price(market, item->price);
    trade->amount = market_amount(market, item->amount);
    trade->taker_side = taker->side;
    trade->maker_order_id = maker->id;
    trade->taker_order_id = taker->id;
    trade->maker_id = maker->member_id;
    trade->taker_id = taker->member_id;
    trade->maker_fee = maker->maker_fee;
    trade->taker_fee = taker->taker_fee;
    trade->created_at = settlement->now_us;
    const char *fault = trade_fault(maker, trade);
    if (fault)
        return refuse(err, result, maker->id, fault);
    if ((fault = trade_fault(taker, trade)))
        return refuse(err, result, taker->id, fault);
    bool taker_buys = taker->side == SIDE_BUY;
    struct dec buyer_rate = taker_buys ? trade->taker_fee : trade->maker_fee;
    struct dec seller_rate = taker_buys ? trade->maker_fee : trade->taker_fee;
    if (!dec_is_positive(trade->amount) ||
        !dec_mul(trade->price, trade->amount, DEC_EXACT, &trade->total) ||
        !dec_is_positive(trade->total) ||
        !fee_of(trade->amount, buyer_rate, &trade->buyer_fee_amount) ||
        !fee_of(trade->total, seller_rate, &trade->seller_fee_amount))
        return refuse(err, result, maker->id, "the amounts of the trade are not exact");
    /* The maker is struck first. */
    if (!strike(settlement, market, maker, trade, item->flags & ITEM_MAKER_DONE,
                taker_buys ? trade->seller_fee_amount : trade->buyer_fee_amount,
                &trade->maker_release) ||
        !strike(settlement, market, taker, trade, item->flags & ITEM_TAKER_DONE,
                taker_buys ? trade->buyer_fee_amount : trade->seller_fee_amount,
                &trade->taker_release))
        return refuse(err, result, maker->id, "the locked funds or the rest don't fit");
    trade->id = next_journal_id(settlement, index);
    settling->last_price = trade->price;
    touch(settlement, touched, maker, ORDER_FILLED);
    touch(settlement, touched, taker, ORDER_FILLED);
    events_add(&settlement->events, EVENT_TRADE, trade, sizeof(*trade));
    return candles_add_trade(settlement->candles, settling->id, trade->price, trade->amount,
                             trade->total, trade->created_at) ||
           refuse(err, result, maker->id, "the turnover of the minute leaves the range");
}

/* ---- orders that change without a trade ---- */

static bool apply_closed(struct settlement *settlement, size_t index, const struct result *result,
                         const struct result_item *item, struct touched *touched, struct err *err)
{
    const struct market *market = &settlement->markets[index].market;
    struct order *order = settlement_order(settlement, item->order_id);
    if (!order || order->state != ORDER_WAIT || strcmp(order->market_id, market->id) != 0)
        return refuse(err, result, item->order_id, "closed, but it is not open");
    if (dec_cmp(order->volume, market_amount(market, item->amount)) != 0)
        return refuse(err, result, item->order_id, "closed with another volume than it has");
    order->state = ORDER_CANCEL;
    order->close_reason = (enum close_reason)item->reason;
    order->waiting = false;
    /* `locked` stays in the row: the average price is reckoned from it. */
    release(settlement, index, order, "cancel", order->locked);
    touch(settlement, touched, order, ORDER_CLOSED);
    return true;
}

static bool apply_reduced(struct settlement *settlement, size_t index, const struct result *result,
                          const struct result_item *item, struct touched *touched, struct err *err)
{
    const struct market *market = &settlement->markets[index].market;
    struct order *order = settlement_order(settlement, item->order_id);
    struct dec amount = market_amount(market, item->amount), funds = amount;
    if (!order || order->state != ORDER_WAIT || dec_cmp(order->volume, amount) < 0)
        return refuse(err, result, item->order_id, "reduced, but it has not that volume");
    if (order->side == SIDE_BUY) {
        funds = DEC_ZERO; /* a market buy gives back what is left when it closes */
        if (!order_type_is_market(order->type) && !dec_mul(order->price, amount, DEC_EXACT, &funds))
            return refuse(err, result, item->order_id, "the reduced funds are not exact");
    }
    if (dec_cmp(order->locked, funds) < 0)
        return refuse(err, result, item->order_id, "reduced beyond its locked funds");
    order->volume.units -= amount.units;
    order->origin_volume.units -= amount.units;
    order->locked.units -= funds.units;
    order->origin_locked.units -= funds.units;
    release(settlement, index, order, "reduce", funds);
    touch(settlement, touched, order, ORDER_RESHAPED);
    return true;
}

static bool apply_triggered(struct settlement *settlement, const struct result *result,
                            const struct result_item *item, struct touched *touched,
                            struct err *err)
{
    struct order *order = settlement_order(settlement, item->order_id);
    if (!order || order->state != ORDER_WAIT || !order->waiting)
        return refuse(err, result, item->order_id, "set off, but it is no waiting stop order");
    order->waiting = false;
    order->queue_rank = item->extra;
    touch(settlement, touched, order, ORDER_SET_OFF);
    return true;
}

/* Gives back what an order keeps locked beyond its need: after an amend, carried out or not. */
static bool release_surplus(struct settlement *settlement, size_t index, struct order *order,
                            const struct result *result, struct err *err)
{
    struct dec need = order->volume;
    if (order->side == SIDE_BUY && !dec_mul(order->price, order->volume, DEC_EXACT, &need))
        return refuse(err, result, order->id, "its price and volume are not exact");
    if (dec_cmp(order->locked, need) < 0)
        return refuse(err, result, order->id, "amended beyond its locked funds");
    struct dec surplus = {order->locked.units - need.units};
    order->locked = need;
    order->origin_locked.units -= surplus.units;
    release(settlement, index, order, "amend", surplus);
    return true;
}

static bool apply_amended(struct settlement *settlement, size_t index, const struct result *result,
                          const struct result_item *item, struct touched *touched, struct err *err)
{
    const struct market *market = &settlement->markets[index].market;
    struct order *order = settlement_order(settlement, item->order_id);
    if (!order || order->state != ORDER_WAIT || order_type_is_market(order->type))
        return refuse(err, result, item->order_id, "amended, but it is no open limit order");
    struct dec left = market_amount(market, item->amount);
    order->origin_volume.units += left.units - order->volume.units;
    order->volume = left;
    order->price = market_price(market, item->price);
    order->queue_rank = item->extra;
    touch(settlement, touched, order, ORDER_RESHAPED);
    return release_surplus(settlement, index, order, result, err);
}

static void apply_level(struct settlement *settlement, size_t index, const struct result_item *item)
{
    const struct market *market = &settlement->markets[index].market;
    assert(settlement->levels_count < SETTLE_ROOM);
    struct level_change *level = &settlement->levels[settlement->levels_count++];
    *level = (struct level_change){
        .market = index,
        .side = (enum side)item->side,
        .price = market_price(market, item->price),
        .volume = market_amount(market, item->amount),
    };
    struct event_level event;
    memset(&event, 0, sizeof(event));
    memcpy(event.market_id, market->id, sizeof(event.market_id));
    event.side = level->side;
    event.price = level->price;
    event.volume = level->volume;
    events_add(&settlement->events, EVENT_LEVEL, &event, sizeof(event));
}

static bool apply_item(struct settlement *settlement, size_t index, const struct result *result,
                       const struct result_item *item, struct touched *touched, struct err *err)
{
    switch ((enum item_kind)item->kind) {
    case ITEM_TRADE:
        return apply_trade(settlement, index, result, item, touched, err);
    case ITEM_CLOSED:
        return apply_closed(settlement, index, result, item, touched, err);
    case ITEM_REDUCED:
        return apply_reduced(settlement, index, result, item, touched, err);
    case ITEM_TRIGGERED:
        return apply_triggered(settlement, result, item, touched, err);
    case ITEM_AMENDED:
        return apply_amended(settlement, index, result, item, touched, err);
    case ITEM_LEVEL:
        apply_level(settlement, index, item);
        return true;
    }
    return refuse(err, result, item->order_id, "an item of an unknown kind");
}

/* What the command itself means, beside its items. */
static bool apply_command(struct settlement *settlement, size_t index, const struct result *result,
                          struct touched *touched, struct err *err)
{
    struct settling_market *settling = &settlement->markets[index];
    if (result->kind == COMMAND_HALT || result->kind == COMMAND_RESUME)
        settling->halted = result->kind == COMMAND_HALT;
    if (result->kind == COMMAND_AMEND && result->status != RESULT_OK) {
        /* Not carried out: what was locked for it goes back, if the order is still there. */
        struct order *order = settlement_order(settlement, result->order_id);
        if (!order || order->state != ORDER_WAIT)
            return true;
        touch(settlement, touched, order, ORDER_RESHAPED);
        return release_surplus(settlement, index, order, result, err);
    }
    return true;
}

bool settle_apply_result(struct settlement *settlement, size_t market, const struct batch *batch,
                         size_t *offset, const struct result *result, struct err *err)
{
    struct touched touched = {.count = 0};
    for (uint32_t i = 0; i < result->items; i++) {
        struct result_item item;
        result_item_next(batch, offset, &item);
        if (!apply_item(settlement, market, result, &item, &touched, err))
            return false;
    }
    if (!apply_command(settlement, market, result, &touched, err))
        return false;
    for (size_t i = 0; i < touched.count; i++)
        tell_order(settlement, touched.orders[i]);
    return true;
}
