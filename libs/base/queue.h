/*
 * queue.h: the bounded queue by which objects cross threads. An object belongs to one thread at a
 * time: whoever pops it owns it. Full is an answer (false), never a wait.
 *
 *     producer: if (!queue_push(queue, request)) return err_set(err, ERR_TOO_MANY, ...);
 *     consumer: size_t count = queue_drain(queue, items, ACCEPT_BATCH_MAX, 100);   // ms
 */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

struct queue;

struct queue *queue_new(size_t items_max);
void queue_free(struct queue *queue); /* NULL is fine; items that are left are the caller's */

bool queue_push(struct queue *queue, void *item) MUST_CHECK; /* false: full or closed */

/* Takes all that waits, up to `max`; waits for the first up to `timeout_ms`. 0: none, or closed. */
size_t queue_drain(struct queue *queue, void **ret_items, size_t max, int timeout_ms);

void queue_close(struct queue *queue); /* no more pushes; what waits can be drained */
bool queue_is_closed(struct queue *queue);
size_t queue_length(struct queue *queue);

#endif
