/*
 * ledger_view.h: what somebody knows who sees the results only, as accounting does: every order
 * with what is left of it. Each item is checked against it, so it proves conservation, priority and
 * that the results tell the whole story.
 */
#ifndef TESTS_LEDGER_VIEW_H
#define TESTS_LEDGER_VIEW_H

#include <stdbool.h>
#include <stdlib.h>

#include "base/check.h"
#include "contract/protocol.h"

enum { VIEW_ORDERS_MAX = 20000 };

struct view_order {
    uint64_t id, rank;
    int64_t price, left;
    uint8_t side;
    bool rests;
};

/* Only the live orders, in no order. */
struct ledger_view {
    struct view_order *orders; /* VIEW_ORDERS_MAX */
    size_t count;
};

static inline void view_init(struct ledger_view *view)
{
    *view = (struct ledger_view){.count = 0};
    view->orders = calloc(VIEW_ORDERS_MAX, sizeof(*view->orders));
    assert(view->orders);
}

static inline struct view_order *view_find(struct ledger_view *view, uint64_t id)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->orders[i].id == id)
            return &view->orders[i];
    return NULL;
}

static inline void view_lose(struct ledger_view *view, struct view_order *order, int64_t amount,
                             bool is_done)
{
    assert(order->left >= amount);
    order->left -= amount;
    assert(is_done == (order->left == 0));
    if (is_done)
        *order = view->orders[--view->count];
}

/* No order of the maker's side stands better than the maker, or as good and earlier. */
static inline void view_priority_check(const struct ledger_view *view,
                                       const struct view_order *maker)
{
    int64_t sign = maker->side == SIDE_BUY ? 1 : -1;
    for (size_t i = 0; i < view->count; i++) {
        const struct view_order *each = &view->orders[i];
        if (!each->rests || each->side != maker->side || each->id == maker->id)
            continue;
        assert(each->price * sign <= maker->price * sign);
        assert(each->price != maker->price || each->rank > maker->rank);
    }
}

static inline void view_trade(struct ledger_view *view, const struct result_item *item)
{
    struct view_order *maker = view_find(view, item->order_id);
    const struct view_order *taker = view_find(view, item->other_order_id);
    assert(maker && taker && maker->rests && !taker->rests);
    assert(maker->price == item->price && maker->side != item->side);
    assert(taker->side == item->side && maker->rank < taker->rank);
    view_priority_check(view, maker);
    view_lose(view, maker, item->amount, item->flags & ITEM_MAKER_DONE);
    view_lose(view, view_find(view, item->other_order_id), item->amount,
              item->flags & ITEM_TAKER_DONE);
}

static inline void view_item(struct ledger_view *view, const struct result_item *item)
{
    if (item->kind == ITEM_LEVEL)
        return;
    if (item->kind == ITEM_TRADE) {
        view_trade(view, item);
        return;
    }
    struct view_order *order = view_find(view, item->order_id);
    assert(order && order->side == item->side);
    switch (item->kind) {
    case ITEM_CLOSED:
        assert(order->left == item->amount);
        *order = view->orders[--view->count];
        break;
    case ITEM_REDUCED:
        assert(order->left - item->amount == (int64_t)item->extra);
        order->left -= item->amount; /* at 0, ITEM_CLOSED follows */
        break;
    case ITEM_TRIGGERED:
        assert(order->left == item->amount && item->extra > order->rank);
        order->rank = item->extra;
        order->price = item->price;
        break;
    case ITEM_AMENDED:
        order->rests = order->rank == item->extra;
        order->rank = item->extra;
        order->price = item->price;
        order->left = item->amount;
        break;
    default:
        assert(false);
    }
}

/* Takes note of one result. Orders that are neither gone nor waiting afterwards rest. */
static inline void view_result(struct ledger_view *view, const struct command *command,
                               const struct result *result, const struct result_item *items)
{
    bool is_new = command->kind == COMMAND_SUBMIT && result->status == RESULT_OK;
    bool is_stop = command->type == TYPE_STOP_LIMIT || command->type == TYPE_STOP_MARKET;
    if (is_new) {
        assert(view->count < VIEW_ORDERS_MAX);
        view->orders[view->count++] = (struct view_order){
            .id = command->order_id,
            .rank = rank_of(command->seq, 0),
            .price = command->price,
            .left = command->amount,
            .side = command->side,
        };
    }
    uint64_t current = is_new && !is_stop ? command->order_id : 0;
    for (size_t i = 0; i <= result->items; i++) {
        /* A taker's turn is over when the next stop is set off, or at the end. */
        if (i == result->items || items[i].kind == ITEM_TRIGGERED) {
            struct view_order *order = view_find(view, current);
            if (order)
                order->rests = true;
        }
        if (i == result->items)
            break;
        view_item(view, &items[i]);
        if (items[i].kind == ITEM_TRIGGERED || items[i].kind == ITEM_AMENDED)
            current = items[i].order_id;
    }
}

#endif
