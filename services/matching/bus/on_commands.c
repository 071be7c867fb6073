/*
 * Step 3 of 5 in the life of an order: matched. Before: accounting's bus/command_relay.c. After:
 * accounting's bus/on_results.c.
 */
#include "matching/bus/on_commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "bus/bus.h"
#include "json/read.h"
#include "log/log.h"
#include "matching/actions/worker.h"
#include "matching/state/metrics.h"

#define QUEUE_RESULTS "bourse.results"

enum {
    PREFETCH = 256,
    NEXT_WAIT_MS = 200,
    IN_FLIGHT_MAX = 16,
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 2000,
    QUEUE_NAME_SIZE = 40
};

DEFINE_AUTO(cJSON, cJSON_Delete);

/* The two connections; results have their own, which an alarm of the broker blocks alone. */
struct channel {
    struct bus *commands, *results;
    char queue[QUEUE_NAME_SIZE], dead[QUEUE_NAME_SIZE];
    struct bus_row topology[3];
};

static struct bus_config bus_config_of(const struct matching_config *config, const char *name)
{
    return (struct bus_config){.host = config->amqp_host,
                               .port = config->amqp_port,
                               .user = config->amqp_user,
                               .password = config->amqp_password,
                               .vhost = config->amqp_vhost,
                               .name = name};
}

/* ---- sending results ---- */

static bool ensure_results(struct worker *worker, struct err *err)
{
    struct channel *channel = worker->sender;
    if (channel->results && bus_is_open(channel->results))
        return true;
    if (channel->results)
        return bus_reopen(channel->results, err);
    struct bus_config config = bus_config_of(worker->config, "matching results");
    return bus_open(&config, NULL, &channel->results, err);
}

static bool publish_confirmed(struct worker *worker, struct worker_market *market, struct err *err)
{
    struct channel *channel = worker->sender;
    const struct bus_message message = {.exchange = "",
                                        .routing_key = QUEUE_RESULTS,
                                        .body = str_data(&market->results),
                                        .length = market->results.length};
    uint64_t tag;
    return ensure_results(worker, err) && bus_publish(channel->results, &message, &tag, err) &&
           bus_settle(channel->results, 0, err);
}

/*
 * Sends until the broker has it. The book has moved on: results that are lost here would come again
 * only by loading the market again. Memory is bounded, since nothing else is applied meanwhile.
 */
