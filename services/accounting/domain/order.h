/*
 * order.h: an order, its states, and the arithmetic on it. Pure.
 *
 * States: an order is `wait` from its acceptance on (funds locked, command in the journal); the
 * result of one command closes it: `done` or `cancel`. `pending` and `reject` exist for the contract
 * and for imported rows.
 */
#ifndef ACCOUNTING_DOMAIN_ORDER_H
#define ACCOUNTING_DOMAIN_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/market.h"
#include "base/err.h"
#include "base/random.h"
#include "contract/protocol.h"
#include "decimal/dec.h"

enum { CLIENT_ORDER_ID_SIZE = 65 };

#define ORDER_STATES(S)                                                                            \
    S(PENDING, 0, "pending")                                                                       \
    S(WAIT, 100, "wait")                                                                           \
    S(DONE, 200, "done")                                                                           \
    S(CANCEL, -100, "cancel")                                                                      \
    S(REJECT, -200, "reject")

enum order_state {
#define S(name, number, text) ORDER_##name = (number),
    ORDER_STATES(S)
#undef S
};

struct order {
    uint64_t id;
    struct uuid uuid;
    uint64_t member_id;
    char market_id[MARKET_ID_SIZE];
    enum side side;
    enum order_type type;
    enum time_in_force time_in_force;
    enum stp_mode stp;
    enum order_state state;
    enum close_reason close_reason;
    bool waiting;                             /* a stop that was not set off yet */
    struct dec price, stop_price, protection; /* 0: none */
    struct dec volume, origin_volume;         /* left; asked for */
    struct dec locked, origin_locked, funds_received;
    struct dec maker_fee, taker_fee; /* rates */
    uint32_t trades_count;
    uint64_t command_seq, queue_rank, amend_seq;
    char client_order_id[CLIENT_ORDER_ID_SIZE]; /* "": none */
    int64_t created_at, updated_at;
};

const char *order_state_name(enum order_state state);
bool order_state_parse(const char *name, enum order_state *ret_state);
const char *order_kind_name(enum side side); /* "bid", "ask" */
/* The names of sides, times in force and prevention modes: see contract/protocol.h. */
bool side_parse(const char *name, enum side *ret_side);
/* The contract's ord_type: "limit", "market", "post_only", "stop_limit", "stop_market". */
const char *order_ord_type(const struct order *order);
bool time_in_force_parse(const char *name, enum time_in_force *ret);
bool stp_mode_parse(const char *name, enum stp_mode *ret);

static inline bool order_type_is_market(enum order_type type)
{
    return type == TYPE_MARKET || type == TYPE_STOP_MARKET;
}
static inline bool order_type_is_stop(enum order_type type)
{
    return type == TYPE_STOP_LIMIT || type == TYPE_STOP_MARKET;
}

/* The currency that the order gives away and locks, and the one that it gets. */
const char *order_outcome(const struct market *market, enum side side);
const char *order_income(const struct market *market, enum side side);

/* Average price so far, cut to the price precision; 0 if nothing was traded. Reference 2.1. */
struct dec order_avg_price(const struct order *order, const struct market *market);

/* origin_volume - volume */
struct dec order_executed_volume(const struct order *order);

#endif
