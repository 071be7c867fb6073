/*
 * The generator keeps a simple book of its own: every order by its id, a queue per price, and the
 * list of the live orders, so that cancels always hit one that is live.
 */
#include "tests/bench/engine/workload.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/check.h"

enum {
    PRICE_FIRST = 100000,
    PRICE_LOW = 50000,
    PRICE_HIGH = 150000,
    PRICES = 262144,
    MEMBERS = 1000
};

struct resting {
    uint32_t price, amount; /* amount 0: not in the book */
    uint32_t next, prev;    /* order ids in the queue of the price; 0: none */
    uint32_t live_index;
    uint8_t side;
};

struct queue_ends {
    uint32_t first, last;
};

struct generator {
    const struct workload_plan *plan;
    struct workload *workload;
    struct resting *orders; /* by id */
    struct queue_ends (*queues)[PRICES];
    uint32_t *live;
    uint32_t live_count, best_buy, best_sell, middle, next_id;
    uint64_t random;
};

/* ---- splitmix64 ---- */

static uint64_t next_random(struct generator *gen)
{
    uint64_t z = gen->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t below(struct generator *gen, uint32_t limit)
{
    return (uint32_t)((unsigned __int128)next_random(gen) * limit >> 64);
}

/* ---- the book of the generator ---- */

static void rest(struct generator *gen, const struct workload_command *command, uint32_t amount)
{
    uint32_t id = (uint32_t)command->order_id;
    struct queue_ends *queue = &gen->queues[command->side][command->price];
    gen->orders[id] = (struct resting){
        .price = command->price,
        .amount = amount,
        .prev = queue->last,
        .live_index = gen->live_count,
        .side = command->side,
    };
    if (queue->last != 0)
        gen->orders[queue->last].next = id;
    else
        queue->first = id;
    queue->last = id;
    gen->live[gen->live_count++] = id;
    if (command->side == 0 && command->price > gen->best_buy)
        gen->best_buy = command->price;
    if (command->side == 1 && command->price < gen->best_sell)
        gen->best_sell = command->price;
}

static void take_out(struct generator *gen, uint32_t id)
{
    struct resting *order = &gen->orders[id];
    struct queue_ends *queue = &gen->queues[order->side][order->price];
    if (order->prev != 0)
        gen->orders[order->prev].next = order->next;
    else
        queue->first = order->next;
    if (order->next != 0)
        gen->orders[order->next].prev = order->prev;
    else
        queue->last = order->prev;
    order->amount = 0;
    uint32_t moved = gen->live[--gen->live_count];
    gen->live[order->live_index] = moved;
    gen->orders[moved].live_index = order->live_index;
    while (gen->best_buy > 0 && gen->queues[0][gen->best_buy].first == 0)
        gen->best_buy--;
    while (gen->best_sell < PRICES && gen->queues[1][gen->best_sell].first == 0)
        gen->best_sell++;
}

static void submit(struct generator *gen, const struct workload_command *command)
{
    uint32_t left = command->amount;
    bool is_market = command->kind == WORKLOAD_MARKET;
    while (left > 0) {
        uint32_t price = command->side == 0 ? gen->best_sell : gen->best_buy;
        if (command->side == 0 ? price == PRICES : price == 0)
            break;
        if (!is_market && (command->side == 0 ? price > command->price : price < command->price))
            break;
        uint32_t maker_id = gen->queues[1 - command->side][price].first;
        struct resting *maker = &gen->orders[maker_id];
        uint32_t amount = left < maker->amount ? left : maker->amount;
        gen->workload->trade_hash =
            trade_hash(gen->workload->trade_hash, maker_id, command->order_id, price, amount);
        gen->workload->trades++;
        left -= amount;
        maker->amount -= amount;
        if (maker->amount == 0)
            take_out(gen, maker_id);
    }
    if (left > 0 && !is_market)
        rest(gen, command, left);
}

/* ---- the stream; the order of the draws is part of the workload ---- */

static struct workload_command passive_order(struct generator *gen)
{
    struct workload_command command = {.kind = WORKLOAD_LIMIT, .side = (uint8_t)below(gen, 2)};
    uint32_t distance = 1 + below(gen, gen->plan->half_width);
    command.price = command.side == 0 ? gen->middle - distance : gen->middle + distance;
    command.amount = 1 + below(gen, 100);
    command.member = 1 + below(gen, MEMBERS);
    command.order_id = gen->next_id++;
    return command;
}

static struct workload_command aggressive_order(struct generator *gen)
{
    struct workload_command command = {.side = (uint8_t)below(gen, 2)};
    command.amount = 1 + below(gen, 50);
    command.member = 1 + below(gen, MEMBERS);
    command.order_id = gen->next_id++;
    command.kind = below(gen, 2) != 0 ? WORKLOAD_MARKET : WORKLOAD_LIMIT;
    if (command.kind == WORKLOAD_LIMIT)
        command.price = command.side == 0 ? gen->middle + 5 : gen->middle - 5;
    return command;
}

static struct workload_command next_command(struct generator *gen, bool is_prefill)
{
    if (is_prefill)
        return passive_order(gen);
    if (below(gen, 100) == 0) {
        gen->middle = below(gen, 2) != 0 ? gen->middle + 1 : gen->middle - 1;
        if (gen->middle < PRICE_LOW)
            gen->middle = PRICE_LOW;
        if (gen->middle > PRICE_HIGH)
            gen->middle = PRICE_HIGH;
    }
    uint32_t drawn = below(gen, 1000);
    if (drawn < (gen->live_count < gen->plan->prefill ? 490u : 430u))
        return passive_order(gen);
    if (drawn >= 900)
        return aggressive_order(gen);
    if (gen->live_count == 0)
        return passive_order(gen);
    uint32_t victim = gen->live[below(gen, gen->live_count)];
    return (struct workload_command){.kind = WORKLOAD_CANCEL, .order_id = victim};
}

struct workload workload_make(const struct workload_plan *plan)
{
    size_t count = (size_t)plan->prefill + plan->commands;
    struct workload workload = {
        .commands = calloc(count, sizeof(*workload.commands)),
        .prefill = plan->prefill,
        .count = count,
        .trade_hash = TRADE_HASH_START,
    };
    struct generator gen = {
        .plan = plan,
        .workload = &workload,
        .orders = calloc(count + 1, sizeof(*gen.orders)),
        .queues = calloc(2, sizeof(*gen.queues)),
        .live = calloc(count + 1, sizeof(*gen.live)),
        .best_sell = PRICES,
        .middle = PRICE_FIRST,
        .next_id = 1,
        .random = plan->seed,
    };
    assert(workload.commands && gen.orders && gen.queues && gen.live);
    for (size_t i = 0; i < count; i++) {
        struct workload_command command = next_command(&gen, i < plan->prefill);
        if (command.kind == WORKLOAD_CANCEL)
            take_out(&gen, (uint32_t)command.order_id);
        else
            submit(&gen, &command);
        workload.commands[i] = command;
    }
    free(gen.orders);
    free(gen.queues);
    free(gen.live);
    return workload;
}

void workload_release(struct workload *workload)
{
    free(workload->commands);
    *workload = (struct workload){.commands = NULL};
}
