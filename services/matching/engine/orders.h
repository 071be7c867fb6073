/*
 * orders.h: how an order joins and leaves the structures of a book, and the digest of orders.
 * Inline because this is half of what the engine does; without branches in the lists because which
 * end an order is at is not foreseeable: what is written to "nobody", slot 0, does no harm.
 */
#ifndef MATCHING_ENGINE_ORDERS_H
#define MATCHING_ENGINE_ORDERS_H

#include "matching/engine/state.h"

/* ---- the digest: deploy/protocol/matching.md has it in words ---- */

static inline uint64_t digest_mix(uint64_t sum)
{
    return (sum ^ sum >> 32) * 0xd6e8feb86659fd93u;
}

/* Of a resting order; waiting ones have more to tell, see below. */
static inline uint64_t digest_of(const struct order *order, uint64_t member_id, int64_t price)
{
    uint32_t flags; /* side, type × 2^8, time in force × 2^16, stp × 2^24 */
    memcpy(&flags, &order->kinds, sizeof(flags));
    uint64_t sum = order->link.key * 0x9e3779b97f4a7c15u + member_id * 0xbf58476d1ce4e5b9u +
                   (uint64_t)price * 0x94d049bb133111ebu + order->rank * 0xa0761d6478bd642fu +
                   flags * 0xe7037ed1a0b428dbu + (uint64_t)order->amount * 0x8ebc6af09c88c6e3u;
    return digest_mix(sum);
}

/* What the terms of a waiting stop order add to its digest. */
static inline uint64_t digest_of_terms(const struct terms *terms)
{
    uint64_t low, high;
    wide_set(terms->budget, &low, &high);
    uint64_t sum = (uint64_t)terms->price * 0x9e3779b97f4a7c15u +
                   (uint64_t)terms->protection * 0xbf58476d1ce4e5b9u + low * 0x94d049bb133111ebu +
                   high * 0xa0761d6478bd642fu;
    return digest_mix(sum);
}

/* ---- joining and leaving ---- */

/* `yes ? a : b` that is no jump. */
static inline uint32_t pick(bool yes, uint32_t a, uint32_t b)
{
    uint32_t mask = 0 - (uint32_t)yes;
    return (a & mask) | (b & ~mask);
}

static inline void level_join(struct book *book, struct order *order, uint32_t slot,
                              uint32_t level_slot)
{
    struct level *level = level_at(book, level_slot);
    order->level = level_slot;
    order->next = 0;
    order->prev = level->last;
    order_at(book, level->last)->next = slot;
    level->first = pick(level->first != 0, level->first, slot);
    level->last = slot;
    level->total += (uint64_t)order->amount;
}

static inline void level_leave(struct book *book, const struct order *order)
{
    struct level *level = level_at(book, order->level);
    order_at(book, order->prev)->next = order->next;
    order_at(book, order->next)->prev = order->prev;
    level->first = pick(order->prev != 0, level->first, order->next);
    level->last = pick(order->next != 0, level->last, order->prev);
    level->total -= (uint64_t)order->amount;
    if (level->first == 0)
        level_remove(book, order->level);
}

static inline uint32_t member_find_or_add(struct book *book, uint64_t member_id)
{
    uint32_t slot = member_find(book, member_id);
    return slot != 0 ? slot : member_add(book, member_id);
}

static inline void member_join(struct book *book, struct order *order, uint32_t slot,
                               uint32_t member_slot)
{
    struct member *member = member_at(book, member_slot);
    uint32_t *first = &member->first[order->kinds.side], *last = &member->last[order->kinds.side];
    order->member = member_slot;
    order->member_next = 0;
    order->member_prev = *last;
    order_at(book, *last)->member_next = slot;
    *first = pick(*first != 0, *first, slot);
    *last = slot;
}

static inline void member_leave(struct book *book, const struct order *order)
{
    struct member *member = member_at(book, order->member);
    uint32_t *first = &member->first[order->kinds.side], *last = &member->last[order->kinds.side];
    order_at(book, order->member_prev)->member_next = order->member_next;
    order_at(book, order->member_next)->member_prev = order->member_prev;
    *first = pick(order->member_prev != 0, *first, order->member_next);
    *last = pick(order->member_next != 0, *last, order->member_prev);
    if ((member->first[0] | member->first[1]) == 0)
        member_remove(book, order->member);
}

/*
 * Puts the order at the end of its queues; its slot. The book must not be full. Resting orders are
 * TYPE_LIMIT, waiting ones have a stop type.
 */
static inline uint32_t order_place(struct book *book, const struct taker *taker, bool waits)
{
    unsigned kind = taker->kinds.side | (unsigned)waits << 1;
    int64_t price = waits ? taker->stop_price : taker->price;
    uint32_t slot = pool_take(&book->orders, sizeof(struct order));
    struct order *order = order_at(book, slot);
    order->link.key = taker->order_id;
    order->amount = taker->amount;
    order->rank = taker->rank;
    order->kinds = taker->kinds;
    index_add(&book->orders_index, &book->orders, sizeof(*order), slot);
    level_join(book, order, slot, level_find_or_add(book, kind, price));
    member_join(book, order, slot, member_find_or_add(book, taker->member_id));
    order->digest = digest_of(order, taker->member_id, price);
    if (waits) {
        book->terms[slot] = (struct terms){
            .protection = taker->protection,
            .price = taker->price,
            .budget = taker->budget,
        };
        order->digest += digest_of_terms(&book->terms[slot]);
    }
    book->digest += order->digest;
    return slot;
}

/* Takes it out of everything; its slot and, if it was the last one, its level are gone. */
static inline void order_remove(struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    book->digest -= order->digest;
    index_remove(&book->orders_index, &book->orders, sizeof(*order), slot);
    member_leave(book, order);
    level_leave(book, order);
    pool_give(&book->orders, slot, sizeof(*order));
}

/* Of a resting order. It keeps its place. */
static inline void order_amount_change(struct book *book, uint32_t slot, int64_t amount)
{
    struct order *order = order_at(book, slot);
    struct level *level = level_at(book, order->level);
    assert(amount > 0 && !order_is_waiting(order));
    level->total += (unsigned __int128)(__int128)(amount - order->amount);
    order->amount = amount;
    book->digest -= order->digest;
    order->digest = digest_of(order, member_at(book, order->member)->link.key, level_price(level));
    book->digest += order->digest;
}

#endif
