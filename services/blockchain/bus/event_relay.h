/*
 * event_relay.h: the thread that tells the outbox to the world: signed, in order of their numbers, to
 * the durable topic exchange bourse.chain, with confirms. What was not confirmed is published again
 * from where it was confirmed last: consumers know numbers that they had. What nobody is bound to is
 * dropped by the broker; who comes later reads GET /internal/events.
 */
#ifndef BLOCKCHAIN_BUS_EVENT_RELAY_H
#define BLOCKCHAIN_BUS_EVENT_RELAY_H

#include <stdbool.h>

#include "base/err.h"

struct blockchain;
struct blockchain_config;

#define EXCHANGE_CHAIN "bourse.chain"

void event_relay_run(struct blockchain *app);
/* Whether the key can be used. */
bool event_relay_check(const struct blockchain_config *config, struct err *err) MUST_CHECK;

#endif
