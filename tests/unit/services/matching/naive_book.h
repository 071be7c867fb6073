/*
 * naive_book.h: the rules of matching once more, as simply as they can be written: one unsorted
 * array of orders, every question answered by looking at all of them, fill-or-kill answered by
 * trying it on a copy. It shares nothing with the engine but the records of contract/protocol.h,
 * and is what the engine is compared with.
 */
#ifndef TESTS_NAIVE_BOOK_H
#define TESTS_NAIVE_BOOK_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "contract/protocol.h"

enum { NAIVE_ORDERS_MAX = 20000 };

struct naive_order {
    uint64_t id, member, rank;
    int64_t price, amount, stop_price, protection;
    __int128 budget;
    uint8_t side, type, tif, stp;
    bool waiting;
};

struct naive_book {
    struct naive_order *orders; /* NAIVE_ORDERS_MAX */
    size_t count, full_at;
    uint64_t seq;
    int64_t last_price;
    bool halted;
};

/* The result of one command. */
struct naive_result {
    struct result head;
    struct result_item items[PROTOCOL_ITEMS_MAX];
    unsigned steps;
};

static inline void naive_init(struct naive_book *book, size_t full_at)
{
    *book = (struct naive_book){.full_at = full_at};
    book->orders = calloc(NAIVE_ORDERS_MAX, sizeof(*book->orders));
    assert(book->orders && full_at <= NAIVE_ORDERS_MAX);
}

static inline struct naive_order *naive_find(struct naive_book *book, uint64_t id)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->orders[i].id == id)
            return &book->orders[i];
    return NULL;
}

static inline void naive_drop(struct naive_book *book, uint64_t id)
{
    struct naive_order *order = naive_find(book, id);
    assert(order);
    *order = book->orders[--book->count];
}

/* ---- items ---- */

static inline struct result_item *naive_item(struct naive_result *out, uint8_t kind,
                                             const struct naive_order *order)
{
    assert(out->head.items < PROTOCOL_ITEMS_MAX);
    struct result_item *item = &out->items[out->head.items++];
    *item = (struct result_item){.kind = kind, .side = order->side, .price = order->price};
    item->order_id = order->id;
    item->member_id = order->member;
    item->amount = order->amount;
    return item;
}

static inline void naive_close(struct naive_result *out, const struct naive_order *order,
                               enum close_reason reason)
{
    naive_item(out, ITEM_CLOSED, order)->reason = (uint8_t)reason;
}

static inline void naive_level(struct naive_result *out, const struct naive_book *book,
                               uint8_t side, int64_t price)
{
    unsigned __int128 total = 0;
    for (size_t i = 0; i < book->count; i++)
        if (!book->orders[i].waiting && book->orders[i].side == side &&
            book->orders[i].price == price)
            total += (uint64_t)book->orders[i].amount;
    struct result_item *item = &out->items[out->head.items++];
    *item = (struct result_item){.kind = ITEM_LEVEL, .side = side, .price = price};
    item->amount = total > INT64_MAX ? INT64_MAX : (int64_t)total;
}

/* ---- taking ---- */

static inline bool naive_is_market(const struct naive_order *order)
{
    return order->type == TYPE_MARKET;
}

static inline bool naive_accepts(const struct naive_order *taker, int64_t price)
{
    int64_t bound = naive_is_market(taker) ? taker->protection : taker->price;
    if (bound == 0)
        return true;
    return taker->side == SIDE_BUY ? price <= bound : price >= bound;
}

/* The order that is next to trade with a taker: best price, then lowest rank. */
static inline struct naive_order *naive_best(struct naive_book *book, uint8_t taker_side)
{
    struct naive_order *best = NULL;
    for (size_t i = 0; i < book->count; i++) {
        struct naive_order *each = &book->orders[i];
        if (each->waiting || each->side == taker_side)
            continue;
        bool is_cheaper = best && each->price < best->price;
        bool is_dearer = best && each->price > best->price;
        bool is_better = taker_side == SIDE_BUY ? is_cheaper : is_dearer;
        if (!best || is_better || (each->price == best->price && each->rank < best->rank))
            best = each;
    }
    return best;
}

