/*
 * mail_topology.h: auth's exchanges and the queues of mails, as a table of the bus.
 *
 *   barong.events.system, barong.events.model   direct, not durable: so Barong's clients declare them
 *   bourse.auth.mail            what the mailer takes: bound to every event of its configuration
 *   bourse.auth.mail.retry.N    what could not be sent lies there for a while, then goes back
 *   bourse.auth.mail.dead       what was given up
 *
 * Who publishes declares the queue and its bindings as well as who takes: the exchanges don't outlive
 * the broker, and an event must not be told to an exchange without its queue.
 */
#ifndef AUTH_BUS_MAIL_TOPOLOGY_H
#define AUTH_BUS_MAIL_TOPOLOGY_H

#include <stdint.h>

#include "auth/state/config.h"
#include "auth/state/mail_rules.h"
#include "bus/bus.h"

#define EXCHANGE_SYSTEM "barong.events.system"
#define EXCHANGE_MODEL "barong.events.model"
#define QUEUE_MAIL "bourse.auth.mail"
#define QUEUE_MAIL_DEAD QUEUE_MAIL ".dead"

enum {
    MAIL_QUEUE_MAX = 100 * 1000, /* above it publishing waits, and events stay in their table */
    MAIL_RETRY_QUEUES = 3
};

struct mail_topology {
    struct bus_row rows[2 + MAIL_EXCHANGES_MAX + 2 + MAIL_RETRY_QUEUES + MAIL_EVENTS_MAX + 1];
};

/* Rules NULL: the exchanges alone. Rows point into the rules. Keep it while in use. */
void mail_topology_fill(struct mail_topology *topology, const struct mail_rules *rules);

/* The queue where the n-th attempt (from 1) waits for the next. */
const char *mail_retry_queue(uint32_t attempt);

#endif
