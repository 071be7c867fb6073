/*
 * stream.h: random commands of every kind, made so that everything collides: few prices, few
 * members, orders that come and go; and from time to time commands that follow no rule.
 */
#ifndef TESTS_STREAM_H
#define TESTS_STREAM_H

#include <stdbool.h>
#include <string.h>

#include "contract/protocol.h"
#include "tests/unit/services/matching/naive_book.h"

struct stream_profile {
    const char *name;
    int64_t price_low, price_step; /* prices are low + 0..prices-1 steps */
    uint32_t prices;
    int64_t amount_unit; /* amounts are 1..20 of these */
    uint32_t members;
    uint32_t book_full_at; /* orders that the book has room for */
    uint32_t cancels;      /* of 100 commands */
    uint32_t cancel_alls;  /* of 10,000 commands */
    uint32_t calm;         /* of 100 orders: these only wait for others, so that the book deepens */
    uint32_t sweep_every;  /* one of so many orders takes everything; 0: none */
    uint32_t part;         /* the stream gets one part in so many of its share: it is slow */
};

struct stream {
    const struct stream_profile *profile;
    const struct naive_book *book; /* where ids of live orders come from */
    uint64_t random, seq, next_id;
    bool halted;
    bool never_breaks; /* only commands that follow the rules */
};

