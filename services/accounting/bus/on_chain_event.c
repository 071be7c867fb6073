#include "accounting/bus/on_chain_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/chain_feed.h"
#include "accounting/bus/job_nap.h"
#include "accounting/peers/peers.h"
#include "accounting/state/config.h"
#include "accounting/state/metrics.h"
#include "base/auto.h"
#include "bus/bus.h"
#include "json/read.h"
#include "log/log.h"
#include "token/token.h"

#define EXCHANGE "bourse.chain"
#define QUEUE "bourse.chain.accounting"
#define QUEUE_DEAD QUEUE ".dead"

enum {
    PREFETCH = 64,
    NEXT_WAIT_MS = 200,
    PAUSE_MS = 1000,
    CLAIMS_BYTES_MAX = 1 << 20,
    EVENTS_BYTES_MAX = 8 << 20,
    EVENTS_TOGETHER = 200,
    EVENTS_CALL_MS = 15000,
    PARKED_RETRY_US = 20 * 1000000,
    /* Events are believed for as long as they wait: what is old can't do harm, for each number is
     * applied once. */
    EXPIRED_LEEWAY_S = 10 * 366 * 86400,
    ISSUED_LEEWAY_S = 180
};

static const struct bus_row topology[] = {
    {.kind = BUS_EXCHANGE, .name = EXCHANGE, .type = "topic"},
    {.kind = BUS_QUEUE, .name = QUEUE_DEAD, .type = "quorum"},
    {.kind = BUS_QUEUE, .name = QUEUE, .type = "quorum", .dead_letter = QUEUE_DEAD},
    {.kind = BUS_BINDING, .name = QUEUE, .exchange = EXCHANGE, .routing_key = "#"},
    {.name = NULL},
};

struct intake {
    struct accounting *app;
    struct db *db;
    struct bus *bus;
    struct chain_feed *feed;
    struct str claims;
    int64_t caught_up_us, retried_us; /* monotonic: of the last look */
};

/* ---- one signed text ---- */

static bool verify(struct intake *intake, const char *text, size_t length, struct err *err)
{
    static const char *const signers[] = {"blockchain", NULL};
    static const struct token_rules rules = {.issuer = "blockchain",
                                             .leeway_s = EXPIRED_LEEWAY_S,
                                             .issued_at_leeway_s = ISSUED_LEEWAY_S,
                                             .jti_required = true};
    uint32_t signed_by;
    str_clear(&intake->claims);
    if (!token_verify_general(intake->app->service_keys, signers, &rules,
                              clock_now_us(intake->app->clock), text, length, &signed_by,
                              &intake->claims, err))
        return false;
    return signed_by == 1 || err_set(err, ERR_UNAUTHENTICATED, "the gateway did not sign it");
}

static void report_poison(struct intake *intake, const char *from, const struct err *why)
{
    metric_add(intake->app->metrics, METRIC_CHAIN_POISON, 1);
    log_error("NO EVENT OF THE GATEWAY", LOG_STR("from", from), LOG_ERR(why));
}

/* *ret_why says what is wrong with what is poison or parked. */
static bool take(struct intake *intake, const char *text, size_t length, enum chain_fed *ret_fed,
                 struct err *ret_why, struct err *err)
{
    if (!verify(intake, text, length, ret_why)) {
        *ret_fed = CHAIN_POISON;
        return true;
    }
    if (!chain_feed_apply(intake->feed, intake->db, str_data(&intake->claims),
                          intake->claims.length, ret_fed, err))
        return false;
    *ret_why = *err;
    if (*ret_fed == CHAIN_PARKED)
        log_error("EVENT OF THE GATEWAY PARKED: an operator must look", LOG_ERR(ret_why));
    return true;
}

/* ---- over HTTP ---- */

static bool ask(struct intake *intake, uint64_t after, cJSON **ret_root, struct err *err)
{
    AUTO(str_release) struct str answer = STR_INIT(EVENTS_BYTES_MAX);
    char path[96];
    long status;
    snprintf(path, sizeof(path), "/internal/events?after=%llu&limit=%d", (unsigned long long)after,
             EVENTS_TOGETHER);
    const struct peer_request request = {
        .peer = PEER_BLOCKCHAIN, .path = path, .timeout_ms = EVENTS_CALL_MS};
    if (!peer_call(intake->app->peers, &request, &status, &answer, err))
        return false;
    if (status != 200)
        return err_set(err, ERR_PEER_UNAVAILABLE, "blockchain, events: status %ld", status);
    return json_read(str_data(&answer), answer.length, ret_root, err);
}

