/*
 * state.h: what a book is made of. Private to the engine; book.h is the door.
 *
 * Everything is a numbered slot of a pool, and 0 is nobody. An order is in three structures at
 * once, each of which it leaves in O(1): the index by id, the queue of its price level, and the
 * list of its member and side. Queues and lists are in order of rank, because ranks only grow and
 * new ones join at the end. Waiting stop orders are the same orders in two ladders of their own, by
 * stop price.
 */
#ifndef MATCHING_ENGINE_STATE_H
#define MATCHING_ENGINE_STATE_H

#include <string.h>

#include "contract/protocol.h"
#include "matching/engine/book.h"
#include "matching/engine/pool.h"

/* As they stand in a command, and in the digest: four bytes that are copied as one word. */
struct kinds {
    uint8_t side, type, time_in_force, stp;
};
_Static_assert(offsetof(struct command, stp) - offsetof(struct command, side) == 3,
               "the kinds of a command are one word");

/* One cache line: the engine's speed is the number of lines and instructions a command takes. */
struct order {
    struct link link; /* key: the order id */
    uint32_t level;
    uint32_t next, prev; /* in the queue of the level */
    uint32_t member;
    uint32_t member_next, member_prev; /* among the orders of this member and side */
    struct kinds kinds;                /* type: TYPE_LIMIT rests, stop types wait */
    int64_t amount;                    /* left to fill */
    uint64_t rank;
    uint64_t digest; /* its part of the state hash */
};
_Static_assert(sizeof(struct order) == 64, "an order is one cache line");

/* What only market and stop orders have. Of waiting stops it is kept at their slot number. */
struct terms {
    int64_t protection; /* market orders: the worst price to trade at; 0: any */
    int64_t price;      /* waiting stop-limits: the limit price */
    __int128 budget;    /* of market buys; else 0 */
};

/* All orders of one ladder at one price. */
struct level {
    struct link link; /* key: price × 4 + ladder */
    uint32_t first, last;
    uint32_t better, worse; /* neighbours in the ladder */
    uint32_t left, right;   /* of the AVL tree: better ones are left */
    uint32_t height;
    unsigned __int128 total;
};
_Static_assert(sizeof(struct level) == 64, "a level is one cache line");

/* A member that has orders. */
struct member {
    struct link link;           /* key: the member id */
    uint32_t first[2], last[2]; /* by side; a member without orders is given back */
};

/*
 * Bit 0 is the side, bit 1 is set for waiting stops. "Better" is what comes first: high bids, low
 * asks, low stop prices of buys, high ones of sells.
 */
enum ladder_kind { LADDER_BIDS, LADDER_ASKS, LADDER_STOP_BUYS, LADDER_STOP_SELLS, LADDERS };

struct ladder {
    uint32_t root, best; /* levels */
};

struct book {
    struct pool orders, levels, members;
    struct index orders_index, levels_index, members_index;
    struct terms *terms; /* of waiting stops */
    uint32_t *elders;    /* scratch of elders.c */
    struct ladder ladders[LADDERS];
    uint64_t seq;
    int64_t last_price; /* 0: no trade yet */
    uint64_t digest;    /* sum of the digests of all orders */
    bool halted;
};

/* Where the result of the command at hand is written; there is room for the largest one. */
struct sink {
    struct result_item *at;
    uint32_t items;
    uint32_t steps; /* trades and self-trade steps of this command */
    uint8_t status, more;
};

/* An order on its way through the book, before it rests, waits or is gone. */
struct taker {
    uint64_t order_id, member_id, rank;
    int64_t price;  /* limit price; 0 for market orders */
    int64_t amount; /* left to fill */
    struct kinds kinds;
    int64_t stop_price; /* from here on: not of limit orders */
    int64_t protection;
    __int128 budget;
};

/* ---- slots ---- */

