/*
 * An order takes liquidity: the heart of the engine. Before: commands.c (a new or amended order) or
 * stops.c (one that was set off). After: the result goes to accounting, which settles it.
 *
 * The order walks the opposite levels, best first, and each level's queue by rank, until it is
 * filled or something ends the walk; what is left then rests or closes.
 */
#include "matching/engine/orders.h"

/* Level by level; returns why the rest can't trade. CLOSE_NONE: filled, or free to rest. */
static enum close_reason walk(struct book *book, struct sink *sink, struct taker *taker);
static bool can_fill(const struct book *book, const struct sink *sink, const struct taker *taker);

/* Trades as far as the order may; the reason that is left for what is left of it. */
static enum close_reason take(struct book *book, struct sink *sink, struct taker *taker)
{
    bool crosses =
        taker->kinds.type != TYPE_LIMIT || price_crosses(book, taker->kinds.side, taker->price);
    if (taker->kinds.type == TYPE_LIMIT && taker->kinds.time_in_force == TIF_POST_ONLY)
        return crosses ? CLOSE_POST_ONLY : CLOSE_NONE;
    if (taker->kinds.type == TYPE_LIMIT && taker->kinds.time_in_force == TIF_FOK &&
        !can_fill(book, sink, taker))
        return CLOSE_FOK;
    return crosses ? walk(book, sink, taker) : CLOSE_NONE;
}

void order_take(struct book *book, struct sink *sink, struct taker *taker)
{
    enum close_reason reason = take(book, sink, taker);
    if (reason != CLOSE_NONE)
        closed_put(sink, taker, reason);
    else if (taker->amount > 0)
        order_rest(book, sink, taker);
}

void order_rest(struct book *book, struct sink *sink, const struct taker *taker)
{
    if (taker->kinds.time_in_force == TIF_IOC || pool_is_full(&book->orders)) {
        bool is_ioc = taker->kinds.time_in_force == TIF_IOC;
        closed_put(sink, taker, is_ioc ? CLOSE_IOC : CLOSE_BOOK_FULL);
        return;
    }
    const struct order *order = order_at(book, order_place(book, taker, false));
    level_put(sink, taker->kinds.side, taker->price, level_amount(level_at(book, order->level)));
}

static int64_t taker_bound(const struct taker *taker)
{
    return taker->kinds.type == TYPE_LIMIT ? taker->price : taker->protection;
}

/* ---- items ---- */

void closed_put(struct sink *sink, const struct taker *taker, enum close_reason reason)
{
    *item_next(sink) = (struct result_item){
        .kind = ITEM_CLOSED,
        .side = taker->kinds.side,
        .reason = (uint8_t)reason,
        .order_id = taker->order_id,
        .member_id = taker->member_id,
        .price = taker->price,
        .amount = taker->amount,
    };
}

/* ---- one meeting of two orders ---- */

/* The maker loses `amount`; at 0 it is out of the book. */
static void maker_shrink(struct book *book, uint32_t slot, int64_t amount)
{
    int64_t left = order_at(book, slot)->amount - amount;
    if (left > 0)
        order_amount_change(book, slot, left);
    else
        order_remove(book, slot);
}

static void trade(struct book *book, struct sink *sink, struct taker *taker, uint32_t maker_slot,
                  int64_t price)
{
    const struct order *maker = order_at(book, maker_slot);
    int64_t amount = taker->amount < maker->amount ? taker->amount : maker->amount;
    taker->amount -= amount;
    unsigned flags = (amount == maker->amount ? ITEM_MAKER_DONE : 0) |
                     (taker->amount == 0 ? ITEM_TAKER_DONE : 0);
    *item_next(sink) = (struct result_item){
        .kind = ITEM_TRADE,
        .side = taker->kinds.side,
        .flags = (uint8_t)flags,
        .order_id = maker->link.key,
        .other_order_id = taker->order_id,
        .member_id = member_at(book, maker->member)->link.key,
        .other_member_id = taker->member_id,
        .price = price,
        .amount = amount,
    };
    maker_shrink(book, maker_slot, amount);
    book->last_price = price;
}

static void reduced_put(struct sink *sink, const struct taker *order, uint64_t other_order_id,
                        int64_t amount)
{
    *item_next(sink) = (struct result_item){
        .kind = ITEM_REDUCED,
        .side = order->kinds.side,
        .order_id = order->order_id,
        .other_order_id = other_order_id,
        .member_id = order->member_id,
        .other_member_id = order->member_id,
        .price = order->price,
        .amount = amount,
        .extra = (uint64_t)(order->amount - amount),
    };
}

