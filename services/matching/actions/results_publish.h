/*
 * results_publish.h: results leave. They gather in the open batch of their market, are sealed into
 * a parcel, published, and kept until the broker confirmed them; only then are the deliveries acked
 * that they came from. A parcel that was not confirmed when the connection broke goes out again:
 * accounting drops what it has.
 */
#ifndef MATCHING_ACTIONS_RESULTS_PUBLISH_H
#define MATCHING_ACTIONS_RESULTS_PUBLISH_H

#include "matching/actions/worker.h"

#define QUEUE_RESULTS "bourse.results"

/* The results of `count` commands from first_seq on, in worker->scratch, join the open batch. */
bool results_add(struct worker *worker, struct market *market, uint64_t first_seq, size_t count,
                 struct err *err) MUST_CHECK;

/* Room for one more parcel; false: the broker does not take those that wait. */
bool results_make_room(struct worker *worker, struct err *err) MUST_CHECK;

/* Makes the open batch a parcel. */
bool results_seal(struct worker *worker, struct market *market, struct err *err) MUST_CHECK;

/* All open batches become parcels; the last of them acks all deliveries taken so far. */
bool results_seal_all(struct worker *worker, struct err *err) MUST_CHECK;

/* Publishes what is sealed, waits until at most `in_flight` parcels are unconfirmed, and acks. */
bool results_send(struct worker *worker, size_t in_flight, struct err *err) MUST_CHECK;

/* The publisher's connection is a new one: everything unconfirmed goes out again. */
void results_forget_sent(struct worker *worker);

#endif
