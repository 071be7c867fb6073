/*
 * The orders of everybody by rank: needed when all are cancelled and for snapshots, too seldom to
 * keep a list that every order would pay for. The lists of the members are in order of rank, so a
 * heap of their first orders gives the oldest of all.
 */
#include "matching/engine/state.h"

/* The heap is an array of order slots; the children of i are 2i+1 and 2i+2. */
static bool is_older(const struct elders *elders, uint32_t left, uint32_t right)
{
    const uint32_t *heap = elders->book->elders;
    return order_at(elders->book, heap[left])->rank < order_at(elders->book, heap[right])->rank;
}

static void swap(const struct elders *elders, uint32_t left, uint32_t right)
{
    uint32_t *heap = elders->book->elders;
    uint32_t slot = heap[left];
    heap[left] = heap[right];
    heap[right] = slot;
}

static void sink_down(const struct elders *elders, uint32_t at)
{
    for (;;) {
        uint32_t oldest = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < elders->count; child++)
            if (is_older(elders, child, oldest))
                oldest = child;
        if (oldest == at)
            return;
        swap(elders, at, oldest);
        at = oldest;
    }
}

static void add_member(struct elders *elders, uint32_t member_slot, unsigned side)
{
    const struct member *member = member_at(elders->book, member_slot);
    for (unsigned each = SIDE_BUY; each <= SIDE_SELL; each++)
        if ((side == each || side == SIDE_BOTH) && member->first[each] != 0)
            elders->book->elders[elders->count++] = member->first[each];
}

struct elders elders_of(const struct book *book, uint64_t member_id, unsigned side)
{
    struct elders elders = {.book = book};
    if (member_id != 0) {
        uint32_t member = member_find(book, member_id);
        if (member != 0)
            add_member(&elders, member, side);
    } else {
        /* Members that were given back have no orders. */
        for (uint32_t member = 1; member < book->members.fresh; member++)
            add_member(&elders, member, side);
    }
    for (uint32_t at = elders.count / 2; at-- > 0;)
        sink_down(&elders, at);
    return elders;
}

uint32_t elders_next(struct elders *elders)
{
    uint32_t *heap = elders->book->elders;
    if (elders->count == 0)
        return 0;
    uint32_t slot = heap[0];
    heap[0] = order_at(elders->book, slot)->member_next;
    if (heap[0] == 0)
        heap[0] = heap[--elders->count];
    sink_down(elders, 0);
    return slot;
}
