/*
 * What each command does to the book. Before: book.c. After: match.c for orders that take, stops.c
 * for those that wait. A command that follows no rule is answered RESULT_REFUSED: the sequence goes
 * on, whatever came.
 */
#include "matching/engine/orders.h"

static struct taker taker_of(const struct command *command)
{
    struct taker taker = {
        .order_id = command->order_id,
        .member_id = command->member_id,
        .rank = rank_of(command->seq, 0),
        .price = command->price,
        .amount = command->amount,
    };
    memcpy(&taker.kinds, &command->side, sizeof(taker.kinds));
    return taker;
}

static void submit(struct book *book, struct sink *sink, const struct command *command)
{
    bool is_market = command->type == TYPE_MARKET || command->type == TYPE_STOP_MARKET;
    struct taker taker = taker_of(command);
    taker.stop_price = command->stop_price;
    taker.protection = command->protection;
    if (is_market && command->side == SIDE_BUY)
        taker.budget = wide_get(command->budget_low, command->budget_high);

    if (order_exists(book, command->order_id))
        sink->status = RESULT_REFUSED;
    else if (book->halted)
        closed_put(sink, &taker, CLOSE_HALTED);
    else if (command->type == TYPE_LIMIT || command->type == TYPE_MARKET)
        order_take(book, sink, &taker);
    else
        stop_wait(book, sink, &taker);
}

/* The short way of what most commands are: a limit order that finds nobody to trade with. */
static void submit_limit(struct book *book, struct sink *sink, const struct command *command)
{
    bool is_quiet = !book->halted && command->time_in_force != TIF_FOK &&
                    !price_crosses(book, command->side, command->price) &&
                    !order_exists(book, command->order_id);
    struct taker taker = taker_of(command);
    if (is_quiet)
        order_rest(book, sink, &taker);
    else
        submit(book, sink, command);
}

/* Takes an order out. What becomes of its level is for the caller to tell. */
static inline void order_close(struct book *book, struct sink *sink, uint32_t slot,
                               enum close_reason reason)
{
    const struct order *order = order_at(book, slot);
    *item_next(sink) = (struct result_item){
        .kind = ITEM_CLOSED,
        .side = order->kinds.side,
        .reason = (uint8_t)reason,
        .order_id = order->link.key,
        .member_id = member_at(book, order->member)->link.key,
        .price = order_price(book, slot),
        .amount = order->amount,
    };
    order_remove(book, slot);
}

static void cancel(struct book *book, struct sink *sink, const struct command *command)
{
    uint32_t slot = order_find(book, command->order_id);
    if (slot == 0) {
        sink->status = RESULT_NOT_FOUND;
        return;
    }
    const struct order *order = order_at(book, slot);
    const struct level *level = level_at(book, order->level);
    unsigned side = order->kinds.side;
    int64_t price = level_price(level);
    int64_t left = total_told(level->total - (uint64_t)order->amount);
    bool is_resting = !order_is_waiting(order);
    order_close(book, sink, slot, CLOSE_CANCELLED);
    if (is_resting)
        level_put(sink, side, price, left);
}

static void cancel_all(struct book *book, struct sink *sink, const struct command *command)
{
    struct elders elders = elders_of(book, command->member_id, command->side);
    unsigned side = 0; /* the level to tell of when the closings turn away from it */
    int64_t price = 0;
    uint32_t slot = elders_next(&elders);
    for (uint32_t closed = 0; closed < PROTOCOL_CANCELS_MAX && slot != 0; closed++) {
        const struct order *order = order_at(book, slot);
        int64_t next_price = order_is_waiting(order) ? 0 : order_price(book, slot);
        if (price != 0 && (next_price != price || order->kinds.side != side))
            level_put(sink, side, price, level_amount_at(book, side, price));
        side = order->kinds.side;
        price = next_price;
        order_close(book, sink, slot, CLOSE_CANCELLED);
        slot = elders_next(&elders);
    }
    if (price != 0)
        level_put(sink, side, price, level_amount_at(book, side, price));
    sink->more = slot != 0;
}

