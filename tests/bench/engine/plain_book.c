#include "tests/bench/engine/plain_book.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "base/check.h"

enum {
    PRICES = 262144, /* 64^3: three levels of bitmap */
    ORDERS_MAX = 1 << 20,
    HASH_BITS = 18,
    HASH_SLOTS = 1 << HASH_BITS
};

struct plain_order {
    uint64_t id;
    uint32_t price, amount, next, prev, member, side; /* next, prev: 0 is none */
};

struct ends {
    uint32_t first, last;
};

struct hash_slot {
    uint64_t id; /* 0: free */
    uint32_t order;
};

struct plain_book {
    struct ends queues[2][PRICES];
    uint64_t prices[2][PRICES / 64], blocks[2][PRICES / 4096], all[2];
    struct hash_slot hash[HASH_SLOTS];
    struct plain_order orders[ORDERS_MAX];
    struct plain_trade trades[PLAIN_TRADES];
    uint64_t trades_count;
    uint32_t fresh, free;
};

/* Everything is present from the start: this book shall not wait for pages. */
struct plain_book *plain_book_new(void)
{
    struct plain_book *book = mmap(NULL, sizeof(*book), PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    assert(book != MAP_FAILED);
    book->fresh = 1;
    return book;
}

void plain_book_free(struct plain_book *book)
{
    munmap(book, sizeof(*book));
}

/* ---- ids ---- */

static inline uint32_t hash_of(uint64_t id)
{
    return (uint32_t)(id * 0x9e3779b97f4a7c15u >> (64 - HASH_BITS));
}

static inline void hash_add(struct plain_book *book, uint64_t id, uint32_t order)
{
    uint32_t at = hash_of(id);
    while (book->hash[at].id != 0)
        at = (at + 1) & (HASH_SLOTS - 1);
    book->hash[at] = (struct hash_slot){.id = id, .order = order};
}

static inline uint32_t hash_find(const struct plain_book *book, uint64_t id)
{
    uint32_t at = hash_of(id);
    while (book->hash[at].id != id) {
        assert(book->hash[at].id != 0);
        at = (at + 1) & (HASH_SLOTS - 1);
    }
    return at;
}

/* Moves later ones of the run back into the hole, so that no tombstones are needed. */
static inline void hash_remove(struct plain_book *book, uint32_t hole)
{
    for (uint32_t at = (hole + 1) & (HASH_SLOTS - 1); book->hash[at].id != 0;
         at = (at + 1) & (HASH_SLOTS - 1)) {
        uint32_t home = hash_of(book->hash[at].id);
        if (((at - home) & (HASH_SLOTS - 1)) >= ((at - hole) & (HASH_SLOTS - 1))) {
            book->hash[hole] = book->hash[at];
            hole = at;
        }
    }
    book->hash[hole].id = 0;
}

/* ---- prices ---- */

static inline void price_mark(struct plain_book *book, unsigned side, uint32_t price)
{
    book->prices[side][price >> 6] |= 1ull << (price & 63);
    book->blocks[side][price >> 12] |= 1ull << (price >> 6 & 63);
    book->all[side] |= 1ull << (price >> 12);
}

static inline void price_clear(struct plain_book *book, unsigned side, uint32_t price)
{
    if ((book->prices[side][price >> 6] &= ~(1ull << (price & 63))) != 0)
        return;
    if ((book->blocks[side][price >> 12] &= ~(1ull << (price >> 6 & 63))) != 0)
        return;
    book->all[side] &= ~(1ull << (price >> 12));
}

static inline uint32_t highest_buy(const struct plain_book *book)
{
    uint32_t all = 63u - (uint32_t)__builtin_clzll(book->all[0]);
    uint32_t block = all << 6 | (63u - (uint32_t)__builtin_clzll(book->blocks[0][all]));
    return block << 6 | (63u - (uint32_t)__builtin_clzll(book->prices[0][block]));
}

static inline uint32_t lowest_sell(const struct plain_book *book)
{
    uint32_t all = (uint32_t)__builtin_ctzll(book->all[1]);
    uint32_t block = all << 6 | (uint32_t)__builtin_ctzll(book->blocks[1][all]);
    return block << 6 | (uint32_t)__builtin_ctzll(book->prices[1][block]);
}

/* ---- orders ---- */

static inline void take_out(struct plain_book *book, uint32_t at)
{
    struct plain_order *order = &book->orders[at];
    struct ends *queue = &book->queues[order->side][order->price];
    if (order->prev != 0)
        book->orders[order->prev].next = order->next;
    else
        queue->first = order->next;
    if (order->next != 0)
        book->orders[order->next].prev = order->prev;
    else
        queue->last = order->prev;
    if (queue->first == 0)
        price_clear(book, order->side, order->price);
    order->next = book->free;
    book->free = at;
}

static inline void rest(struct plain_book *book, const struct workload_command *command,
                        uint32_t amount)
{
    uint32_t at = book->free;
    if (at != 0)
        book->free = book->orders[at].next;
    else
        at = book->fresh++;
    struct ends *queue = &book->queues[command->side][command->price];
    book->orders[at] = (struct plain_order){
        .id = command->order_id,
        .price = command->price,
        .amount = amount,
        .prev = queue->last,
        .member = command->member,
        .side = command->side,
    };
    if (queue->last != 0) {
        book->orders[queue->last].next = at;
    } else {
        queue->first = at;
        price_mark(book, command->side, command->price);
    }
    queue->last = at;
    hash_add(book, command->order_id, at);
}

/* Trades along one queue; the amount that is left. */
static inline uint32_t take_queue(struct plain_book *book, const struct workload_command *command,
                                  uint32_t price, uint32_t left)
{
    uint32_t at = book->queues[1 - command->side][price].first;
    do {
        struct plain_order *maker = &book->orders[at];
        uint32_t amount = left < maker->amount ? left : maker->amount;
        book->trades[book->trades_count++ % PLAIN_TRADES] = (struct plain_trade){
            .maker = maker->id,
            .taker = command->order_id,
            .price = price,
            .amount = amount,
            .maker_member = maker->member,
            .taker_member = command->member,
        };
        left -= amount;
        maker->amount -= amount;
        if (maker->amount > 0)
            break;
        uint32_t next = maker->next;
        hash_remove(book, hash_find(book, maker->id));
        take_out(book, at);
        at = next;
    } while (left > 0 && at != 0);
    return left;
}

static inline void submit(struct plain_book *book, const struct workload_command *command)
{
    uint32_t left = command->amount;
    bool is_limit = command->kind == WORKLOAD_LIMIT;
    while (left > 0 && book->all[1 - command->side] != 0) {
        uint32_t price = command->side == 0 ? lowest_sell(book) : highest_buy(book);
        if (is_limit && (command->side == 0 ? price > command->price : price < command->price))
            break;
        left = take_queue(book, command, price, left);
    }
    if (left > 0 && is_limit)
        rest(book, command, left);
}

void plain_book_apply(struct plain_book *book, const struct workload_command *command)
{
    if (command->kind != WORKLOAD_CANCEL) {
        submit(book, command);
        return;
    }
    uint32_t at = hash_find(book, command->order_id);
    uint32_t order = book->hash[at].order;
    hash_remove(book, at);
    take_out(book, order);
}

uint64_t plain_book_trades(const struct plain_book *book)
{
    return book->trades_count;
}

const struct plain_trade *plain_book_trade(const struct plain_book *book, uint64_t number)
{
    return &book->trades[number % PLAIN_TRADES];
}