static bool send_results(struct worker *worker, struct worker_market *market, struct err *err)
{
    int pause_ms = PAUSE_MIN_MS;
    while (!publish_confirmed(worker, market, err)) {
        if (worker->stopping)
            return false;
        worker->ready = false;
        log_warning("results wait for the broker", LOG_ERR(err), LOG_STR("market", market->id));
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    worker->ready = true;
    metric_add(worker->metrics, METRIC_RESULT_BATCHES, 1);
    return true;
}

/* ---- taking commands ---- */

/* {"reload":"btcusd"}: accounting asks to repeat what is not settled. */
static bool on_reload(struct worker *worker, const struct bus_delivery *delivery, struct err *err)
{
    AUTO_FREE(cJSON_Delete) cJSON *body = NULL;
    if (!json_read(delivery->body, delivery->length, &body, err))
        return false;
    const char *id = json_member_text(body, "reload");
    struct worker_market *market = id ? worker_market_find(worker, id) : NULL;
    if (!market)
        return err_set(err, ERR_PROTOCOL, "reload of an unknown market");
    log_info("loading again", LOG_STR("market", market->id));
    return worker_load_market(worker, market, err);
}

static bool on_batch(struct worker *worker, const struct bus_delivery *delivery, struct err *err)
{
    struct batch batch;
    if (!command_batch_read(delivery->body, delivery->length, &batch, err))
        return false;
    struct worker_market *market = worker_market_find(worker, batch.header->market_id);
    if (!market || !market->book) { /* a market that was made since we started */
        if (!worker_load_markets(worker, err))
            return false;
        market = worker_market_find(worker, batch.header->market_id);
    }
    if (!market)
        return err_set(err, ERR_PROTOCOL, "market %.23s is not ours", batch.header->market_id);
    return worker_apply(worker, market, &batch, err);
}

/* A message that is wrong in itself goes to the dead letters; a peer that is away is waited for. */
static bool take(struct worker *worker, const struct bus_delivery *delivery, bool *ret_rejected,
                 struct err *err)
{
    struct channel *channel = worker->sender;
    bool reload = strcmp(delivery->type, "reload") == 0;
    bool taken = reload ? on_reload(worker, delivery, err) : on_batch(worker, delivery, err);
    *ret_rejected = false;
    if (taken)
        return true;
    if (err->code != ERR_PROTOCOL && err->code != ERR_BODY_INVALID)
        return false;
    log_error("command message rejected", LOG_ERR(err), LOG_U64("bytes", delivery->length));
    metric_add(worker->metrics, METRIC_POISON, 1);
    *ret_rejected = true;
    return bus_reject(channel->commands, delivery->tag, err);
}

/* One round: everything that waits, its results confirmed, then acknowledged. */
static bool work_round(struct worker *worker, struct err *err)
{
    struct channel *channel = worker->sender;
    uint64_t last_tag = 0;
    int64_t began_us = 0;
    int wait_ms = NEXT_WAIT_MS;
    bool got = true;
    for (uint32_t taken = 0; got && taken < worker->config->batch_max; taken++) {
        struct bus_delivery delivery;
        bool rejected;
        if (!bus_next(channel->commands, wait_ms, &got, &delivery, err))
            return false;
        if (!got)
            break;
        if (wait_ms > 0)
            began_us = clock_monotonic_us(worker->clock);
        wait_ms = 0;
        if (!take(worker, &delivery, &rejected, err))
            return false;
        if (!rejected)
            last_tag = delivery.tag;
    }
    if (!worker_flush(worker, err))
        return false;
    if (last_tag && !bus_ack(channel->commands, last_tag, true, err))
        return false;
    if (began_us)
        metric_observe_us(worker->metrics, METRIC_BATCH_SECONDS,
                          clock_monotonic_us(worker->clock) - began_us);
    return channel->results == NULL || bus_idle(channel->results, err);
}

/* ---- the thread ---- */

static bool connect_broker(struct worker *worker, struct err *err)
{
    struct channel *channel = worker->sender;
    if (channel->commands && bus_is_open(channel->commands))
        return true;
    worker->ready = false;
    if (channel->commands) {
        if (!bus_reopen(channel->commands, err))
            return false;
    } else {
        struct bus_config config = bus_config_of(worker->config, "matching commands");
        if (!bus_open(&config, channel->topology, &channel->commands, err))
            return false;
    }
    /* Markets load (again) before the queue is read: what comes is then dropped or applied. */
    return worker_load_markets(worker, err) && worker_flush(worker, err) &&
           bus_consume(channel->commands, channel->queue, PREFETCH, err);
}

static void fill_topology(struct channel *channel, uint32_t shard)
{
    snprintf(channel->queue, sizeof(channel->queue), "bourse.commands.%u", shard);
    snprintf(channel->dead, sizeof(channel->dead), "bourse.commands.%u.dead", shard);
    channel->topology[0] =
        (struct bus_row){.kind = BUS_QUEUE, .name = channel->dead, .type = "quorum"};
    channel->topology[1] = (struct bus_row){
        .kind = BUS_QUEUE, .name = channel->queue, .type = "quorum", .dead_letter = channel->dead};
    channel->topology[2] = (struct bus_row){.name = NULL};
}

/* A connection in the middle of a round that failed is in no known state. */
static void drop_connection(struct channel *channel)
{
    bus_close(channel->commands);
    channel->commands = NULL;
}

void on_commands_run(struct worker *worker)
{
    struct channel channel = {.commands = NULL};
    int pause_ms = PAUSE_MIN_MS;
    fill_topology(&channel, worker->config->shard);
    worker->sender = &channel;
    worker->send = send_results;
    while (!worker->stopping) {
        struct err err;
        if (connect_broker(worker, &err) && work_round(worker, &err)) {
            worker->ready = true;
            pause_ms = PAUSE_MIN_MS;
            continue;
        }
        worker->ready = false;
        log_warning("worker waits", LOG_ERR(&err));
        drop_connection(&channel);
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    worker->ready = false;
    bus_close(channel.commands);
    bus_close(channel.results);
}
