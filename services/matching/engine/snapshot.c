/* The book as a snapshot, and back: all orders by rank, which is all that the queues depend on. */
#include "matching/engine/orders.h"

static struct snapshot_order snapshot_order_of(const struct book *book, uint32_t slot)
{
    struct taker order = order_as_taker(book, slot);
    struct snapshot_order out = {
        .order_id = order.order_id,
        .member_id = order.member_id,
        .price = order.price,
        .amount = order.amount,
        .stop_price = order.stop_price,
        .protection = order.protection,
        .rank = order.rank,
        .side = order.kinds.side,
        .type = order.kinds.type,
        .time_in_force = order.kinds.time_in_force,
        .stp = order.kinds.stp,
        .waiting = order_is_waiting(order_at(book, slot)),
    };
    wide_set(order.budget, &out.budget_low, &out.budget_high);
    return out;
}

void book_snapshot(const struct book *book, const char *market_id, struct str *out)
{
    struct snapshot_header header = {
        .magic = {'B', 'R', 'S', '1'},
        .version = PROTOCOL_VERSION,
        .halted = book->halted,
        .seq = book->seq,
        .last_price = book->last_price,
        .orders = book->orders.taken,
    };
    assert(strlen(market_id) < sizeof(header.market_id));
    memcpy(header.market_id, market_id, strlen(market_id));
    str_add_bytes(out, &header, sizeof(header));
    struct elders elders = elders_of(book, 0, SIDE_BOTH);
    for (uint32_t slot = elders_next(&elders); slot != 0; slot = elders_next(&elders)) {
        struct snapshot_order order = snapshot_order_of(book, slot);
        str_add_bytes(out, &order, sizeof(order));
    }
}

/*
 * What a snapshot may hold beside what matters (the type that a stop order had before it was set
 * off, the funds of an order that has no budget) is dropped, so that equal books hash equally.
 */
static struct taker taker_of(const struct snapshot_order *order)
{
    struct taker taker = {
        .order_id = order->order_id,
        .member_id = order->member_id,
        .rank = order->rank,
        .price = order->price,
        .amount = order->amount,
        .kinds = {.side = order->side,
                  .type = order->waiting ? order->type : (uint8_t)TYPE_LIMIT,
                  .time_in_force = order->time_in_force,
                  .stp = order->stp},
    };
    if (order->waiting) {
        taker.stop_price = order->stop_price;
        taker.protection = order->protection;
    }
    if (order->waiting && order->type == TYPE_STOP_MARKET && order->side == SIDE_BUY)
        taker.budget = wide_get(order->budget_low, order->budget_high);
    return taker;
}

bool book_restore(struct book *book, const struct snapshot_header *header, const uint8_t *orders,
                  struct err *err)
{
    assert(book->seq == 0 && book->orders.taken == 0);
    if (header->orders > book->orders.max)
        return err_set(err, ERR_PROTOCOL, "snapshot of %lu orders, there is room for %u",
                       (unsigned long)header->orders, book->orders.max);
    for (size_t i = 0; i < header->orders; i++) {
        struct snapshot_order order;
        snapshot_order_get(orders, i, &order);
        struct taker taker = taker_of(&order);
        if (order_find(book, order.order_id) != 0)
            return err_set(err, ERR_PROTOCOL, "order %lu is in the snapshot twice",
                           (unsigned long)order.order_id);
        if (!order.waiting && price_crosses(book, order.side, order.price))
            return err_set(err, ERR_PROTOCOL, "order %lu of the snapshot crosses the book",
                           (unsigned long)order.order_id);
        (void)order_place(book, &taker, order.waiting);
    }
    book->seq = header->seq;
    book->last_price = header->last_price;
    book->halted = header->halted;
    return true;
}
