/*
 * event_relay.h: the outbox on its way to the world: each row is signed, published with confirms, then
 * deleted (reference barong.md §4).
 *
 *   system.session.create   to the exchange barong.events.system with the routing key session.create
 *   model.user.updated      to barong.events.model with user.updated
 *
 * At least once: what was published and not deleted before a crash comes again, with the same jti. In
 * the order of the table; of all processes one relays at a time. An event that nobody listens to is
 * dropped by the broker, and counted; the mailer's queue is declared here, so it always listens.
 */
#ifndef AUTH_BUS_EVENT_RELAY_H
#define AUTH_BUS_EVENT_RELAY_H

#include <stdbool.h>

#include "base/err.h"

struct auth;
struct auth_config;

/* Whether the key of the events is one: asked before the service starts. ERR_CONFIG. */
bool event_relay_check(const struct auth_config *config, struct err *err) MUST_CHECK;

/* Runs until app->stopping, on its own thread, with its own connections. */
void event_relay_run(struct auth *app);

#endif