static inline void naive_trade(struct naive_book *book, struct naive_result *out,
                               struct naive_order *taker, struct naive_order *maker)
{
    int64_t amount = taker->amount < maker->amount ? taker->amount : maker->amount;
    struct result_item *item = naive_item(out, ITEM_TRADE, maker);
    item->side = taker->side;
    item->amount = amount;
    item->other_order_id = taker->id;
    item->other_member_id = taker->member;
    taker->amount -= amount;
    maker->amount -= amount;
    if (maker->amount == 0)
        item->flags |= ITEM_MAKER_DONE;
    if (taker->amount == 0)
        item->flags |= ITEM_TAKER_DONE;
    book->last_price = maker->price;
    if (maker->amount == 0)
        naive_drop(book, maker->id);
}

static inline void naive_reduce(struct naive_result *out, const struct naive_order *order,
                                const struct naive_order *other, int64_t amount)
{
    struct result_item *item = naive_item(out, ITEM_REDUCED, order);
    item->amount = amount;
    item->other_order_id = other->id;
    item->other_member_id = other->member;
    item->extra = (uint64_t)(order->amount - amount);
}

/* True: the taker ends here. */
static inline bool naive_self_trade(struct naive_book *book, struct naive_result *out,
                                    struct naive_order *taker, struct naive_order *maker)
{
    if (taker->stp == STP_CANCEL_NEWEST)
        return true;
    out->steps++;
    if (taker->stp == STP_CANCEL_OLDEST) {
        naive_close(out, maker, CLOSE_STP);
        naive_drop(book, maker->id);
        return false;
    }
    int64_t amount = taker->amount < maker->amount ? taker->amount : maker->amount;
    naive_reduce(out, maker, taker, amount);
    naive_reduce(out, taker, maker, amount);
    maker->amount -= amount;
    taker->amount -= amount;
    if (maker->amount == 0) {
        naive_close(out, maker, CLOSE_STP);
        naive_drop(book, maker->id);
    }
    return taker->amount == 0;
}

/* Matches until something ends it; the reason why what is left can't rest. */
static inline enum close_reason naive_match(struct naive_book *book, struct naive_result *out,
                                            struct naive_order *taker)
{
    int64_t level = 0; /* price of the level that was touched and not told of */
    enum close_reason reason = CLOSE_NONE;
    uint8_t other_side = !taker->side;
    bool has_budget = naive_is_market(taker) && taker->side == SIDE_BUY;
    while (taker->amount > 0) {
        struct naive_order *maker = naive_best(book, taker->side);
        bool ends = !maker || !naive_accepts(taker, maker->price);
        if (level != 0 && (ends || maker->price != level)) {
            naive_level(out, book, other_side, level);
            level = 0;
        }
        bool is_own = !ends && taker->stp != STP_NONE && maker->member == taker->member;
        int64_t amount = ends || taker->amount < maker->amount ? taker->amount : maker->amount;
        __int128 cost = ends ? 0 : (__int128)maker->price * amount;
        if (has_budget && taker->budget == 0)
            reason = CLOSE_BUDGET;
        else if (ends && naive_is_market(taker))
            reason = maker ? CLOSE_PROTECTION : CLOSE_LIQUIDITY;
        else if (!ends && out->steps == PROTOCOL_FILLS_MAX)
            reason = CLOSE_FILLS_MAX;
        else if (!ends && !is_own && has_budget && cost > taker->budget)
            reason = CLOSE_BUDGET;
        if (ends || reason != CLOSE_NONE)
            break;
        if (is_own) {
            int64_t price = maker->price;
            unsigned steps = out->steps;
            bool is_over = naive_self_trade(book, out, taker, maker);
            if (out->steps != steps)
                level = price;
            if (is_over) {
                reason = CLOSE_STP;
                break;
            }
            continue;
        }
        out->steps++;
        level = maker->price;
        if (has_budget)
            taker->budget -= cost;
        naive_trade(book, out, taker, maker);
    }
    if (level != 0)
        naive_level(out, book, other_side, level);
    return reason;
}

/* Tries the order on a copy of the book. */
static inline bool naive_would_fill(const struct naive_book *book, const struct naive_result *out,
                                    const struct naive_order *taker)
{
    struct naive_book copy = *book;
    struct naive_result *trial = malloc(sizeof(*trial));
    struct naive_order order = *taker;
    copy.orders = malloc(NAIVE_ORDERS_MAX * sizeof(*copy.orders));
    assert(copy.orders && trial);
    memcpy(copy.orders, book->orders, book->count * sizeof(*copy.orders));
    trial->head = (struct result){.items = 0};
    trial->steps = out->steps;
    (void)naive_match(&copy, trial, &order);
    bool fills = order.amount == 0;
    for (size_t i = 0; i < trial->head.items; i++)
        if (trial->items[i].kind == ITEM_REDUCED)
            fills = false;
    free(copy.orders);
    free(trial);
    return fills;
}