/* The taker met an order of its own member. CLOSE_STP: the taker is at its end. */
static enum close_reason self_trade(struct book *book, struct sink *sink, struct taker *taker,
                                    uint32_t maker_slot)
{
    struct taker maker = order_as_taker(book, maker_slot);
    if (taker->kinds.stp == STP_CANCEL_NEWEST)
        return CLOSE_STP;
    sink->steps++;
    if (taker->kinds.stp == STP_CANCEL_OLDEST) {
        order_remove(book, maker_slot);
        closed_put(sink, &maker, CLOSE_STP);
        return CLOSE_NONE;
    }
    assert(taker->kinds.stp == STP_DECREMENT);
    int64_t amount = taker->amount < maker.amount ? taker->amount : maker.amount;
    reduced_put(sink, &maker, taker->order_id, amount);
    reduced_put(sink, taker, maker.order_id, amount);
    maker_shrink(book, maker_slot, amount);
    maker.amount -= amount;
    taker->amount -= amount;
    if (maker.amount == 0)
        closed_put(sink, &maker, CLOSE_STP);
    return taker->amount == 0 ? CLOSE_STP : CLOSE_NONE;
}

/* ---- the walk ---- */

static bool has_budget(const struct taker *taker)
{
    return taker->kinds.type == TYPE_MARKET && taker->kinds.side == SIDE_BUY;
}

static bool is_own(const struct book *book, const struct taker *taker, uint32_t maker_slot)
{
    return taker->kinds.stp != STP_NONE &&
           member_at(book, order_at(book, maker_slot)->member)->link.key == taker->member_id;
}

/* The queue of one level, in order of rank. */
static enum close_reason walk_level(struct book *book, struct sink *sink, struct taker *taker,
                                    uint32_t level_slot)
{
    const struct ladder *ladder = &book->ladders[taker->kinds.side ^ 1];
    const struct level *level = level_at(book, level_slot);
    int64_t price = level_price(level);
    do {
        uint32_t maker_slot = level->first;
        if (sink->steps == PROTOCOL_FILLS_MAX)
            return CLOSE_FILLS_MAX;
        if (is_own(book, taker, maker_slot)) {
            enum close_reason reason = self_trade(book, sink, taker, maker_slot);
            if (reason != CLOSE_NONE)
                return reason;
            continue;
        }
        if (has_budget(taker)) {
            int64_t available = order_at(book, maker_slot)->amount;
            int64_t amount = taker->amount < available ? taker->amount : available;
            __int128 cost = (__int128)price * amount;
            if (cost > taker->budget)
                return CLOSE_BUDGET;
            taker->budget -= cost;
        }
        sink->steps++;
        trade(book, sink, taker, maker_slot, price);
        if (taker->amount > 0 && has_budget(taker) && taker->budget == 0)
            return CLOSE_BUDGET;
    } while (taker->amount > 0 && ladder->best == level_slot);
    return CLOSE_NONE;
}

static enum close_reason walk(struct book *book, struct sink *sink, struct taker *taker)
{
    const struct ladder *ladder = &book->ladders[taker->kinds.side ^ 1];
    bool is_limit = taker->kinds.type == TYPE_LIMIT;
    if (has_budget(taker) && taker->budget == 0)
        return CLOSE_BUDGET;
    while (taker->amount > 0) {
        if (ladder->best == 0)
            return is_limit ? CLOSE_NONE : CLOSE_LIQUIDITY;
        uint32_t level_slot = ladder->best;
        int64_t price = level_price(level_at(book, level_slot));
        if (!is_acceptable(taker->kinds.side, taker_bound(taker), price))
            return is_limit ? CLOSE_NONE : CLOSE_PROTECTION;
        uint32_t steps = sink->steps;
        enum close_reason reason = walk_level(book, sink, taker, level_slot);
        if (sink->steps != steps) {
            bool is_gone = ladder->best != level_slot;
            level_put(sink, taker->kinds.side ^ 1u, price,
                      is_gone ? 0 : level_amount(level_at(book, level_slot)));
        }
        if (reason != CLOSE_NONE)
            return reason;
    }
    return CLOSE_NONE;
}

/*
 * Fill-or-kill: whether the walk would fill the whole order. Looks at no more orders than it may.
 */
static bool can_fill(const struct book *book, const struct sink *sink, const struct taker *taker)
{
    int64_t missing = taker->amount;
    uint32_t steps = sink->steps;
    for (uint32_t at = book->ladders[taker->kinds.side ^ 1].best; at != 0;
         at = level_at(book, at)->worse) {
        const struct level *level = level_at(book, at);
        if (!is_acceptable(taker->kinds.side, taker->price, level_price(level)))
            return false;
        for (uint32_t slot = level->first; slot != 0; slot = order_at(book, slot)->next) {
            if (steps++ == PROTOCOL_FILLS_MAX)
                return false;
            if (!is_own(book, taker, slot)) {
                missing -= order_at(book, slot)->amount;
                if (missing <= 0)
                    return true;
            } else if (taker->kinds.stp != STP_CANCEL_OLDEST) {
                return false;
            }
        }
    }
    return false;
}
