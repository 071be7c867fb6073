#include "matching/engine/orders.h"

uint64_t book_state_hash(const struct book *book)
{
    uint64_t market = fold(book->seq ^ DIGEST_A, (uint64_t)book->last_price ^ DIGEST_B);
    return fold(book->digest ^ DIGEST_C, market ^ book->halted ^ DIGEST_D);
}

int64_t order_price(const struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    if (order_is_waiting(order))
        return book->stop_parts[slot].price;
    return level_price(level_at(book, order->level));
}

struct taker order_as_taker(const struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    struct taker taker = {
        .order_id = order->link.key,
        .member_id = member_at(book, order->member)->link.key,
        .rank = order->rank,
        .price = order_price(book, slot),
        .amount = order->amount,
        .side = order->side,
        .type = order->type,
        .time_in_force = order->time_in_force,
        .stp = order->stp,
    };
    if (order_is_waiting(order)) {
        const struct stop_part *part = &book->stop_parts[slot];
        taker.stop_price = level_price(level_at(book, order->level));
        taker.protection = part->protection;
        taker.budget = part->budget;
    }
    return taker;
}
