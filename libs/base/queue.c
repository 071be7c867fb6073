#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    size_t first, length, max;
    bool closed;
    size_t waiting; /* consumers in the wait: a push wakes nobody when nobody sleeps */
    void *items[];
};

struct queue *queue_new(size_t items_max)
{
    assert(items_max > 0);
    struct queue *queue = calloc(1, sizeof(*queue) + items_max * sizeof(queue->items[0]));
    if (!queue)
        return NULL;
    queue->max = items_max;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->not_empty, &attributes);
    pthread_condattr_destroy(&attributes);
    return queue;
}

void queue_free(struct queue *queue)
{
    if (!queue)
        return;
    pthread_cond_destroy(&queue->not_empty);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

bool queue_push(struct queue *queue, void *item)
{
    pthread_mutex_lock(&queue->lock);
    bool room = !queue->closed && queue->length < queue->max;
    if (room) {
        queue->items[(queue->first + queue->length) % queue->max] = item;
        queue->length++;
    }
    bool wake = room && queue->waiting > 0;
    pthread_mutex_unlock(&queue->lock);
    if (wake)
        pthread_cond_signal(&queue->not_empty);
    return room;
}

static void wait_for_item_locked(struct queue *queue, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    queue->waiting++;
    while (queue->length == 0 && !queue->closed)
        if (pthread_cond_timedwait(&queue->not_empty, &queue->lock, &until) == ETIMEDOUT)
            break;
    queue->waiting--;
}

size_t queue_drain(struct queue *queue, void **ret_items, size_t max, int timeout_ms)
{
    size_t count = 0;
    pthread_mutex_lock(&queue->lock);
    if (queue->length == 0 && !queue->closed && timeout_ms > 0)
        wait_for_item_locked(queue, timeout_ms);
    while (count < max && queue->length > 0) {
        ret_items[count++] = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->max;
        queue->length--;
    }
    pthread_mutex_unlock(&queue->lock);
    return count;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_mutex_unlock(&queue->lock);
    pthread_cond_broadcast(&queue->not_empty);
}

bool queue_is_closed(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    bool closed = queue->closed;
    pthread_mutex_unlock(&queue->lock);
    return closed;
}

size_t queue_length(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t length = queue->length;
    pthread_mutex_unlock(&queue->lock);
    return length;
}
