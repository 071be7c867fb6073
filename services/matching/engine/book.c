/*
 * The door of the engine. Step 3 of the life of an order: before, services/matching/actions/
 * hands over a command; after, the results travel to accounting and are settled.
 */
#include "matching/engine/book.h"

#include <stdlib.h>

#include "matching/engine/orders.h"

static size_t terms_bytes(uint32_t orders_max)
{
    return ((size_t)orders_max + 1) * sizeof(struct terms);
}

static size_t elders_bytes(uint32_t orders_max)
{
    return (size_t)orders_max * sizeof(uint32_t);
}

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
    book->terms = pages_reserve(terms_bytes(orders_max));
    book->elders = pages_reserve(elders_bytes(orders_max));
    return book->terms && book->elders;
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
    pages_release(book->terms, terms_bytes(book->orders.max));
    pages_release(book->elders, elders_bytes(book->orders.max));
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
    bool has_room = out->capacity > out->length + BOOK_RESULT_BYTES_MAX &&
                    out->max >= out->length + BOOK_RESULT_BYTES_MAX;
    char *room = has_room ? out->data + out->length : str_reserve(out, BOOK_RESULT_BYTES_MAX);
    if (!room)
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
    out->data[out->length] = '\0';
    return true;
}

/*
 * A command mostly waits for memory: for its own record, for the bucket of its order id, for the
 * order. The next commands are known, so their lines are asked for while this one is at work.
 */
enum { FETCH_RECORD = 14, FETCH_BUCKET = 8, FETCH_ORDER = 4 };

/* Inlined by force: gcc takes a function that only fetches for one that does nothing. */
static inline __attribute__((always_inline)) void fetch_ahead(const struct book *book,
                                                              const struct command *commands)
{
    const struct index *index = &book->orders_index;
    uint32_t far = index_hash(index, commands[FETCH_BUCKET].order_id);
    uint32_t near = index_hash(index, commands[FETCH_ORDER].order_id);
    __builtin_prefetch(&commands[FETCH_RECORD]);
    __builtin_prefetch(&commands[FETCH_RECORD].kind);
    __builtin_prefetch(index_bucket(index, far));
    __builtin_prefetch(order_at(book, index_bucket(index, near)->slot));
}

size_t book_apply_many(struct book *book, const struct command *commands, size_t count,
                       struct str *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i + FETCH_RECORD < count)
            fetch_ahead(book, &commands[i]);
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

void book_check(const struct book *book)
{
    uint64_t digest = 0, rank = 0;
    uint32_t count = 0;
    for (unsigned kind = 0; kind < LADDERS; kind++)
        ladder_check(book, (enum ladder_kind)kind);
    struct elders elders = elders_of(book, 0, SIDE_BOTH);
    for (uint32_t slot = elders_next(&elders); slot != 0; slot = elders_next(&elders)) {
        const struct order *order = order_at(book, slot);
        assert(order->rank > rank && order_find(book, order->link.key) == slot);
        rank = order->rank;
        digest += order_digest_check(book, slot);
        count++;
    }
    assert(digest == book->digest);
    assert(count == book->orders.taken && count == book->orders_index.count);
    uint32_t bid = book->ladders[LADDER_BIDS].best, ask = book->ladders[LADDER_ASKS].best;
    assert(bid == 0 || ask == 0 ||
           level_price(level_at(book, bid)) < level_price(level_at(book, ask)));
}
