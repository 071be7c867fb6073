/*
 * Stop orders: they wait in two ladders by stop price, and the last price sets them off. Which goes
 * first never depends on anything but stop prices and ranks.
 */
#include "matching/engine/orders.h"

void stop_wait(struct book *book, struct sink *sink, const struct taker *taker)
{
    if (pool_is_full(&book->orders))
        closed_put(sink, taker, CLOSE_BOOK_FULL);
    else
        (void)order_place(book, taker, true);
}

/* The first of the best stop level if the last price reached it, or 0. */
static uint32_t eligible(const struct book *book, enum side side)
{
    uint32_t best = book->ladders[LADDER_STOP_BUYS + side].best;
    if (best == 0)
        return 0;
    const struct level *level = level_at(book, best);
    int64_t stop_price = level_price(level);
    bool is_reached =
        side == SIDE_BUY ? book->last_price >= stop_price : book->last_price <= stop_price;
    return is_reached ? level->first : 0;
}

static uint32_t next_to_set_off(const struct book *book)
{
    uint32_t buy = eligible(book, SIDE_BUY), sell = eligible(book, SIDE_SELL);
    if (buy == 0 || sell == 0)
        return buy != 0 ? buy : sell;
    return order_at(book, buy)->rank < order_at(book, sell)->rank ? buy : sell;
}

static void set_off(struct book *book, struct sink *sink, uint32_t slot, uint64_t rank)
{
    struct taker taker = order_as_taker(book, slot);
    order_remove(book, slot);
    taker.kinds.type = taker.kinds.type == TYPE_STOP_LIMIT ? TYPE_LIMIT : TYPE_MARKET;
    taker.rank = rank;
    *item_next(sink) = (struct result_item){
        .kind = ITEM_TRIGGERED,
        .side = taker.kinds.side,
        .order_id = taker.order_id,
        .member_id = taker.member_id,
        .price = taker.price,
        .amount = taker.amount,
        .extra = taker.rank,
    };
    order_take(book, sink, &taker);
}

/* A command that used up its steps or turns leaves the rest to the next command of the market. */
void stops_set_off(struct book *book, struct sink *sink)
{
    if (book->halted || book->last_price == 0)
        return;
    for (uint32_t turn = 1; turn <= PROTOCOL_TRIGGERS_MAX; turn++) {
        uint32_t slot = next_to_set_off(book);
        if (slot == 0 || sink->steps == PROTOCOL_FILLS_MAX)
            return;
        set_off(book, sink, slot, rank_of(book->seq, turn));
    }
}