static inline void naive_take(struct naive_book *book, struct naive_result *out,
                              struct naive_order *taker)
{
    enum close_reason reason = CLOSE_NONE;
    const struct naive_order *best = naive_best(book, taker->side);
    bool is_limit = !naive_is_market(taker);
    if (is_limit && taker->tif == TIF_POST_ONLY && best && naive_accepts(taker, best->price))
        reason = CLOSE_POST_ONLY;
    else if (is_limit && taker->tif == TIF_FOK && !naive_would_fill(book, out, taker))
        reason = CLOSE_FOK;
    else
        reason = naive_match(book, out, taker);
    if (reason == CLOSE_NONE && taker->amount > 0 && taker->tif == TIF_IOC)
        reason = CLOSE_IOC;
    if (reason == CLOSE_NONE && taker->amount > 0 && book->count == book->full_at)
        reason = CLOSE_BOOK_FULL;
    if (reason != CLOSE_NONE) {
        naive_close(out, taker, reason);
    } else if (taker->amount > 0) {
        book->orders[book->count++] = *taker;
        naive_level(out, book, taker->side, taker->price);
    }
}

/* ---- stops ---- */

static inline struct naive_order *naive_stop(struct naive_book *book, uint8_t side)
{
    struct naive_order *best = NULL;
    for (size_t i = 0; i < book->count; i++) {
        struct naive_order *each = &book->orders[i];
        if (!each->waiting || each->side != side)
            continue;
        if (side == SIDE_BUY ? book->last_price < each->stop_price
                             : book->last_price > each->stop_price)
            continue;
        int64_t sign = side == SIDE_BUY ? 1 : -1;
        if (!best || each->stop_price * sign < best->stop_price * sign ||
            (each->stop_price == best->stop_price && each->rank < best->rank))
            best = each;
    }
    return best;
}

static inline void naive_stops(struct naive_book *book, struct naive_result *out)
{
    for (unsigned turn = 1; turn <= PROTOCOL_TRIGGERS_MAX; turn++) {
        if (book->halted || book->last_price == 0 || out->steps == PROTOCOL_FILLS_MAX)
            return;
        const struct naive_order *buy = naive_stop(book, SIDE_BUY);
        const struct naive_order *sell = naive_stop(book, SIDE_SELL);
        if (!buy && !sell)
            return;
        struct naive_order order = !sell || (buy && buy->rank < sell->rank) ? *buy : *sell;
        naive_drop(book, order.id);
        order.waiting = false;
        order.type = order.type == TYPE_STOP_LIMIT ? TYPE_LIMIT : TYPE_MARKET;
        order.stop_price = 0;
        order.rank = book->seq * 65536 + turn;
        naive_item(out, ITEM_TRIGGERED, &order)->extra = order.rank;
        naive_take(book, out, &order);
    }
}

/* ---- commands ---- */

static inline void naive_submit(struct naive_book *book, struct naive_result *out,
                                const struct command *command)
{
    struct naive_order order = {
        .id = command->order_id,
        .member = command->member_id,
        .rank = command->seq * 65536,
        .price = command->price,
        .amount = command->amount,
        .stop_price = command->stop_price,
        .protection = command->protection,
        .side = command->side,
        .type = command->type,
        .tif = command->time_in_force,
        .stp = command->stp,
    };
    bool is_stop = order.type == TYPE_STOP_LIMIT || order.type == TYPE_STOP_MARKET;
    bool is_market = order.type == TYPE_MARKET || order.type == TYPE_STOP_MARKET;
    order.waiting = is_stop;
    if (is_market && order.side == SIDE_BUY)
        order.budget = wide_get(command->budget_low, command->budget_high);
    if (naive_find(book, order.id))
        out->head.status = RESULT_REFUSED;
    else if (book->halted)
        naive_close(out, &order, CLOSE_HALTED);
    else if (!is_stop)
        naive_take(book, out, &order);
    else if (book->count == book->full_at)
        naive_close(out, &order, CLOSE_BOOK_FULL);
    else
        book->orders[book->count++] = order;
}

