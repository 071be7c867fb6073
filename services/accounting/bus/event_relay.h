/*
 * event_relay.h: the outbox on its way to the world: each row is rendered to messages, published,
 * then deleted. Signed messages have a confirm each, the websocket's one barrier a round (libs/bus).
 *
 *   peatio.events.ranger   topic    for the websocket gateway (reference 7.4, 5.5)
 *   peatio.events.market   direct   signed domain events (reference 7.3)
 *   peatio.events.model    direct   the same
 *
 * At least once: what was published and not deleted before a crash comes again. In the order of the
 * outbox, so that the messages of a market are in order. When rows pile up, a round takes many of
 * them and leaves out what a later one of the same round replaces (event_round.h). Signed events
 * are left out only where the broker says that no queue takes them (listeners.h).
 */
#ifndef ACCOUNTING_BUS_EVENT_RELAY_H
#define ACCOUNTING_BUS_EVENT_RELAY_H

#include <stdbool.h>

#include "base/err.h"

struct accounting;
struct accounting_config;

/* Whether the key of the signed events is one: asked before the service starts. ERR_CONFIG. */
bool event_relay_check(const struct accounting_config *config, struct err *err) MUST_CHECK;

/* Runs until app->stopping, on its own thread, with its own connections. */
void event_relay_run(struct accounting *app);

#endif
