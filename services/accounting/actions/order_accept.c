/*
 * Step 1 of 5 in the life of an order: accepted. Before: http/market_orders.c. After:
 * bus/command_relay.c. This file is the queue and its one writer; what happens inside of the
 * transaction is in accept_batch.c.
 */
#include "accounting/actions/order_accept.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounting/actions/accept_batch.h"
#include "accounting/actions/accounting.h"
#include "accounting/actions/limits.h"
#include "accounting/actions/pace.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "base/queue.h"

enum {
    DRAIN_WAIT_MS = 200,
    REOPEN_PAUSE_MS = 200,
    BUSY_COUNT = 8,
    ENOUGH_COUNT = 100,
    PACE_PERCENT = 50,
    PACE_US_MAX = 8000
};

struct accept_queue {
    struct queue *intakes;
};

struct accept_queue *accept_queue_new(void)
{
    struct accept_queue *queue = calloc(1, sizeof(*queue));
    if (queue)
        queue->intakes = queue_new(ACCEPT_QUEUE_MAX);
    if (queue && !queue->intakes) {
        free(queue);
        return NULL;
    }
    return queue;
}

void accept_queue_free(struct accept_queue *queue)
{
    if (!queue)
        return;
    queue_free(queue->intakes);
    free(queue);
}

bool accept_push(struct accept_queue *queue, struct intake *intake, struct err *err)
{
    assert(intake->done != NULL);
    intake->ok = intake->replayed = false;
    intake->original = NULL;
    intake->replayed_id = 0;
    if (queue_push(queue->intakes, intake))
        return true;
    if (queue_is_closed(queue->intakes))
        return err_set(err, ERR_BUSY, "the service is stopping");
    return err_set(err, ERR_TOO_MANY, "%d requests wait to be committed", ACCEPT_QUEUE_MAX);
}

/* ---- waiting for one intake ---- */

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool done;
};

static void waiter_done(struct intake *intake)
{
    struct waiter *waiter = intake->user;
    pthread_mutex_lock(&waiter->lock);
    waiter->done = true;
    /* Under the lock: the waiter's memory is gone as soon as it is let go. */
    pthread_cond_signal(&waiter->finished);
    pthread_mutex_unlock(&waiter->lock);
}

bool accept_wait(struct accept_queue *queue, struct intake *intake, struct err *err)
{
    struct waiter waiter = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    intake->user = &waiter;
    intake->done = waiter_done;
    if (!accept_push(queue, intake, err))
        return false;
    pthread_mutex_lock(&waiter.lock);
    /* Bounded by the writer: it answers everything that it took, also when the database is away. */
    while (!waiter.done)
        pthread_cond_wait(&waiter.finished, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
    if (!intake->ok)
        *err = intake->err;
    return intake->ok;
}

/* ---- the writer ---- */

static void answer_all(void **intakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct intake *intake = intakes[i];
        intake->done(intake);
    }
}

static void refuse_all(void **intakes, size_t count, const struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct intake *intake = intakes[i];
        intake->ok = false;
        intake->err = *err;
    }
}

static void count_batch(struct accounting *app, void **intakes, size_t count, int64_t took_us)
{
    int64_t accepted = 0, refused = 0;
    for (size_t i = 0; i < count; i++) {
        const struct intake *intake = intakes[i];
        accepted += intake->ok && intake->kind == INTAKE_SUBMIT && !intake->replayed;
        refused += !intake->ok;
    }
    metric_add(app->metrics, METRIC_ORDERS_ACCEPTED, accepted);
    metric_add(app->metrics, METRIC_ORDERS_REFUSED, refused);
    metric_add(app->metrics, METRIC_ACCEPT_BATCHES, 1);
    metric_observe_us(app->metrics, METRIC_ACCEPT_SECONDS, took_us);
}

/* The connection for this batch; opened when it is not there. */
static bool connect_writer(struct accounting *app, struct db **db, struct err *err)
{
    bool open = *db ? db_ready(*db, err) : db_open(&app->db_config, db, err);
    app->accepting = open;
    return open;
}

void accept_writer_run(struct accounting *app)
{
    struct queue *intakes = app->accept_queue->intakes;
    struct accept_batch *batch = accept_batch_new(app);
    struct db *db = NULL;
    struct pace pace = {.busy_count = BUSY_COUNT,
                        .enough_count = ENOUGH_COUNT,
                        .percent = PACE_PERCENT,
                        .pause_us_max = PACE_US_MAX};
    void *drained[ACCEPT_BATCH_MAX];
    size_t batch_max = app->config->accept_batch_max;

    assert(batch != NULL && batch_max >= 1 && batch_max <= ACCEPT_BATCH_MAX);
    while (!app->stopping || queue_length(intakes) > 0) {
        struct err err;
        bool connected = connect_writer(app, &db, &err);
        pace_pause(&pace);
        size_t count = queue_drain(intakes, drained, batch_max, DRAIN_WAIT_MS);
        if (count == 0) {
            if (!connected)
                usleep(REOPEN_PAUSE_MS * 1000);
            continue;
        }
        pace_begin(&pace, app->clock);
        app->writing_since_us = pace.began_us;
        if (!connected || !accept_batch_commit(batch, db, (struct intake **)drained, count, &err))
            refuse_all(drained, count, &err);
        app->writing_since_us = 0;
        pace_end(&pace, app->clock, count);
        count_batch(app, drained, count, pace.took_us);
        answer_all(drained, count);
    }
    queue_close(intakes);
    app->accepting = false;
    accept_batch_free(batch);
    db_close(db);
}
