/*
 * bus.h: RabbitMQ. One struct bus is one connection with one channel and belongs to one thread
 * (librabbitmq's connections are not thread-safe); publishers and consumers have their own, since
 * an alarm of the broker blocks publishing connections only.
 *
 * Publishing is with confirms, mandatory and persistent: bus_publish() hands a message out,
 * bus_settle() reads confirms until at most `in_flight` are open. What was handed out and not
 * confirmed when the connection breaks is unknown: the caller publishes it again from where it is
 * durable.
 *
 *     if (!bus_publish(bus, &message, &tag, err) || !bus_settle(bus, 0, err)) ...
 *
 * A feed (`is_feed`: what whoever listens at this moment gets) costs the broker half of that: its
 * messages are transient, may be unroutable, and have no confirm each; bus_settle(bus, 0) waits until
 * the broker has routed all of them.
 *
 * Consumers ack by hand, after their commit.
 *
 * Every call returns by its deadline (BUS_TIMEOUT_MS). Heartbeats (10 s) run inside the calls, so
 * an idle owner calls bus_idle() at least every 5 s; a dead broker is noticed within 20 s.
 *
 * After ERR_BUS_UNAVAILABLE the bus is broken, be it that the broker is gone, that it refused a
 * message or that no queue takes it: bus_reopen() until it works, with pauses; the topology is
 * declared and the queue consumed again each time. The one exception is a broker that blocks
 * publishing (an alarm): bus_is_open() stays true, and the caller pauses and goes on. ERR_CONFIG:
 * what the broker has contradicts the topology, or the user lacks the right; time does not heal it.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    BUS_TIMEOUT_MS = 10000,
    BUS_IN_FLIGHT_MAX = 256,
    BUS_FEED_MAX = 4096, /* messages of a feed that are not known to be routed */
    BUS_MESSAGE_BYTES_MAX = 16 << 20
};

struct bus;

struct bus_config {
    const char *host;
    uint16_t port;
    const char *user, *password, *vhost;
    const char *name; /* shown by the broker: "accounting results" */
};

/* The same broker under a name of its own. */
static inline struct bus_config bus_named(struct bus_config config, const char *name)
{
    config.name = name;
    return config;
}

/* ---- topology: a table of its owner, declared at (re)open ---- */

enum bus_row_kind { BUS_EXCHANGE, BUS_QUEUE, BUS_BINDING };

struct bus_row {
    enum bus_row_kind kind;
    const char *name;  /* exchange or queue */
    const char *type;  /* exchange: "direct", "topic"; queue: "quorum", "classic" */
    bool is_transient; /* gone when the broker restarts; a queue of this kind is classic */
    const char *exchange, *routing_key; /* binding of queue `name` */
    const char *dead_letter; /* queue: rejected messages go to this queue (default exchange) */
    uint32_t length_max;     /* queue: x-max-length with reject-publish; 0: none */
    uint32_t ttl_ms; /* queue: what lies so long goes to the dead-letter queue; 0: for ever */
};

/* rows end with name NULL and outlive the bus; may be NULL. A quorum queue with a dead-letter queue
 * loses nothing on the way there (at-least-once). */
bool bus_open(const struct bus_config *config, const struct bus_row *rows, struct bus **ret_bus,
              struct err *err) MUST_CHECK;
void bus_close(struct bus *bus); /* NULL is fine; bounded */
bool bus_reopen(struct bus *bus, struct err *err) MUST_CHECK;
bool bus_is_open(const struct bus *bus);
bool bus_is_blocked(const struct bus *bus); /* the broker raised a memory or disk alarm */

/* ---- publishing ---- */

struct bus_message {
    const char *exchange; /* "": the default exchange, routing key = queue */
    const char *routing_key;
    const void *body;
    size_t length;
    const char *content_type; /* NULL: application/octet-stream */
    const char *type;         /* AMQP property `type`; NULL: none */
    const char *message_id;   /* NULL: none */
    bool is_feed; /* transient, no confirm of its own; no queue has to take it. Its tag is 0 */
};

/* Hands one message out; it leaves at the latest with the next other call on this bus. ERR_BUS_UNAVAILABLE: broken or blocked; nothing else is known of it.
 * Gives the delivery tag (may be NULL), 1, 2, 3... since the last (re)open. At most
 * BUS_IN_FLIGHT_MAX are unconfirmed: the next one waits. */
bool bus_publish(struct bus *bus, const struct bus_message *message, uint64_t *ret_tag,
                 struct err *err) MUST_CHECK;
/* Waits until at most `in_flight` messages are unconfirmed; 0: and until every message of a feed is
 * routed. A nack or a returned message fails. */
bool bus_settle(struct bus *bus, size_t in_flight, struct err *err) MUST_CHECK;
/* From now on a message that no queue takes is told to `returned`, from inside of the call that
 * reads it and before its confirm, and is no failure. The texts live for that call. */
void bus_watch_returns(struct bus *bus,
                       void (*returned)(void *arg, const char *exchange, const char *routing_key),
                       void *arg);
/* All tags up to this one are confirmed. */
uint64_t bus_confirmed_tag(const struct bus *bus);

/* ---- consuming ---- */

struct bus_delivery {
    uint64_t tag; /* for bus_ack(); one from before a reopen is known as such, and acks nothing */
    const void *body; /* a NUL behind it; valid until the next bus_next() or bus_reopen() */
    size_t length;
    const char *type, *message_id, *content_type; /* "" if absent */
    bool redelivered;
    bool is_too_large; /* above BUS_MESSAGE_BYTES_MAX: the body is dropped, length 0; reject it */
};

/* One queue per bus. Again after a reopen is fine and not needed. */
bool bus_consume(struct bus *bus, const char *queue, uint16_t prefetch, struct err *err) MUST_CHECK;
/* The next delivery; *ret_got false: none came within timeout_ms (0: only what is here). */
bool bus_next(struct bus *bus, int timeout_ms, bool *ret_got, struct bus_delivery *ret_delivery,
              struct err *err) MUST_CHECK;
/* With `and_all_before` it may wait a moment for others to join it, inside of the calls on this bus:
 * what was acked just before a crash or a break comes again. */
bool bus_ack(struct bus *bus, uint64_t tag, bool and_all_before, struct err *err) MUST_CHECK;
/* To the dead-letter queue, if the queue has one. */
bool bus_reject(struct bus *bus, uint64_t tag, struct err *err) MUST_CHECK;
/* Reads what waits on the socket (heartbeats, confirms, blocked). */
bool bus_idle(struct bus *bus, struct err *err) MUST_CHECK;

#endif
