/* An order in all the structures of a book, and the digest of the orders. */
#include "matching/engine/state.h"

/* ---- the digest: deploy/protocol/matching.md has it in words ---- */

enum { DIGEST_START = 1 };

static inline uint64_t digest_mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * 0x9e3779b97f4a7c15u;
    return digest ^ digest >> 32;
}

/* All of an order but what is left of it, which changes most. */
static inline uint64_t digest_head(const struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    uint64_t flags = (uint64_t)order->side | (uint64_t)order->type << 8 |
                     (uint64_t)order->time_in_force << 16 | (uint64_t)order->stp << 24;
    uint64_t digest = digest_mix(DIGEST_START, order->link.key);
    digest = digest_mix(digest, member_at(book, order->member)->link.key);
    digest = digest_mix(digest, (uint64_t)level_price(level_at(book, order->level)));
    digest = digest_mix(digest, order->rank);
    digest = digest_mix(digest, flags);
    if (order_is_waiting(order)) {
        const struct stop_part *part = &book->stop_parts[slot];
        uint64_t low, high;
        wide_set(part->budget, &low, &high);
        digest = digest_mix(digest, (uint64_t)part->price);
        digest = digest_mix(digest, (uint64_t)part->protection);
        digest = digest_mix(digest, low);
        digest = digest_mix(digest, high);
    }
    return digest;
}

uint64_t digest_of(const struct book *book, uint32_t slot)
{
    return digest_mix(digest_head(book, slot), (uint64_t)order_at(book, slot)->amount);
}

uint64_t book_state_hash(const struct book *book)
{
    uint64_t digest = digest_mix(DIGEST_START, book->digest);
    digest = digest_mix(digest, book->seq);
    digest = digest_mix(digest, (uint64_t)book->last_price);
    return digest_mix(digest, book->halted);
}

/* ---- joining and leaving ---- */

static void member_join(struct book *book, uint64_t member_id, uint32_t slot)
{
    struct order *order = order_at(book, slot);
    uint32_t at =
        index_find(&book->members_index, &book->members, sizeof(struct member), member_id);
    if (at == 0) {
        at = pool_take(&book->members, sizeof(struct member));
        *member_at(book, at) = (struct member){.link = {.key = member_id}};
        index_add(&book->members_index, &book->members, sizeof(struct member), at);
    }
    struct member *member = member_at(book, at);
    order->member = at;
    order->member_next = 0;
    order->member_prev = member->last[order->side];
    if (order->member_prev != 0)
        order_at(book, order->member_prev)->member_next = slot;
    else
        member->first[order->side] = slot;
    member->last[order->side] = slot;
    member->orders++;
}

static void member_leave(struct book *book, const struct order *order)
{
    struct member *member = member_at(book, order->member);
    if (order->member_prev != 0)
        order_at(book, order->member_prev)->member_next = order->member_next;
    else
        member->first[order->side] = order->member_next;
    if (order->member_next != 0)
        order_at(book, order->member_next)->member_prev = order->member_prev;
    else
        member->last[order->side] = order->member_prev;
    if (--member->orders == 0) {
        index_remove(&book->members_index, &book->members, sizeof(*member), order->member);
        pool_give(&book->members, order->member, sizeof(*member));
    }
}

static void age_join(struct book *book, uint32_t slot)
{
    struct order *order = order_at(book, slot);
    order->age_next = 0;
    order->age_prev = book->age_last[order->side];
    if (order->age_prev != 0)
        order_at(book, order->age_prev)->age_next = slot;
    else
        book->age_first[order->side] = slot;
    book->age_last[order->side] = slot;
}

static void age_leave(struct book *book, const struct order *order)
{
    if (order->age_prev != 0)
        order_at(book, order->age_prev)->age_next = order->age_next;
    else
        book->age_first[order->side] = order->age_next;
    if (order->age_next != 0)
        order_at(book, order->age_next)->age_prev = order->age_prev;
    else
        book->age_last[order->side] = order->age_prev;
}

static void level_join(struct book *book, enum ladder_kind kind, int64_t price, uint32_t slot)
{
    struct order *order = order_at(book, slot);
    order->level = level_find_or_add(book, kind, price);
    struct level *level = level_at(book, order->level);
    order->next = 0;
    order->prev = level->last;
    if (order->prev != 0)
        order_at(book, order->prev)->next = slot;
    else
        level->first = slot;
    level->last = slot;
    level->total += (uint64_t)order->amount;
}

static void level_leave(struct book *book, const struct order *order)
{
    struct level *level = level_at(book, order->level);
    if (order->prev != 0)
        order_at(book, order->prev)->next = order->next;
    else
        level->first = order->next;
    if (order->next != 0)
        order_at(book, order->next)->prev = order->prev;
    else
        level->last = order->prev;
    level->total -= (uint64_t)order->amount;
    if (level->first == 0)
        level_remove(book, order->level);
}

void order_place(struct book *book, const struct taker *taker)
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
            .protection = taker->bound,
            .budget = taker->budget,
        };
    index_add(&book->orders_index, &book->orders, sizeof(*order), slot);
    level_join(book, kind, waits ? taker->stop_price : taker->price, slot);
    member_join(book, taker->member_id, slot);
    age_join(book, slot);
    book->digest += digest_of(book, slot);
}

void order_remove(struct book *book, uint32_t slot)
{
    const struct order *order = order_at(book, slot);
    book->digest -= digest_of(book, slot);
    index_remove(&book->orders_index, &book->orders, sizeof(*order), slot);
    age_leave(book, order);
    member_leave(book, order);
    level_leave(book, order);
    pool_give(&book->orders, slot, sizeof(*order));
}

void order_amount_change(struct book *book, uint32_t slot, int64_t amount)
{
    struct order *order = order_at(book, slot);
    struct level *level = level_at(book, order->level);
    assert(amount > 0);
    uint64_t head = digest_head(book, slot);
    book->digest -= digest_mix(head, (uint64_t)order->amount);
    book->digest += digest_mix(head, (uint64_t)amount);
    level->total += (unsigned __int128)(__int128)(amount - order->amount);
    order->amount = amount;
}

/* ---- asking ---- */

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
        .bound = order_price(book, slot),
        .amount = order->amount,
        .side = order->side,
        .type = order->type,
        .time_in_force = order->time_in_force,
        .stp = order->stp,
    };
    if (order_is_waiting(order)) {
        const struct stop_part *part = &book->stop_parts[slot];
        taker.stop_price = level_price(level_at(book, order->level));
        taker.budget = part->budget;
        if (order->type == TYPE_STOP_MARKET)
            taker.bound = part->protection;
    }
    return taker;
}
