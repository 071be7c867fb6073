/*
 * Step 2 of 5 in the life of an order: sent. Before: actions/order_accept.c. After: the matching
 * worker (services/matching/bus/on_commands.c).
 */
#include "accounting/bus/command_relay.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/limits.h"
#include "accounting/actions/parcel.h"
#include "accounting/bus/topology.h"
#include "accounting/state/metrics.h"
#include "accounting/store/command_batches.h"
#include "base/queue.h"
#include "log/log.h"

enum {
    DRAIN_MAX = 256,
    DRAIN_WAIT_MS = 200,
    IN_FLIGHT_MAX = 64,
    AUDIT_EVERY_US = 1000000,  /* compare the journal with what was sent and settled */
    RELOAD_AFTER_US = 3000000, /* commands that don't settle for so long: ask the worker again */
    RELOAD_EVERY_US = 1000000, /* at most one reload in this time for a market */
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 250
};

/* How far a market is: handed to the broker, confirmed by it, settled. */
struct lane {
    char market_id[MARKET_ID_SIZE];
    uint64_t sent_seq, confirmed_seq, settled_seq;
    int64_t progress_us; /* when settled_seq moved, or nothing was waiting */
    int64_t reload_us;   /* when the worker was asked last */
};

struct in_flight {
    uint64_t tag, seq;
    size_t lane;
};

struct relay {
    struct accounting *app;
    struct db *db;
    struct bus *bus;
    struct matching_topology topology;
    struct lane lanes[MARKETS_MAX];
    size_t lanes_count;
    struct in_flight in_flight[2 * IN_FLIGHT_MAX];
    size_t in_flight_first, in_flight_count;
    int64_t audit_us;
};

/* ---- lanes ---- */

static struct lane *lane_get(struct relay *relay, const char *market_id, uint64_t settled_seq)
{
    for (size_t i = 0; i < relay->lanes_count; i++)
        if (strcmp(relay->lanes[i].market_id, market_id) == 0)
            return &relay->lanes[i];
    if (relay->lanes_count == MARKETS_MAX)
        return NULL;
    struct lane *lane = &relay->lanes[relay->lanes_count++];
    memset(lane, 0, sizeof(*lane));
    memcpy(lane->market_id, market_id, strnlen(market_id, MARKET_ID_SIZE - 1));
    lane->sent_seq = lane->confirmed_seq = lane->settled_seq = settled_seq;
    lane->progress_us = clock_monotonic_us(relay->app->clock);
    return lane;
}

static struct lane *lane_find(struct relay *relay, const char *market_id)
{
    for (size_t i = 0; i < relay->lanes_count; i++)
        if (strcmp(relay->lanes[i].market_id, market_id) == 0)
            return &relay->lanes[i];
    return NULL;
}

static void take_confirms(struct relay *relay)
{
    uint64_t confirmed = bus_confirmed_tag(relay->bus);
    while (relay->in_flight_count > 0) {
        const struct in_flight *oldest = &relay->in_flight[relay->in_flight_first];
        if (oldest->tag > confirmed)
            break;
        struct lane *lane = &relay->lanes[oldest->lane];
        if (oldest->seq > lane->confirmed_seq) {
            metric_add(relay->app->metrics, METRIC_COMMANDS_PUBLISHED,
                       (int64_t)(oldest->seq - lane->confirmed_seq));
            lane->confirmed_seq = oldest->seq;
        }
        relay->in_flight_first = (relay->in_flight_first + 1) % ARRAY_LEN(relay->in_flight);
        relay->in_flight_count--;
    }
}

/* ---- publishing ---- */

static bool publish(struct relay *relay, struct lane *lane, const void *bytes, size_t length,
                    uint64_t last_seq, const char *type, struct err *err)
{
    char queue[QUEUE_NAME_SIZE];
    struct bus_message message = {
        .exchange = "",
        .routing_key = commands_queue(lane->market_id, relay->app->config->shards, queue),
        .body = bytes,
        .length = length,
        .type = type,
    };
    uint64_t tag;
    if (relay->in_flight_count >= IN_FLIGHT_MAX) {
        if (!bus_settle(relay->bus, IN_FLIGHT_MAX / 2, err))
            return false;
        take_confirms(relay);
    }
    if (!bus_publish(relay->bus, &message, &tag, err))
        return false;
    size_t at = (relay->in_flight_first + relay->in_flight_count++) % ARRAY_LEN(relay->in_flight);
    relay->in_flight[at] = (struct in_flight){tag, last_seq, (size_t)(lane - relay->lanes)};
    if (last_seq > lane->sent_seq)
        lane->sent_seq = last_seq;
    return true;
}

struct replay {
    struct relay *relay;
    struct lane *lane;
};

static bool publish_row(void *arg, uint64_t first_seq, uint64_t last_seq, const void *bytes,
                        size_t length, struct err *err)
{
    struct replay *replay = arg;
    (void)first_seq;
    return publish(replay->relay, replay->lane, bytes, length, last_seq, NULL, err);
}

/* Publishes what the journal has beyond sent_seq. */
static bool publish_journal(struct relay *relay, struct lane *lane, struct err *err)
{
    struct replay replay = {relay, lane};
    for (;;) {
        uint64_t before = lane->sent_seq;
        if (!command_batches_read(relay->db, lane->market_id, lane->sent_seq + 1, publish_row,
                                  &replay, err))
            return false;
        if (lane->sent_seq == before)
            return true;
    }
}