/* A signed text, or the document itself in place. */
static bool take_listed(struct intake *intake, const cJSON *one, enum chain_fed *ret_fed,
                        struct err *err)
{
    struct err why;
    char *printed = cJSON_IsString(one) ? NULL : cJSON_PrintUnformatted(one);
    const char *text = cJSON_IsString(one) ? one->valuestring : printed;
    bool ok = text && take(intake, text, strlen(text), ret_fed, &why, err);
    cJSON_free(printed);
    if (ok && *ret_fed == CHAIN_POISON) {
        report_poison(intake, "http", &why);
        return err_set(err, ERR_PROTOCOL, "the gateway's own list holds no event of it");
    }
    return ok || (!text && err_set(err, ERR_PROTOCOL, "no text"));
}

/* *ret_more: there were as many as fit. */
static bool take_some(struct intake *intake, bool *ret_more, struct err *err)
{
    uint64_t position;
    cJSON *root = NULL;
    const cJSON *one;
    size_t applied = 0;
    if (!chain_feed_position(intake->feed, intake->db, &position, err) ||
        !ask(intake, position, &root, err))
        return false;
    bool ok = true;
    cJSON_ArrayForEach(one, json_member(root, "events"))
    {
        enum chain_fed fed = CHAIN_POISON;
        ok = take_listed(intake, one, &fed, err);
        if (ok && fed == CHAIN_GAP)
            ok = err_set(err, ERR_PROTOCOL, "the gateway left out an event after %llu",
                         (unsigned long long)position);
        if (!ok)
            break;
        applied++;
    }
    cJSON_Delete(root);
    *ret_more = applied >= EVENTS_TOGETHER;
    return ok;
}

static bool catch_up(struct intake *intake, struct err *err)
{
    bool more = true;
    while (more && !intake->app->stopping)
        if (!take_some(intake, &more, err))
            return false;
    intake->caught_up_us = clock_monotonic_us(intake->app->clock);
    return true;
}

/* ---- over the broker ---- */

static bool take_delivery(struct intake *intake, const struct bus_delivery *delivery,
                          struct err *err)
{
    enum chain_fed fed = CHAIN_POISON;
    struct err why;
    if (!take(intake, delivery->body, delivery->length, &fed, &why, err))
        return false;
    if (fed == CHAIN_POISON) {
        report_poison(intake, "broker", &why);
        return bus_reject(intake->bus, delivery->tag, err) && catch_up(intake, err);
    }
    if (fed == CHAIN_GAP) {
        uint64_t tag = delivery->tag;
        log_warning("gap in the gateway's events");
        /* What was asked for holds this one too. */
        return catch_up(intake, err) && bus_ack(intake->bus, tag, false, err);
    }
    return bus_ack(intake->bus, delivery->tag, false, err);
}

static bool work(struct intake *intake, struct err *err)
{
    struct accounting *app = intake->app;
    struct bus_delivery delivery;
    bool got;
    int64_t now_us = clock_monotonic_us(app->clock);
    if (now_us - intake->caught_up_us > (int64_t)app->config->chain_poll_ms * 1000 &&
        !catch_up(intake, err))
        return false;
    if (now_us - intake->retried_us > PARKED_RETRY_US) {
        if (!chain_feed_retry_parked(intake->feed, intake->db, err))
            return false;
        intake->retried_us = now_us;
    }
    int wait_ms =
        app->config->chain_poll_ms < NEXT_WAIT_MS ? (int)app->config->chain_poll_ms : NEXT_WAIT_MS;
    return bus_next(intake->bus, wait_ms, &got, &delivery, err) &&
           (!got || take_delivery(intake, &delivery, err));
}

/* ---- the thread ---- */

static bool connect_peers(struct intake *intake, struct err *err)
{
    struct accounting *app = intake->app;
    if (intake->db ? !db_ready(intake->db, err) : !db_open(&app->db_config, &intake->db, err))
        return false;
    if (intake->bus && bus_is_open(intake->bus))
        return true;
    if (intake->bus) {
        if (!bus_reopen(intake->bus, err))
            return false;
    } else {
        struct bus_config config = bus_named(app->config->amqp, "accounting chain events");
        if (!bus_open(&config, topology, &intake->bus, err))
            return false;
    }
    intake->caught_up_us = INT64_MIN / 2; /* at once: the queue may be new */
    return bus_consume(intake->bus, QUEUE, PREFETCH, err);
}

void on_chain_event_run(struct accounting *app)
{
    struct intake intake = {.app = app, .claims = STR_INIT(CLAIMS_BYTES_MAX)};
    struct err err;
    if (app->config->blockchain_url[0] == '\0')
        return; /* an exchange without chains */
    intake.feed = chain_feed_new(app);
    assert(intake.feed != NULL);
    intake.caught_up_us = INT64_MIN / 2;
    while (!app->stopping) {
        if (connect_peers(&intake, &err) && work(&intake, &err))
            continue;
        log_warning("the gateway's events wait", LOG_ERR(&err));
        /* What was delivered and not acked comes again only on a new channel. */
        bus_close(intake.bus);
        intake.bus = NULL;
        job_nap(app, PAUSE_MS);
    }
    chain_feed_free(intake.feed);
    str_release(&intake.claims);
    bus_close(intake.bus);
    db_close(intake.db);
}