static void amended_put(struct sink *sink, const struct taker *order)
{
    *item_next(sink) = (struct result_item){
        .kind = ITEM_AMENDED,
        .side = (uint8_t)order->kinds.side,
        .order_id = order->order_id,
        .member_id = order->member_id,
        .price = order->price,
        .amount = order->amount,
        .extra = order->rank,
    };
}

/* Why the order stays as it is; RESULT_OK: it does not. */
static enum result_status amend_check(const struct book *book, uint32_t slot,
                                      const struct command *command)
{
    if (book->halted)
        return RESULT_HALTED;
    if (slot == 0)
        return RESULT_NOT_FOUND;
    const struct order *order = order_at(book, slot);
    if (order_is_waiting(order))
        return RESULT_NOT_AMENDABLE;
    if (order->amount + command->amount > PROTOCOL_QUANTITY_MAX)
        return RESULT_REFUSED;
    if (order->amount + command->amount > 0 && order->kinds.time_in_force == TIF_POST_ONLY &&
        price_crosses(book, order->kinds.side, command->price))
        return RESULT_WOULD_CROSS;
    return RESULT_OK;
}

static void amend(struct book *book, struct sink *sink, const struct command *command)
{
    uint32_t slot = order_find(book, command->order_id);
    sink->status = (uint8_t)amend_check(book, slot, command);
    if (sink->status != RESULT_OK)
        return;
    struct taker order = order_as_taker(book, slot);
    int64_t price_before = order.price;
    int64_t amount = order.amount + command->amount;
    if (amount <= 0) {
        order_close(book, sink, slot, CLOSE_AMENDED);
        level_put(sink, order.kinds.side, price_before,
                  level_amount_at(book, order.kinds.side, price_before));
        return;
    }
    order.price = command->price;
    order.amount = amount;
    if (order.price == price_before && command->amount <= 0) {
        order_amount_change(book, slot, amount);
        amended_put(sink, &order);
        level_put(sink, order.kinds.side, order.price,
                  level_amount_at(book, order.kinds.side, order.price));
        return;
    }
    order.rank = rank_of(command->seq, 0);
    order_remove(book, slot);
    amended_put(sink, &order);
    if (order.price != price_before)
        level_put(sink, order.kinds.side, price_before,
                  level_amount_at(book, order.kinds.side, price_before));
    order_take(book, sink, &order);
}

/* A fast yes to command_check() for what most submitted orders are. */
static bool is_plain_limit(const struct command *command)
{
    /* From the lowest byte: kind, side, type, time in force, stp, reserved. Free here: the side,
     * the time in force, stp. */
    const uint64_t free_bits = 0x0303000100;
    uint64_t kinds;
    memcpy(&kinds, &command->kind, sizeof(kinds));
    return (kinds & ~free_bits) == COMMAND_SUBMIT && command->order_id != 0 &&
           command->member_id != 0 &&
           (uint64_t)command->price - 1 < (uint64_t)PROTOCOL_QUANTITY_MAX &&
           (uint64_t)command->amount - 1 < (uint64_t)PROTOCOL_QUANTITY_MAX &&
           (command->stop_price | command->protection) == 0;
}

static bool is_valid(const struct command *command)
{
    struct err err; /* the status says enough: whoever writes commands checks them first */
    return command_check(command, &err);
}

static __attribute__((noinline)) void run_seldom(struct book *book, struct sink *sink,
                                                 const struct command *command)
{
    if (!is_valid(command))
        sink->status = RESULT_REFUSED;
    else if (command->kind == COMMAND_SUBMIT)
        submit(book, sink, command);
    else if (command->kind == COMMAND_CANCEL_ALL)
        cancel_all(book, sink, command);
    else if (command->kind == COMMAND_AMEND)
        amend(book, sink, command);
    else
        book->halted = command->kind == COMMAND_HALT;
}

void command_run(struct book *book, struct sink *sink, const struct command *command)
{
    if (is_plain_limit(command))
        submit_limit(book, sink, command);
    else if (command->kind == COMMAND_CANCEL && command->order_id != 0)
        cancel(book, sink, command);
    else
        run_seldom(book, sink, command);
}