static inline struct order *order_at(const struct book *book, uint32_t slot)
{
    return pool_at(&book->orders, slot, sizeof(struct order));
}
static inline struct level *level_at(const struct book *book, uint32_t slot)
{
    return pool_at(&book->levels, slot, sizeof(struct level));
}
static inline struct member *member_at(const struct book *book, uint32_t slot)
{
    return pool_at(&book->members, slot, sizeof(struct member));
}
static inline uint32_t order_find(const struct book *book, uint64_t order_id)
{
    return index_find(&book->orders_index, &book->orders, sizeof(struct order), order_id);
}
static inline bool order_exists(const struct book *book, uint64_t order_id)
{
    return index_has(&book->orders_index, &book->orders, sizeof(struct order), order_id);
}
static inline uint32_t member_find(const struct book *book, uint64_t member_id)
{
    return index_find(&book->members_index, &book->members, sizeof(struct member), member_id);
}
static inline bool order_is_waiting(const struct order *order)
{
    return order->kinds.type != TYPE_LIMIT;
}

static inline int64_t level_price(const struct level *level)
{
    return (int64_t)(level->link.key >> 2);
}
static inline enum ladder_kind level_ladder(const struct level *level)
{
    return (enum ladder_kind)(level->link.key & 3);
}

/* A total as it is told. */
static inline int64_t total_told(unsigned __int128 total)
{
    return total > INT64_MAX ? INT64_MAX : (int64_t)total;
}
static inline int64_t level_amount(const struct level *level)
{
    return total_told(level->total);
}

/* ---- ladder.c: price levels in order ---- */

uint32_t level_add(struct book *book, uint64_t key);
void level_remove(struct book *book, uint32_t slot);
int64_t level_amount_at(const struct book *book, unsigned side, int64_t price); /* 0: no level */
void ladder_check(const struct book *book, enum ladder_kind kind);

static inline uint32_t level_find_or_add(struct book *book, unsigned kind, int64_t price)
{
    uint64_t key = (uint64_t)price << 2 | kind;
    uint32_t slot = index_find(&book->levels_index, &book->levels, sizeof(struct level), key);
    return slot != 0 ? slot : level_add(book, key);
}

/* ---- orders.c: what an order is; orders.h: how it joins and leaves ---- */

uint32_t member_add(struct book *book, uint64_t member_id);
void member_remove(struct book *book, uint32_t slot);
uint64_t order_digest_check(const struct book *book, uint32_t slot);
int64_t order_price(const struct book *book, uint32_t slot);
/* The order as it would be sent in anew. */
struct taker order_as_taker(const struct book *book, uint32_t slot);

/* ---- elders.c: the orders of many members, oldest rank first ---- */

/* Those of one member (0: of everybody) and side. One walk at a time. */
struct elders {
    const struct book *book;
    uint32_t count;
};
struct elders elders_of(const struct book *book, uint64_t member_id, unsigned side);
/* The next one, which may be taken out of the book; 0 at the end. */
uint32_t elders_next(struct elders *elders);

/* ---- match.c: an order takes liquidity, or rests ---- */

void order_take(struct book *book, struct sink *sink, struct taker *taker);
/* What is left of a limit order goes to the end of its queue, or closes if it may not rest. */
void order_rest(struct book *book, struct sink *sink, const struct taker *taker);
void closed_put(struct sink *sink, const struct taker *taker, enum close_reason reason);

/*
 * Whether an order of this side and price trades at the price of the other side. 0: at any. The
 * sides come in no order that a processor could foresee: hence arithmetic instead of a branch.
 */
static inline bool is_acceptable(unsigned side, int64_t price, int64_t other)
{
    int64_t sign = 1 - 2 * (int64_t)side;
    return price == 0 || (price - other) * sign >= 0;
}

static inline bool price_crosses(const struct book *book, unsigned side, int64_t price)
{
    uint32_t best = book->ladders[side ^ 1].best;
    return best != 0 && is_acceptable(side, price, level_price(level_at(book, best)));
}

/* ---- stops.c: waiting stop orders ---- */

void stop_wait(struct book *book, struct sink *sink, const struct taker *taker);
void stops_set_off(struct book *book, struct sink *sink);

/* ---- commands.c: what each command does ---- */

void command_run(struct book *book, struct sink *sink, const struct command *command);

/* Where the next item goes: `*item_next(sink) = (struct result_item){...}` writes it in place. */
static inline struct result_item *item_next(struct sink *sink)
{
    sink->items++;
    return sink->at++;
}

static inline void level_put(struct sink *sink, unsigned side, int64_t price, int64_t amount)
{
    *item_next(sink) = (struct result_item){
        .kind = ITEM_LEVEL,
        .side = (uint8_t)side,
        .price = price,
        .amount = amount,
    };
}

#endif
