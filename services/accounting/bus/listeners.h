/*
 * listeners.h: which signed events anybody takes. Pure.
 *
 * Signing costs more than all else about an event, and the broker drops what no queue is bound to.
 * So of a kind (a routing key) that came back the last time, each round sends one event, which asks
 * again, and leaves out the rest. If that one does not come back, somebody listens now: the round
 * sends what it owes him, and the kind is sent as ever.
 *
 *     listeners_begin(listeners);
 *     for each event: if (listeners_wants(listeners, exchange, key)) sign and publish, mandatory;
 *     wait for the confirms; every message that comes back: listeners_returned(...)
 *     if (listeners_owed(listeners)) for each event of the round again:
 *         if (listeners_owes(listeners, exchange, key)) sign and publish;
 *
 * One thread. Kinds beyond LISTENERS_MAX are always sent.
 */
#ifndef ACCOUNTING_BUS_LISTENERS_H
#define ACCOUNTING_BUS_LISTENERS_H

#include <stdbool.h>

#include "accounting/bus/event_message.h"

enum { LISTENERS_MAX = 1024 };

struct listeners;

struct listeners *listeners_new(void);
void listeners_free(struct listeners *listeners); /* NULL is fine */

/* Nothing is known any more: a new connection. */
void listeners_reset(struct listeners *listeners);

void listeners_begin(struct listeners *listeners);
bool listeners_wants(struct listeners *listeners, enum event_exchange exchange,
                     const char *routing_key);
void listeners_returned(struct listeners *listeners, enum event_exchange exchange,
                        const char *routing_key);

/* After the confirms of the round: whether events were left out that somebody takes. */
bool listeners_owed(struct listeners *listeners);
/* For every event of the round once more, in the same order: whether it is one of them. */
bool listeners_owes(struct listeners *listeners, enum event_exchange exchange,
                    const char *routing_key);

#endif
