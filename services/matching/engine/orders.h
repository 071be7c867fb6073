/*
 * orders.h: an order in all the structures of a book, and the digest of the orders. Inline, because
 * half of what the engine does is here, and calls took a fifth of its time.
 */
#ifndef MATCHING_ENGINE_ORDERS_H
#define MATCHING_ENGINE_ORDERS_H

#include "matching/engine/state.h"

/* ---- the digest: deploy/protocol/matching.md has it in words ---- */

/* The halves of the product, xored. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#define DIGEST_A 0xa0761d6478bd642fu
#define DIGEST_B 0xe7037ed1a0b428dbu
#define DIGEST_C 0x8ebc6af09c88c6e3u
#define DIGEST_D 0x589965cc75374cc3u
#define DIGEST_E 0x1d8e4e27c47d124fu

/* All of an order but what is left of it, which changes most. */
struct digest_head {
    uint64_t a, b;
};

static inline struct digest_head digest_head(const struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    uint64_t member_id = member_at(book, order->member)->link.key;
    uint64_t price = (uint64_t)level_price(level_at(book, order->level));
    uint64_t flags = (uint64_t)order->side | (uint64_t)order->type << 8 |
                     (uint64_t)order->time_in_force << 16 | (uint64_t)order->stp << 24;
    struct digest_head head = {
        .a = fold(order->link.key ^ DIGEST_A, member_id ^ DIGEST_B),
        .b = fold(price ^ DIGEST_C, order->rank ^ DIGEST_D) ^ flags,
    };
    if (order_is_waiting(order)) {
        const struct stop_part *part = &book->stop_parts[slot];
        uint64_t low, high;
        wide_set(part->budget, &low, &high);
        head.a ^= fold((uint64_t)part->price ^ DIGEST_C, (uint64_t)part->protection ^ DIGEST_D);
        head.b ^= fold(low ^ DIGEST_A, high ^ DIGEST_B);
    }
    return head;
}

static inline uint64_t digest_finish(struct digest_head head, int64_t amount)
{
    return fold(head.a ^ (uint64_t)amount, head.b ^ DIGEST_E);
}

static inline uint64_t digest_of(const struct book *book, uint32_t slot)
{
    return digest_finish(digest_head(book, slot), order_at(book, slot)->amount);
}

/* ---- joining and leaving ---- */

/*
 * The lists are joined and left without branches: which end an order is at is not foreseeable, and
 * what is written to "nobody", slot 0, does no harm.
 */
static inline void level_join(struct book *book, struct order *order, uint32_t slot,
                              uint32_t level_slot)
{
    struct level *level = level_at(book, level_slot);
    order->level = level_slot;
    order->next = 0;
    order->prev = level->last;
    order_at(book, level->last)->next = slot;
    level->first = level->first != 0 ? level->first : slot;
    level->last = slot;
    level->total += (uint64_t)order->amount;
}

static inline void level_leave(struct book *book, const struct order *order)
{
    struct level *level = level_at(book, order->level);
    order_at(book, order->prev)->next = order->next;
    order_at(book, order->next)->prev = order->prev;
    level->first = order->prev != 0 ? level->first : order->next;
    level->last = order->next != 0 ? level->last : order->prev;
    level->total -= (uint64_t)order->amount;
    if (level->first == 0)
        level_remove(book, order->level);
}

static uint32_t member_find_or_add(struct book *book, uint64_t member_id)
{
    uint32_t slot =
        index_find(&book->members_index, &book->members, sizeof(struct member), member_id);
    if (slot == 0) {
        slot = pool_take(&book->members, sizeof(struct member));
        *member_at(book, slot) = (struct member){.link = {.key = member_id}};
        index_add(&book->members_index, &book->members, sizeof(struct member), slot);
    }
    return slot;
}

static inline void member_join(struct book *book, struct order *order, uint32_t slot,
                               uint32_t member_slot)
{
    struct member *member = member_at(book, member_slot);
    uint32_t *first = &member->first[order->side], *last = &member->last[order->side];
    order->member = member_slot;
    order->member_next = 0;
    order->member_prev = *last;
    order_at(book, *last)->member_next = slot;
    *first = *first != 0 ? *first : slot;
    *last = slot;
    member->orders++;
}

static inline void member_leave(struct book *book, const struct order *order)
{
    struct member *member = member_at(book, order->member);
    uint32_t *first = &member->first[order->side], *last = &member->last[order->side];
    order_at(book, order->member_prev)->member_next = order->member_next;
    order_at(book, order->member_next)->member_prev = order->member_prev;
    *first = order->member_prev != 0 ? *first : order->member_next;
    *last = order->member_next != 0 ? *last : order->member_prev;
    if (--member->orders == 0) {
        index_remove(&book->members_index, &book->members, sizeof(*member), order->member);
        pool_give(&book->members, order->member, sizeof(*member));
    }
}

static inline void age_join(struct book *book, struct order *order, uint32_t slot)
{
    uint32_t *first = &book->age_first[order->side], *last = &book->age_last[order->side];
    order->age_next = 0;
    order->age_prev = *last;
    order_at(book, *last)->age_next = slot;
    *first = *first != 0 ? *first : slot;
    *last = slot;
}

static inline void age_leave(struct book *book, const struct order *order)
{
    uint32_t *first = &book->age_first[order->side], *last = &book->age_last[order->side];
    order_at(book, order->age_prev)->age_next = order->age_next;
    order_at(book, order->age_next)->age_prev = order->age_prev;
    *first = order->age_prev != 0 ? *first : order->age_next;
    *last = order->age_next != 0 ? *last : order->age_prev;
}

static inline uint32_t order_place(struct book *book, const struct taker *taker)
{
    bool waits = taker->type != TYPE_LIMIT;
    enum ladder_kind kind = (enum ladder_kind)(taker->side | (unsigned)waits << 1);
    assert(taker->amount > 0 && !pool_is_full(&book->orders));
    uint32_t slot = pool_take(&book->orders, sizeof(struct order));
    struct order *order = order_at(book, slot);
    order->link.key = taker->order_id;
    order->amount = taker->amount;
    order->rank = taker->rank;
    order->side = taker->side;
    order->type = taker->type;
    order->time_in_force = taker->time_in_force;
    order->stp = taker->stp;
    if (waits)
        book->stop_parts[slot] = (struct stop_part){
            .price = taker->price,
            .protection = taker->protection,
            .budget = taker->budget,
        };
    index_add(&book->orders_index, &book->orders, sizeof(*order), slot);
    level_join(book, order, slot,
               level_find_or_add(book, kind, waits ? taker->stop_price : taker->price));
    member_join(book, order, slot, member_find_or_add(book, taker->member_id));
    age_join(book, order, slot);
    book->digest += digest_of(book, slot);
    return slot;
}

static inline void order_remove(struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    book->digest -= digest_of(book, slot);
    index_remove(&book->orders_index, &book->orders, sizeof(*order), slot);
    age_leave(book, order);
    member_leave(book, order);
    level_leave(book, order);
    pool_give(&book->orders, slot, sizeof(*order));
}

static inline void order_amount_change(struct book *book, uint32_t slot, int64_t amount)
{
    struct order *order = order_at(book, slot);
    struct level *level = level_at(book, order->level);
    assert(amount > 0);
    struct digest_head head = digest_head(book, slot);
    book->digest -= digest_finish(head, order->amount);
    book->digest += digest_finish(head, amount);
    level->total += (unsigned __int128)(__int128)(amount - order->amount);
    order->amount = amount;
}

#endif