static inline void naive_cancel(struct naive_book *book, struct naive_result *out, uint64_t id)
{
    const struct naive_order *found = naive_find(book, id);
    if (!found) {
        out->head.status = RESULT_NOT_FOUND;
        return;
    }
    struct naive_order order = *found;
    naive_close(out, &order, CLOSE_CANCELLED);
    naive_drop(book, id);
    if (!order.waiting)
        naive_level(out, book, order.side, order.price);
}

static inline void naive_cancel_all(struct naive_book *book, struct naive_result *out,
                                    const struct command *command)
{
    struct naive_order before = {.price = 0};
    for (unsigned closed = 0;; closed++) {
        const struct naive_order *oldest = NULL;
        for (size_t i = 0; i < book->count; i++) {
            const struct naive_order *each = &book->orders[i];
            if ((command->member_id == 0 || each->member == command->member_id) &&
                (command->side == SIDE_BOTH || each->side == command->side) &&
                (!oldest || each->rank < oldest->rank))
                oldest = each;
        }
        bool is_end = !oldest || closed == PROTOCOL_CANCELS_MAX;
        if (before.price != 0 && !before.waiting &&
            (is_end || oldest->waiting || oldest->side != before.side ||
             oldest->price != before.price))
            naive_level(out, book, before.side, before.price);
        if (is_end) {
            out->head.more = oldest != NULL;
            return;
        }
        before = *oldest;
        naive_close(out, &before, CLOSE_CANCELLED);
        naive_drop(book, before.id);
    }
}

static inline void naive_amend(struct naive_book *book, struct naive_result *out,
                               const struct command *command)
{
    struct naive_order *order = naive_find(book, command->order_id);
    const struct naive_order *best = order ? naive_best(book, order->side) : NULL;
    struct naive_order wanted = order ? *order : (struct naive_order){.id = 0};
    wanted.price = command->price;
    wanted.amount += command->amount;
    if (book->halted)
        out->head.status = RESULT_HALTED;
    else if (!order)
        out->head.status = RESULT_NOT_FOUND;
    else if (order->waiting)
        out->head.status = RESULT_NOT_AMENDABLE;
    else if (wanted.amount > PROTOCOL_QUANTITY_MAX)
        out->head.status = RESULT_REFUSED;
    else if (wanted.amount > 0 && wanted.tif == TIF_POST_ONLY && best &&
             naive_accepts(&wanted, best->price))
        out->head.status = RESULT_WOULD_CROSS;
    if (out->head.status != RESULT_OK)
        return;
    struct naive_order before = *order;
    naive_drop(book, before.id);
    if (wanted.amount <= 0) {
        naive_close(out, &before, CLOSE_AMENDED);
        naive_level(out, book, before.side, before.price);
    } else if (wanted.price == before.price && command->amount <= 0) {
        naive_item(out, ITEM_AMENDED, &wanted)->extra = wanted.rank;
        book->orders[book->count++] = wanted;
        naive_level(out, book, before.side, before.price);
    } else {
        wanted.rank = command->seq * 65536;
        naive_item(out, ITEM_AMENDED, &wanted)->extra = wanted.rank;
        if (wanted.price != before.price)
            naive_level(out, book, before.side, before.price);
        naive_take(book, out, &wanted);
    }
}

/* `is_refused`: whoever made the command knows that it follows no rule. */
static inline void naive_apply(struct naive_book *book, const struct command *command,
                               bool is_refused, struct naive_result *out)
{
    out->head =
        (struct result){.seq = command->seq, .order_id = command->order_id, .kind = command->kind};
    out->steps = 0;
    assert(command->seq == book->seq + 1);
    book->seq = command->seq;
    if (is_refused)
        out->head.status = RESULT_REFUSED;
    else if (command->kind == COMMAND_SUBMIT)
        naive_submit(book, out, command);
    else if (command->kind == COMMAND_CANCEL)
        naive_cancel(book, out, command->order_id);
    else if (command->kind == COMMAND_CANCEL_ALL)
        naive_cancel_all(book, out, command);
    else if (command->kind == COMMAND_AMEND)
        naive_amend(book, out, command);
    else
        book->halted = command->kind == COMMAND_HALT;
    naive_stops(book, out);
}

#endif
