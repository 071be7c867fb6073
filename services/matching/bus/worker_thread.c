#include "matching/bus/worker_thread.h"

#include <string.h>

#include "log/log.h"
#include "matching/actions/commands_apply.h"
#include "matching/actions/market_list.h"
#include "matching/actions/market_load.h"
#include "matching/actions/results_publish.h"

static bool run_round(struct worker_thread *thread, struct err *err);
static void finish(struct worker_thread *thread);

void worker_thread_run(void *arg)
{
    struct worker_thread *thread = arg;
    struct worker *worker = &thread->worker;
    int pause_ms = PAUSE_MS_MIN;
    while (!service_threads_stopping(thread->threads)) {
        struct err err;
        if (run_round(thread, &err)) {
            pause_ms = PAUSE_MS_MIN;
            continue;
        }
        status_set(&worker->status, false, &err);
        log_warning("matching waits", LOG_ERR(&err));
        if (!service_threads_sleep(thread->threads, pause_ms))
            break;
        pause_ms = pause_ms * 2 < PAUSE_MS_MAX ? pause_ms * 2 : PAUSE_MS_MAX;
    }
    finish(thread);
}

/* ---- connections ---- */

static bool connect_consumer(struct worker_thread *thread, struct err *err)
{
    struct worker *worker = &thread->worker;
    if (worker->consumer)
        return bus_is_open(worker->consumer) || bus_reopen(worker->consumer, err);
    struct bus_config config = bus_named(worker->config->amqp, "matching commands");
    struct bus *bus;
    if (!bus_open(&config, thread->topology.rows, &bus, err))
        return false;
    if (!bus_consume(bus, thread->topology.commands, PREFETCH, err)) {
        bus_close(bus);
        return false;
    }
    worker->consumer = bus;
    return true;
}

static bool connect_publisher(struct worker_thread *thread, struct err *err)
{
    struct worker *worker = &thread->worker;
    if (!worker->publisher) {
        struct bus_config config = bus_named(worker->config->amqp, "matching results");
        return bus_open(&config, NULL, &worker->publisher, err);
    }
    if (bus_is_open(worker->publisher))
        return true;
    results_forget_sent(worker);
    if (!bus_reopen(worker->publisher, err))
        return false;
    /* The broker may have restarted and lost results that it had confirmed: compute them again. */
    for (size_t i = 0; i < worker->markets_count; i++)
        worker->markets[i].wants_load = true;
    return true;
}

/* ---- markets ---- */

/* The pause before the next try doubles, up to its maximum. */
static void try_later(const struct worker *worker, struct market *market)
{
    uint32_t pause_ms = market->pause_ms < PAUSE_MS_MIN ? PAUSE_MS_MIN : market->pause_ms;
    market->next_try_us = clock_monotonic_us(worker->clock) + (int64_t)pause_ms * 1000;
    market->pause_ms = pause_ms * 2 < PAUSE_MS_MAX ? pause_ms * 2 : PAUSE_MS_MAX;
}

static bool load(struct worker *worker, struct market *market, struct err *err)
{
    bool has_diverged;
    if (!market_load(worker, market, &has_diverged, err))
        return false;
    log_info("market loaded", LOG_STR("market", market->id), LOG_U64("seq", book_seq(market->book)),
             LOG_U64("orders", book_orders(market->book)),
             LOG_U64("state_hash", book_state_hash(market->book)));
    if (has_diverged)
        log_error("the book before had another state", LOG_STR("market", market->id));
    return true;
}

static bool list_is_due(const struct worker *worker)
{
    int64_t age_us = clock_monotonic_us(worker->clock) - worker->list_us;
    return worker->list_us == 0 || age_us >= (int64_t)worker->list_pause_ms * 1000;
}

bool delivery_market(struct worker *worker, const char *market_id, struct market **ret_market,
                     struct err *why)
{
    *ret_market = market_find(worker, market_id);
    if (*ret_market)
        return true;
    if (list_is_due(worker) && market_list_read(worker, why))
        *ret_market = market_find(worker, market_id);
    return *ret_market || worker->wants_list ||
           err_set(why, ERR_NOT_FOUND, "unknown market %.23s", market_id);
}

/* Loads and repairs what is due. One market that fails does not keep the others. */
static void mend_markets(struct worker *worker)
{
    struct err list_err;
    if (worker->wants_list && list_is_due(worker) && !market_list_read(worker, &list_err))
        log_warning("the list of markets waits", LOG_ERR(&list_err));
    for (size_t i = 0; i < worker->markets_count; i++) {
        struct market *market = &worker->markets[i];
        bool is_due = clock_monotonic_us(worker->clock) >= market->next_try_us;
        struct err err;
        bool is_good = true;
        if (market->wants_load && is_due)
            is_good = load(worker, market, &err);
        else if (gap_is_due(worker, market))
            is_good = gap_close(worker, market, &err);
        else
            continue;
        if (is_good) {
            market->pause_ms = 0;
            continue;
        }
        log_warning("market waits", LOG_STR("market", market->id), LOG_ERR(&err));
        try_later(worker, market);
    }
}

