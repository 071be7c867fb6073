#include "blockchain/bus/event_relay.h"

#include <stdlib.h>

#include "base/queue.h"
#include "blockchain/actions/blockchain.h"
#include "blockchain/actions/event_claims.h"
#include "blockchain/store/events.h"
#include "bus/bus.h"
#include "log/log.h"

enum {
    ROUND_MAX = 128,
    ROUND_ARENA_BYTES_MAX = 64 << 20,
    POLL_MS = 500, /* a writer that wakes nobody is noticed then */
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 2000,
    PRUNE_EVERY_US = 60000000,
    PRUNE_TOGETHER = 500,
    PRUNE_ROUNDS_MAX = 20 /* of one look: more is deleted in the next one */
};

static const struct bus_row topology[] = {
    {.kind = BUS_EXCHANGE, .name = EXCHANGE_CHAIN, .type = "topic"},
    {.name = NULL},
};

struct relay {
    struct blockchain *app;
    struct db *db;
    struct bus *bus;
    struct token_signer *signer;
    struct arena *arena;
    struct str claims, document;
    int64_t pruned_us; /* monotonic; 0: never looked */
};

static bool signer_open(const struct blockchain_config *config, struct token_signer **ret_signer,
                        struct err *err)
{
    return token_signer_new(config->event_algorithm, "blockchain", config->event_key, ret_signer,
                            err);
}

bool event_relay_check(const struct blockchain_config *config, struct err *err)
{
    struct token_signer *signer;
    if (!signer_open(config, &signer, err))
        return err_wrap(err, "EVENT_API_JWT_PRIVATE_KEY_FILE");
    token_signer_free(signer);
    return true;
}

static void on_returned(void *arg, const char *exchange, const char *routing_key)
{
    (void)arg;
    (void)exchange;
    (void)routing_key; /* nobody listens: GET /internal/events has it */
}

static bool connect_peers(struct relay *relay, struct err *err)
{
    struct blockchain *app = relay->app;
    if (relay->db ? !db_ready(relay->db, err) : !db_open(&app->db_config, &relay->db, err))
        return false;
    if (!relay->signer && !signer_open(app->config, &relay->signer, err))
        return false;
    if (!relay->bus) {
        struct bus_config config = bus_named(app->config->amqp, "blockchain events");
        if (!bus_open(&config, topology, &relay->bus, err))
            return false;
        bus_watch_returns(relay->bus, on_returned, relay);
        return true;
    }
    return bus_is_open(relay->bus) || bus_reopen(relay->bus, err);
}

static bool publish(struct relay *relay, const struct event_row *row, struct err *err)
{
    if (!event_sign(relay->signer, row, clock_now_us(relay->app->clock), &relay->claims,
                    &relay->document, err))
        return false;
    const struct bus_message message = {.exchange = EXCHANGE_CHAIN,
                                        .routing_key = row->name,
                                        .body = str_data(&relay->document),
                                        .length = relay->document.length,
                                        .content_type = "application/json"};
    return bus_publish(relay->bus, &message, NULL, err);
}

/* Tells what waits, up to a round. */
static bool round_run(struct relay *relay, size_t *ret_count, struct err *err)
{
    struct event_row *rows;
    uint64_t seq, published;
    arena_reset(relay->arena);
    if (!events_head(relay->db, &seq, &published, err) ||
        !events_read(relay->db, relay->arena, published, ROUND_MAX, &rows, ret_count, err))
        return false;
    for (size_t i = 0; i < *ret_count; i++)
        if (!publish(relay, &rows[i], err))
            return false;
    if (*ret_count == 0)
        return true;
    if (!bus_settle(relay->bus, 0, err) ||
        !events_published(relay->db, rows[*ret_count - 1].seq, err))
        return false;
    metric_add(relay->app->metrics, METRIC_EVENTS_PUBLISHED, (int64_t)*ret_count);
    return true;
}

/* Events that accounting has had for long enough. */
static bool prune(struct relay *relay, struct err *err)
{
    const struct blockchain *app = relay->app;
    int64_t now_us = clock_monotonic_us(app->clock);
    int64_t before_us =
        clock_now_us(app->clock) - app->config->events_kept_days * INT64_C(86400) * 1000000;
    size_t count = PRUNE_TOGETHER;
    if (app->config->events_kept_days == 0 ||
        (relay->pruned_us != 0 && now_us - relay->pruned_us < PRUNE_EVERY_US))
        return true;
    relay->pruned_us = now_us;
    for (unsigned i = 0; i < PRUNE_ROUNDS_MAX && count == PRUNE_TOGETHER && !app->stopping; i++) {
        if (!events_prune(relay->db, before_us, PRUNE_TOGETHER, &count, err))
            return false;
        metric_add(app->metrics, METRIC_EVENTS_PRUNED, (int64_t)count);
    }
    return true;
}

static bool work(struct relay *relay, struct err *err)
{
    size_t count = 0;
    void *signal;
    if (!connect_peers(relay, err) || !round_run(relay, &count, err) || !bus_idle(relay->bus, err))
        return false;
    relay->app->relaying = true;
    if (!prune(relay, err))
        return false;
    if (count == 0)
        queue_drain(relay->app->outbox_signal, &signal, 1, POLL_MS);
    return true;
}

void event_relay_run(struct blockchain *app)
{
    struct relay relay = {.app = app,
                          .arena = arena_new(ROUND_ARENA_BYTES_MAX),
                          .claims = STR_INIT(2 * EVENT_BODY_BYTES_MAX),
                          .document = STR_INIT(EVENT_SIGNED_BYTES_MAX)};
    int pause_ms = PAUSE_MIN_MS;
    assert(relay.arena != NULL);
    while (!app->stopping) {
        struct err err;
        if (work(&relay, &err)) {
            pause_ms = PAUSE_MIN_MS;
            continue;
        }
        app->relaying = false;
        if (pause_ms == PAUSE_MIN_MS)
            log_warning("event relay waits", LOG_ERR(&err));
        blockchain_sleep(app, pause_ms);
        pause_ms = 2 * pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
    }
    bus_close(relay.bus);
    db_close(relay.db);
    token_signer_free(relay.signer);
    arena_free(relay.arena);
    str_release(&relay.claims);
    str_release(&relay.document);
}
