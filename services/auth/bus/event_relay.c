#include "auth/bus/event_relay.h"

#include <stdio.h>
#include <stdlib.h>

#include "auth/actions/auth.h"
#include "auth/bus/mail_topology.h"
#include "auth/domain/event_claims.h"
#include "auth/state/config.h"
#include "auth/state/metrics.h"
#include "auth/store/outbox.h"
#include "json/read.h"
#include "log/log.h"
#include "service/threads.h"
#include "token/token.h"

enum {
    ROUND_ROWS_MAX = 128,
    ROUND_BYTES_MAX = 8 << 20,
    DOCUMENT_BYTES_MAX = 1 << 20,
    PARKED_MAX = 32, /* rows that can't be signed; above it the relay stops */
    EXCHANGE_SIZE = EVENT_CATEGORY_SIZE + 16,
    IDLE_MS = 200,
    NOT_OURS_MS = 1000, /* another process relays */
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 1000
};

struct relay {
    struct auth *app;
    struct db *db;
    struct bus *bus;
    struct token_signer *signer;
    struct mail_topology topology;
    struct arena *arena; /* of one round */
    struct str claims, document;
    uint64_t parked[PARKED_MAX];
    size_t parked_count;
    int64_t unheard; /* of this round */
};

static bool signer_open(const struct auth_config *config, struct token_signer **ret_signer,
                        struct err *err)
{
    const char *key = config->event_key[0] ? config->event_key : config->jwt_private_key;
    return token_signer_new(config->event_algorithm, "barong", key, ret_signer, err);
}

bool event_relay_check(const struct auth_config *config, struct err *err)
{
    struct token_signer *signer;
    if (!signer_open(config, &signer, err))
        return err_wrap(err, "EVENT_API_JWT_PRIVATE_KEY_FILE");
    token_signer_free(signer);
    return true;
}

/* ---- one event ---- */

static bool sign(struct relay *relay, const struct outbox_row *row, struct err *err)
{
    struct event event = {row->id, row->name, row->record, row->changes, row->created_at};
    str_clear(&relay->claims);
    str_clear(&relay->document);
    event_claims_write(&relay->claims, &event, clock_now_us(relay->app->clock));
    if (!str_ok(&relay->claims))
        return err_set(err, ERR_PROTOCOL, "event above %d bytes", DOCUMENT_BYTES_MAX);
    if (!json_check(str_data(&relay->claims), relay->claims.length, err)) {
        err->code = ERR_PROTOCOL;
        return false;
    }
    if (!token_sign_general(relay->signer, str_data(&relay->claims), &relay->document, err))
        return false;
    return str_ok(&relay->document) ||
           err_set(err, ERR_PROTOCOL, "signed event above %d bytes", DOCUMENT_BYTES_MAX);
}

static bool publish(struct relay *relay, const struct outbox_row *row, struct err *err)
{
    char category[EVENT_CATEGORY_SIZE], exchange[EXCHANGE_SIZE], id[24];
    const char *routing_key;
    if (!event_address(row->name, category, &routing_key, err) || !sign(relay, row, err))
        return false;
    snprintf(exchange, sizeof(exchange), "barong.events.%s", category);
    snprintf(id, sizeof(id), "%llu", (unsigned long long)row->id);
    struct bus_message message = {
        .exchange = exchange,
        .routing_key = routing_key,
        .body = str_data(&relay->document),
        .length = relay->document.length,
        .message_id = id, /* octets of JSON, under the type that Barong's clients are used to */
    };
    return bus_publish(relay->bus, &message, NULL, err);
}

static void on_returned(void *arg, const char *exchange, const char *routing_key)
{
    struct relay *relay = arg;
    (void)exchange;
    (void)routing_key;
    relay->unheard++;
}

/* ---- rounds ---- */

static bool is_parked(const struct relay *relay, uint64_t id)
{
    for (size_t i = 0; i < relay->parked_count; i++)
        if (relay->parked[i] == id)
            return true;
    return false;
}