/* Ready: connected, and every market of ours is loaded. */
static void tell_status(struct worker *worker)
{
    struct err why;
    bool is_ready = true;
    if (bus_is_blocked(worker->publisher)) {
        is_ready = err_set(&why, ERR_BUS_UNAVAILABLE, "the broker takes no messages (alarm)");
    } else if (!worker->has_list) {
        is_ready = err_set(&why, ERR_PEER_UNAVAILABLE, "accounting gave no list of markets yet");
    } else {
        for (size_t i = 0; is_ready && i < worker->markets_count; i++)
            if (!worker->markets[i].book)
                is_ready =
                    err_set(&why, ERR_BUSY, "market %s is not loaded", worker->markets[i].id);
    }
    status_set(&worker->status, is_ready, is_ready ? NULL : &why);
}

/* ---- deliveries ---- */

bool delivery_reject(struct worker *worker, const struct bus_delivery *delivery,
                     const struct err *why, struct err *err)
{
    log_error("message rejected", LOG_ERR(why), LOG_STR("type", delivery->type),
              LOG_U64("bytes", delivery->length));
    metric_add(worker->metrics, METRIC_REJECTED, 1);
    return bus_reject(worker->consumer, delivery->tag, err);
}

static bool handle(struct worker_thread *thread, const struct bus_delivery *delivery,
                   struct err *err)
{
    struct worker *worker = &thread->worker;
    struct err why;
    bool is_taken = false, is_good;
    for (size_t i = 0; i < thread->consumers_count; i++) {
        if (delivery->is_too_large || strcmp(thread->consumers[i].type, delivery->type) != 0)
            continue;
        is_good = thread->consumers[i].handle(worker, delivery, &is_taken, err);
        if (is_taken)
            worker->taken_tag = delivery->tag;
        return is_good;
    }
    err_set(&why, ERR_PROTOCOL, "message of unknown type or size");
    return delivery_reject(worker, delivery, &why, err);
}

/* How long to wait for the first delivery: not at all while anything else is to do. */
static int wait_of(const struct worker *worker)
{
    if (worker->parcels_count > 0)
        return 0;
    if (worker->wants_list)
        return ROUND_WAIT_MS / 4;
    for (size_t i = 0; i < worker->markets_count; i++)
        if (worker->markets[i].wants_load || worker->markets[i].gap_us != 0)
            return ROUND_WAIT_MS / 4;
    return ROUND_WAIT_MS;
}

static bool take_deliveries(struct worker_thread *thread, size_t *ret_count, struct err *err)
{
    struct worker *worker = &thread->worker;
    int wait_ms = wait_of(worker);
    bool has_come = true;
    *ret_count = 0;
    while (has_come && *ret_count < ROUND_DELIVERIES_MAX) {
        struct bus_delivery delivery;
        if (!bus_next(worker->consumer, wait_ms, &has_come, &delivery, err))
            return false;
        wait_ms = 0;
        if (has_come && !handle(thread, &delivery, err))
            return false;
        *ret_count += has_come;
    }
    return true;
}

/* ---- one round ---- */

static bool run_round(struct worker_thread *thread, struct err *err)
{
    struct worker *worker = &thread->worker;
    size_t count;
    if (!connect_consumer(thread, err) || !connect_publisher(thread, err))
        return false;
    /* What waits goes out before anything new is taken; the consumer's heartbeats go on. */
    if (!results_send(worker, PARCELS_MAX / 4, err)) {
        struct err ignored;
        (void)!bus_idle(worker->consumer, &ignored);
        return false;
    }
    mend_markets(worker);
    tell_status(worker);
    if (!take_deliveries(thread, &count, err))
        return false;
    /* With nothing new to do, wait for the confirms; else let some be under way. */
    return results_seal_all(worker, err) &&
           results_send(worker, count > 0 ? PARCELS_MAX / 4 : 0, err) &&
           bus_idle(worker->publisher, err);
}

/* What was computed is published before the end; what can't be is computed again by the next. */
static void finish(struct worker_thread *thread)
{
    struct worker *worker = &thread->worker;
    struct err err;
    status_set(&worker->status, false, NULL);
    if (!worker->consumer || !worker->publisher || !bus_is_open(worker->publisher))
        return;
    if (!results_seal_all(worker, &err) || !results_send(worker, 0, &err))
        log_warning("results left behind", LOG_ERR(&err));
}