static inline uint64_t stream_random(struct stream *stream)
{
    uint64_t z = stream->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint32_t stream_below(struct stream *stream, uint32_t limit)
{
    return (uint32_t)(stream_random(stream) % limit);
}

static inline int64_t stream_price(struct stream *stream)
{
    return stream->profile->price_low +
           (int64_t)stream_below(stream, stream->profile->prices) * stream->profile->price_step;
}

static inline int64_t stream_amount(struct stream *stream)
{
    return (1 + stream_below(stream, 20)) * stream->profile->amount_unit;
}

/* An order that is live, or was. */
static inline uint64_t stream_known_id(struct stream *stream)
{
    uint64_t back = 1 + stream_below(stream, 200);
    if (stream->book->count > 0 && stream_below(stream, 4) != 0)
        return stream->book->orders[stream_below(stream, (uint32_t)stream->book->count)].id;
    return stream->next_id > back ? stream->next_id - back : 1;
}

static inline void stream_submit(struct stream *stream, struct command *command)
{
    bool is_repeated = stream_below(stream, 200) == 0;
    uint32_t type = stream_below(stream, 100);
    command->kind = COMMAND_SUBMIT;
    command->order_id = is_repeated ? stream_known_id(stream) : stream->next_id++;
    command->member_id = 1 + stream_below(stream, stream->profile->members);
    command->side = (uint8_t)stream_below(stream, 2);
    command->type = type < 60   ? TYPE_LIMIT
                    : type < 75 ? TYPE_MARKET
                    : type < 88 ? TYPE_STOP_LIMIT
                                : TYPE_STOP_MARKET;
    command->time_in_force = (uint8_t)(stream_below(stream, 2) ? TIF_GTC : stream_below(stream, 4));
    command->stp = (uint8_t)(stream_below(stream, 2) ? STP_NONE : stream_below(stream, 4));
    command->amount = stream_amount(stream);
    bool is_market = command->type == TYPE_MARKET || command->type == TYPE_STOP_MARKET;
    if (!is_market)
        command->price = stream_price(stream);
    else if (stream_below(stream, 2))
        command->protection = stream_price(stream);
    if (command->type == TYPE_STOP_LIMIT || command->type == TYPE_STOP_MARKET)
        command->stop_price = stream_price(stream);
    if (is_market && command->side == SIDE_BUY) {
        /* About what the volume costs: mostly enough, often not, sometimes exactly. */
        __int128 budget = (__int128)command->amount * stream_price(stream);
        if (stream_below(stream, 4) == 0)
            budget = stream_below(stream, 2) ? 0 : (__int128)PROTOCOL_QUANTITY_MAX << 60;
        wide_set(budget, &command->budget_low, &command->budget_high);
    }
}

/*
 * An order that meets nobody for now: limit orders on their own half of the prices, stops that wait
 * for the last price to reach the other half.
 */
static inline void stream_calm(struct stream *stream, struct command *command)
{
    const struct stream_profile *profile = stream->profile;
    uint32_t half = profile->prices / 2;
    bool is_stop = stream_below(stream, 3) == 0;
    bool is_upper = (command->side == SIDE_SELL) != is_stop;
    uint32_t at = stream_below(stream, half) + (is_upper ? profile->prices - half : 0);
    int64_t price = profile->price_low + at * profile->price_step;
    command->time_in_force = stream_below(stream, 3) ? TIF_GTC : TIF_POST_ONLY;
    command->type = is_stop ? TYPE_STOP_LIMIT : TYPE_LIMIT;
    command->amount = 1;
    command->price = price;
    command->stop_price = is_stop ? price : 0;
    command->protection = 0;
    command->budget_low = command->budget_high = 0;
}

/* A market order that takes all there is. */
static inline void stream_sweep(struct stream *stream, struct command *command)
{
    command->type = TYPE_MARKET;
    command->amount = 1000000 * stream->profile->amount_unit;
    command->price = command->stop_price = command->protection = 0;
    command->budget_low = 0;
    command->budget_high = 1u << 31;
}

/* Breaks one field of a submit or an amend. */
static inline void stream_break(struct stream *stream, struct command *command)
{
    switch (stream_below(stream, 10)) {
    case 0:
        command->order_id = 0;
        break;
    case 1:
        command->kind = (uint8_t)(stream_below(stream, 2) ? 0 : 7 + stream_below(stream, 248));
        break;
    case 2:
        command->price = command->kind == COMMAND_SUBMIT && command->price ? 0 : -1;
        break;
    case 3:
        command->price = PROTOCOL_QUANTITY_MAX + 1;
        break;
    case 4:
        command->amount = INT64_MIN;
        break;
    case 5:
        command->amount = INT64_MAX;
        break;
    case 6:
        command->reserved[stream_below(stream, 3)] = 1;
        break;
    case 7:
        command->price = INT64_MIN;
        break;
    case 8:
        command->price = INT64_MAX;
        break;
    default:
        command->amount = PROTOCOL_QUANTITY_MAX + 1;
        break;
    }
}

/* The next command. `ret_is_refused`: it follows no rule. */
static inline struct command stream_next(struct stream *stream, bool *ret_is_refused)
{
    struct command command = {.seq = ++stream->seq};
    uint32_t kind = stream_below(stream, 10000), cancels = stream->profile->cancels * 100;
    uint32_t cancel_alls = stream->profile->cancel_alls;
    *ret_is_refused = false;
    if (stream->halted && kind % 10 == 0) {
        command.kind = COMMAND_RESUME;
    } else if (kind < 30) {
        command.kind = COMMAND_HALT;
    } else if (kind < 60) {
        command.kind = COMMAND_RESUME;
    } else if (kind < 60 + cancel_alls) {
        command.kind = COMMAND_CANCEL_ALL;
        command.member_id = stream_below(stream, stream->profile->members + 1);
        command.side = (uint8_t)stream_below(stream, 3);
        if (command.member_id == 0 && stream_below(stream, 4) != 0)
            command.member_id = 1;
    } else if (kind < 60 + cancel_alls + cancels) {
        command.kind = COMMAND_CANCEL;
        command.order_id = stream_known_id(stream);
    } else if (kind < 60 + cancel_alls + cancels * 2) {
        command.kind = COMMAND_AMEND;
        command.order_id = stream_known_id(stream);
        command.price = stream_price(stream);
        command.amount = stream_amount(stream) - 10 * stream->profile->amount_unit;
        if (stream_below(stream, 50) == 0)
            command.amount = PROTOCOL_QUANTITY_MAX;
    } else {
        stream_submit(stream, &command);
        if (stream_below(stream, 100) < stream->profile->calm)
            stream_calm(stream, &command);
        if (stream->profile->sweep_every != 0 &&
            stream_below(stream, stream->profile->sweep_every) == 0)
            stream_sweep(stream, &command);
    }
    if ((command.kind == COMMAND_SUBMIT || command.kind == COMMAND_AMEND) &&
        stream_below(stream, 100) == 0 && !stream->never_breaks) {
        stream_break(stream, &command);
        *ret_is_refused = true;
    }
    if (command.kind == COMMAND_HALT || command.kind == COMMAND_RESUME)
        stream->halted = command.kind == COMMAND_HALT;
    return command;
}

#endif
