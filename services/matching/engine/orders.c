#include "matching/engine/orders.h"

uint32_t member_add(struct book *book, uint64_t member_id)
{
    uint32_t slot = pool_take(&book->members, sizeof(struct member));
    *member_at(book, slot) = (struct member){.link = {.key = member_id}};
    index_add(&book->members_index, &book->members, sizeof(struct member), slot);
    return slot;
}

void member_remove(struct book *book, uint32_t slot)
{
    index_remove(&book->members_index, &book->members, sizeof(struct member), slot);
    pool_give(&book->members, slot, sizeof(struct member));
}

int64_t order_price(const struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    if (order_is_waiting(order))
        return book->terms[slot].price;
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
        .kinds = order->kinds,
    };
    if (order_is_waiting(order)) {
        const struct terms *terms = &book->terms[slot];
        taker.stop_price = level_price(level_at(book, order->level));
        taker.protection = terms->protection;
        taker.budget = terms->budget;
    }
    return taker;
}

uint64_t book_state_hash(const struct book *book)
{
    uint64_t sum = book->digest * 0x9e3779b97f4a7c15u + book->seq * 0xbf58476d1ce4e5b9u +
                   (uint64_t)book->last_price * 0x94d049bb133111ebu +
                   (uint64_t)book->halted * 0xa0761d6478bd642fu;
    return digest_mix(sum);
}

/* ---- for tests ---- */

uint64_t order_digest_check(const struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    const struct level *level = level_at(book, order->level);
    uint64_t digest =
        digest_of(order, member_at(book, order->member)->link.key, level_price(level));
    if (order_is_waiting(order))
        digest += digest_of_terms(&book->terms[slot]);
    assert(digest == order->digest);
    return digest;
}
