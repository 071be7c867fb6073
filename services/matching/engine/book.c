/*
 * The door of the engine. Step 3 of the life of an order: before, services/matching/actions/
 * hands over a command; after, the results travel to accounting and are settled.
 */
#include "matching/engine/book.h"

#include <stdlib.h>

#include "matching/engine/orders.h"

/* A level or a member exists for the sake of an order, so none of them is more numerous. */
static bool memory_open(struct book *book, uint32_t orders_max)
{
    if (!pool_open(&book->orders, sizeof(struct order), orders_max) ||
        !pool_open(&book->levels, sizeof(struct level), orders_max) ||
        !pool_open(&book->members, sizeof(struct member), orders_max) ||
        !index_open(&book->orders_index, orders_max, INDEX_DENSE) ||
        !index_open(&book->levels_index, orders_max, INDEX_SPARSE) ||
        !index_open(&book->members_index, orders_max, INDEX_SPARSE))
        return false;
    book->stop_parts = pages_reserve(((size_t)orders_max + 1) * sizeof(*book->stop_parts));
    return book->stop_parts != NULL;
}

struct book *book_new(uint32_t orders_max)
{
    assert(orders_max > 0 && orders_max <= BOOK_ORDERS_MAX);
    struct book *book = calloc(1, sizeof(*book));
    if (book && !memory_open(book, orders_max)) {
        book_free(book);
        book = NULL;
    }
    return book;
}

void book_free(struct book *book)
{
    if (!book)
        return;
    pages_release(book->stop_parts,
                  ((size_t)book->orders.max + 1) * sizeof(*book->stop_parts));
    index_close(&book->orders_index);
    index_close(&book->levels_index);
    index_close(&book->members_index);
    pool_close(&book->orders);
    pool_close(&book->levels);
    pool_close(&book->members);
    free(book);
}

bool book_apply(struct book *book, const struct command *command, struct str *out)
{
    assert(command->seq == book->seq + 1);
    char *room = out->data + out->length;
    bool has_room = out->capacity > out->length + BOOK_RESULT_BYTES_MAX &&
                    out->max >= out->length + BOOK_RESULT_BYTES_MAX;
    if (!has_room && !(room = str_reserve(out, BOOK_RESULT_BYTES_MAX)))
        return false;
    assert((uintptr_t)room % _Alignof(struct result_item) == 0);
    struct result *result = (struct result *)(void *)room;
    struct sink sink = {.at = (struct result_item *)(void *)(result + 1)};
    book->seq = command->seq;
    command_run(book, &sink, command);
    if ((book->ladders[LADDER_STOP_BUYS].best | book->ladders[LADDER_STOP_SELLS].best) != 0)
        stops_set_off(book, &sink);

    assert(sink.items <= PROTOCOL_ITEMS_MAX);
    *result = (struct result){
        .seq = command->seq,
        .order_id = command->order_id,
        .items = sink.items,
        .kind = command->kind,
        .status = sink.status,
        .more = sink.more,
    };
    out->length += sizeof(*result) + sink.items * sizeof(struct result_item);
    return true;
}

/*
 * A command mostly waits for memory: for the bucket of its order id, then for the order. The next
 * commands are known, so their lines are asked for while this one is at work.
 */
enum { FETCH_BUCKET = 8, FETCH_ORDER = 4 };

static inline void fetch_bucket(const struct book *book, const struct command *command)
{
    const struct index *index = &book->orders_index;
    __builtin_prefetch(index_bucket(index, index_hash(index, command->order_id)));
}

static inline void fetch_order(const struct book *book, const struct command *command)
{
    const struct index *index = &book->orders_index;
    uint32_t slot = index_bucket(index, index_hash(index, command->order_id))->slot;
    __builtin_prefetch(order_at(book, slot));
}

size_t book_apply_many(struct book *book, const struct command *commands, size_t count,
                       struct str *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i + FETCH_BUCKET < count) {
            fetch_bucket(book, &commands[i + FETCH_BUCKET]);
            fetch_order(book, &commands[i + FETCH_ORDER]);
        }
        if (!book_apply(book, &commands[i], out))
            return i;
    }
    return count;
}

void book_warm(struct book *book, uint32_t orders)
{
    pool_warm(&book->orders, orders);
    pool_warm(&book->levels, orders);
    pool_warm(&book->members, orders);
}

uint64_t book_seq(const struct book *book)
{
    return book->seq;
}

uint32_t book_orders(const struct book *book)
{
    return book->orders.taken;
}

int64_t book_last_price(const struct book *book)
{
    return book->last_price;
}

bool book_is_halted(const struct book *book)
{
    return book->halted;
}

size_t book_depth(const struct book *book, enum side side, struct book_level *ret_levels,
                  size_t levels_max)
{
    size_t count = 0;
    for (uint32_t at = book->ladders[side].best; at != 0 && count < levels_max;
         at = level_at(book, at)->worse) {
        const struct level *level = level_at(book, at);
        ret_levels[count++] = (struct book_level){
            .price = level_price(level),
            .amount = level->total > INT64_MAX ? INT64_MAX : (int64_t)level->total,
        };
    }
    return count;
}

/* ---- for tests ---- */

static void side_check(const struct book *book, enum side side, uint64_t *digest, uint32_t *count)
{
    uint64_t rank = 0;
    for (uint32_t slot = book->age_first[side]; slot != 0; slot = order_at(book, slot)->age_next) {
        const struct order *order = order_at(book, slot);
        assert(order->side == side && order->rank > rank);
        assert(order_find(book, order->link.key) == slot);
        assert((order->age_next == 0) == (slot == book->age_last[side]));
        rank = order->rank;
        *digest += digest_of(book, slot);
        (*count)++;
    }
}

void book_check(const struct book *book)
{
    uint64_t digest = 0;
    uint32_t count = 0;
    for (unsigned kind = 0; kind < LADDERS; kind++)
        ladder_check(book, (enum ladder_kind)kind);
    side_check(book, SIDE_BUY, &digest, &count);
    side_check(book, SIDE_SELL, &digest, &count);
    assert(digest == book->digest && count == book->orders.taken);
    assert(count == book->orders_index.count);
    uint32_t bid = book->ladders[LADDER_BIDS].best, ask = book->ladders[LADDER_ASKS].best;
    assert(bid == 0 || ask == 0 ||
           level_price(level_at(book, bid)) < level_price(level_at(book, ask)));
}
