/*
 * consumer.h: one row of the table of messages that the worker takes. The table is consumers.c.
 *
 * `handle` does what the message asks. It answers false only when something is wrong with the
 * worker's own connections; a message that is wrong itself is rejected to the dead letters and
 * logged, and *ret_is_taken stays false.
 */
#ifndef MATCHING_BUS_CONSUMER_H
#define MATCHING_BUS_CONSUMER_H

#include "matching/actions/worker.h"

struct consumer {
    const char *type; /* the AMQP property `type` */
    bool (*handle)(struct worker *worker, const struct bus_delivery *delivery, bool *ret_is_taken,
                   struct err *err);
    const char *doc;
};

/*
 * The market of a message, which may be a new one: then the list is read again. *ret_market NULL:
 * accounting does not answer; the market will be loaded with all its commands once it does. False:
 * there is no such market of ours.
 */
bool delivery_market(struct worker *worker, const char *market_id, struct market **ret_market,
                     struct err *why) MUST_CHECK;

/* Sends the delivery to the dead letters and logs why. */
bool delivery_reject(struct worker *worker, const struct bus_delivery *delivery,
                     const struct err *why, struct err *err) MUST_CHECK;

#endif