static bool park(struct relay *relay, const struct outbox_row *row, struct err *err)
{
    if (relay->parked_count == PARKED_MAX)
        return err_wrap(err, "more than %d events can't be signed", PARKED_MAX);
    log_error("event is left where it is", LOG_U64("id", row->id), LOG_STR("event", row->name),
              LOG_ERR(err));
    relay->parked[relay->parked_count++] = row->id;
    metric_set(relay->app->metrics, METRIC_EVENTS_PARKED, (int64_t)relay->parked_count);
    return true;
}

static bool publish_all(struct relay *relay, const struct outbox_row *rows, size_t count,
                        uint64_t *ret_ids, size_t *ret_told, struct err *err)
{
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_parked(relay, rows[i].id))
            continue;
        if (publish(relay, &rows[i], err))
            ret_ids[told++] = rows[i].id;
        else if (err->code != ERR_PROTOCOL || !park(relay, &rows[i], err))
            return false;
    }
    *ret_told = told;
    return bus_settle(relay->bus, 0, err);
}

static bool run_round(struct relay *relay, size_t *ret_told, struct err *err)
{
    struct outbox_row *rows;
    uint64_t ids[ROUND_ROWS_MAX + PARKED_MAX];
    size_t count, told = 0;
    arena_reset(relay->arena);
    relay->unheard = 0;
    if (!outbox_read(relay->db, relay->arena, ROUND_ROWS_MAX + relay->parked_count, &rows, &count,
                     err) ||
        !publish_all(relay, rows, count, ids, &told, err))
        return false;
    metric_add(relay->app->metrics, METRIC_EVENTS_PUBLISHED, (int64_t)told - relay->unheard);
    metric_add(relay->app->metrics, METRIC_EVENTS_UNHEARD, relay->unheard);
    *ret_told = told;
    return told == 0 || outbox_delete(relay->db, ids, told, err);
}

/* ---- the thread ---- */

static bool connect_peers(struct relay *relay, struct err *err)
{
    struct auth *app = relay->app;
    if (relay->db ? !db_ready(relay->db, err) : !db_open(&app->db_config, &relay->db, err))
        return false;
    if (relay->bus)
        return bus_is_open(relay->bus) || bus_reopen(relay->bus, err);
    struct bus_config config = bus_named(app->config->amqp, "auth events");
    if (!bus_open(&config, relay->topology.rows, &relay->bus, err))
        return false;
    bus_watch_returns(relay->bus, on_returned, relay);
    return true;
}

/* How long to rest in ret_pause_ms; 0: there may be more. */
static bool work(struct relay *relay, int *ret_pause_ms, struct err *err)
{
    bool is_ours;
    size_t told = 0;
    if (!connect_peers(relay, err) || !outbox_is_ours(relay->db, &is_ours, err))
        return false;
    *ret_pause_ms = NOT_OURS_MS;
    if (is_ours) {
        if (!run_round(relay, &told, err))
            return false;
        *ret_pause_ms = told > 0 ? 0 : IDLE_MS;
    }
    return bus_idle(relay->bus, err);
}

static struct relay *relay_new(struct auth *app, struct err *err)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    assert(relay != NULL);
    relay->app = app;
    relay->arena = arena_new(ROUND_BYTES_MAX);
    assert(relay->arena != NULL);
    relay->claims = STR_INIT(DOCUMENT_BYTES_MAX);
    relay->document = STR_INIT(DOCUMENT_BYTES_MAX);
    mail_topology_fill(&relay->topology, app->mail_rules);
    bool opened = signer_open(app->config, &relay->signer, err);
    assert(opened); /* event_relay_check() */
    return relay;
}

static void relay_free(struct relay *relay)
{
    bus_close(relay->bus);
    db_close(relay->db);
    token_signer_free(relay->signer);
    arena_free(relay->arena);
    str_release(&relay->claims);
    str_release(&relay->document);
    free(relay);
}

void event_relay_run(struct auth *app)
{
    struct err err;
    struct relay *relay = relay_new(app, &err);
    int pause_ms = PAUSE_MIN_MS, rest_ms = 0;
    while (!service_threads_stopping(app->threads)) {
        if (work(relay, &rest_ms, &err)) {
            pause_ms = PAUSE_MIN_MS;
            if (rest_ms > 0)
                service_threads_sleep(app->threads, rest_ms);
            continue;
        }
        log_warning("event relay waits", LOG_ERR(&err));
        service_threads_sleep(app->threads, pause_ms);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    relay_free(relay);
}