/* Asks the worker to load the market again and to repeat all that is not settled. */
static bool ask_reload(struct relay *relay, struct lane *lane, struct err *err)
{
    char body[64 + MARKET_ID_SIZE];
    int64_t now_us = clock_monotonic_us(relay->app->clock);
    if (lane->reload_us != 0 && now_us - lane->reload_us < RELOAD_EVERY_US)
        return true;
    lane->reload_us = lane->progress_us = now_us;
    int length = snprintf(body, sizeof(body), "{\"reload\":\"%s\"}", lane->market_id);
    metric_add(relay->app->metrics, METRIC_RELOADS_ASKED, 1);
    log_info("asking the worker to repeat", LOG_STR("market", lane->market_id),
             LOG_U64("settled_seq", lane->settled_seq), LOG_U64("sent_seq", lane->sent_seq));
    return publish(relay, lane, body, (size_t)length, 0, "reload", err);
}

static bool send_parcel(struct relay *relay, const struct parcel *parcel, struct err *err)
{
    struct lane *lane = lane_find(relay, parcel->market_id);
    if (!lane) {
        relay->audit_us = 0; /* a new market: the audit finds it, and its commands */
        return true;
    }
    if (parcel->length == 0)
        return ask_reload(relay, lane, err);
    if (parcel->last_seq <= lane->sent_seq)
        return true;
    if (parcel->first_seq != lane->sent_seq + 1)
        return publish_journal(relay, lane, err);
    return publish(relay, lane, parcel->bytes, parcel->length, parcel->last_seq, NULL, err);
}

/* ---- the audit: journal, broker, settled ---- */

static bool audit_market(void *arg, const char *market_id, uint64_t command_seq,
                         uint64_t settled_seq, struct err *err)
{
    struct relay *relay = arg;
    struct lane *lane = lane_get(relay, market_id, settled_seq);
    struct metrics *metrics = relay->app->metrics;
    int64_t now_us = clock_monotonic_us(relay->app->clock);
    if (!lane)
        return err_set(err, ERR_INTERNAL, "more than %d markets", MARKETS_MAX);
    metric_set_labelled(metrics, METRIC_COMMAND_SEQ,
                        metric_label(metrics, METRIC_COMMAND_SEQ, market_id), (int64_t)command_seq);
    if (settled_seq != lane->settled_seq || settled_seq == command_seq)
        lane->progress_us = now_us;
    lane->settled_seq = settled_seq;
    if (command_seq > lane->sent_seq && !publish_journal(relay, lane, err))
        return false;
    if (now_us - lane->progress_us > RELOAD_AFTER_US)
        return ask_reload(relay, lane, err);
    return true;
}

static bool audit(struct relay *relay, struct err *err)
{
    int64_t now_us = clock_monotonic_us(relay->app->clock);
    if (relay->audit_us != 0 && now_us - relay->audit_us < AUDIT_EVERY_US)
        return true;
    relay->audit_us = now_us;
    return market_progress_read(relay->db, audit_market, relay, err);
}

/* ---- the thread ---- */

/* The broker may have restarted, and then its queues are empty: what is not settled goes out again. */
static void forget_in_flight(struct relay *relay)
{
    relay->in_flight_count = relay->in_flight_first = 0;
    for (size_t i = 0; i < relay->lanes_count; i++)
        relay->lanes[i].sent_seq = relay->lanes[i].confirmed_seq = relay->lanes[i].settled_seq;
    relay->audit_us = 0;
}

static bool connect_peers(struct relay *relay, struct err *err)
{
    struct accounting *app = relay->app;
    if (relay->db ? !db_ready(relay->db, err) : !db_open(&app->db_config, &relay->db, err))
        return false;
    if (!relay->bus) {
        struct bus_config config = bus_named(app->config->amqp, "accounting commands");
        matching_topology_fill(&relay->topology, app->config->shards);
        return bus_open(&config, relay->topology.rows, &relay->bus, err);
    }
    if (bus_is_open(relay->bus))
        return true;
    forget_in_flight(relay);
    return bus_reopen(relay->bus, err);
}

static bool work(struct relay *relay, struct err *err)
{
    void *parcels[DRAIN_MAX];
    if (!audit(relay, err))
        return false;
    size_t count = queue_drain(relay->app->parcels, parcels, DRAIN_MAX, DRAIN_WAIT_MS);
    bool sent = true;
    for (size_t i = 0; i < count; i++) {
        /* After a failure the rest is only freed: the journal has it. */
        sent = sent && send_parcel(relay, parcels[i], err);
        free(parcels[i]);
    }
    if (!sent ||
        !(count > 0 ? bus_settle(relay->bus, IN_FLIGHT_MAX / 2, err)
                    : bus_settle(relay->bus, 0, err)) ||
        !bus_idle(relay->bus, err))
        return false;
    take_confirms(relay);
    return true;
}

static void drop_parcels(struct accounting *app)
{
    void *parcels[DRAIN_MAX];
    size_t count;
    while ((count = queue_drain(app->parcels, parcels, DRAIN_MAX, 0)) > 0)
        for (size_t i = 0; i < count; i++)
            free(parcels[i]);
}

void command_relay_run(struct accounting *app)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    int pause_ms = PAUSE_MIN_MS;
    assert(relay != NULL);
    relay->app = app;
    while (!app->stopping) {
        struct err err;
        if (connect_peers(relay, &err) && work(relay, &err)) {
            app->sending = !bus_is_blocked(relay->bus);
            pause_ms = PAUSE_MIN_MS;
            continue;
        }
        app->sending = false;
        log_warning("command relay waits", LOG_ERR(&err));
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    app->sending = false;
    drop_parcels(app);
    bus_close(relay->bus);
    db_close(relay->db);
    free(relay);
}
