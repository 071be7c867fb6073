/*
 * event_round.h: the records of some outbox rows, in order, and which of them the websocket gateway
 * need not get because a later one of the same round replaces them. Pure.
 *
 *   a level        by a later one of the same market, side and price
 *   a balance      by a later one of the same account
 *   an order       that was only updated, by a later change of the same order
 *
 * Payloads stay where the rows are; they may be unaligned, and are read by copy. One thread.
 */
#ifndef ACCOUNTING_BUS_EVENT_ROUND_H
#define ACCOUNTING_BUS_EVENT_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/event.h"
#include "base/err.h"

struct round_item {
    enum event_kind kind;
    const void *payload;
    uint32_t length;
    bool is_before;   /* of a row that the books which the relay began with knew already */
    bool is_replaced; /* a later item of the round makes it needless for the gateway */
};

struct event_round {
    struct round_item *items;
    size_t count, capacity;
    uint32_t *index; /* hash table of items + 1, while they are compared */
    size_t index_size;
};

void event_round_clear(struct event_round *round);   /* empty and usable again */
void event_round_release(struct event_round *round); /* the same, without its memory */

/* Adds the records of a row. ERR_PROTOCOL: another version, or malformed: nothing was added.
 * ERR_INTERNAL: no memory. */
bool event_round_add(struct event_round *round, const void *events, size_t length, bool is_before,
                     struct err *err) MUST_CHECK;

/* Marks what is replaced; after the last row. */
bool event_round_compare(struct event_round *round, struct err *err) MUST_CHECK;

#endif
