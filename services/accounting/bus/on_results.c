/*
 * Step 4 of 5 in the life of an order: its result arrives. Before: services/matching. After:
 * actions/results_settle.c, then bus/event_relay.c.
 */
#include "accounting/bus/on_results.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accounting/actions/accounting.h"
#include "accounting/actions/market_data_load.h"
#include "accounting/actions/pace.h"
#include "accounting/actions/parcel.h"
#include "accounting/actions/results_settle.h"
#include "accounting/bus/topology.h"
#include "accounting/marketdata/market_data.h"
#include "accounting/state/config.h"
#include "base/queue.h"
#include "log/log.h"

enum {
    PREFETCH = 128,
    NEXT_WAIT_MS = 200,
    DELIVERIES_MAX = 256,          /* of one transaction */
    DELIVERY_BYTES_MAX = 16 << 20, /* of one transaction, all its deliveries */
    BUSY_RESULTS = 16,             /* see actions/pace.h */
    ENOUGH_RESULTS = 192,
    PACE_PERCENT = 150,
    PACE_US_MAX = 16000,
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 250,
    STUCK_MAX = 16,
    SETTLED_MARKETS_MAX = 64
};

struct settler {
    struct accounting *app;
    struct db *db;
    struct bus *bus;
    struct matching_topology topology;
    struct settlement *settlement;
    void *bodies[DELIVERIES_MAX]; /* copies: a delivery lives until the next one is asked for */
    size_t count, results, bytes;
    uint64_t last_tag;
    struct pace pace;
};

static void forget_deliveries(struct settler *settler)
{
    settlement_clear(settler->settlement);
    for (size_t i = 0; i < settler->count; i++)
        free(settler->bodies[i]);
    settler->count = settler->results = settler->bytes = 0;
    settler->last_tag = 0;
}

/* ---- gathering ---- */

static bool market_is_known(struct settler *settler, const char *market_id)
{
    const struct catalog *catalog = catalog_take(settler->app->catalogs);
    bool known = catalog_market(catalog, market_id) != NULL;
    catalog_give_back(catalog);
    struct err ignored;
    if (known || !catalog_reload(settler->app->catalogs, settler->db, &ignored))
        return known;
    catalog = catalog_take(settler->app->catalogs);
    known = catalog_market(catalog, market_id) != NULL;
    catalog_give_back(catalog);
    return known;
}

/* A delivery that is no result batch of ours goes to the dead letters; its neighbours don't notice. */
static bool reject_poison(struct settler *settler, const struct bus_delivery *delivery,
                          const struct err *why, struct err *err)
{
    log_error("result message rejected", LOG_ERR(why), LOG_U64("bytes", delivery->length));
    return bus_reject(settler->bus, delivery->tag, err);
}

/* Takes a delivery. *ret_full: no room for it; it was taken all the same, the next must wait. */
static bool take_delivery(struct settler *settler, const struct bus_delivery *delivery,
                          bool *ret_full, struct err *err)
{
    struct batch batch;
    struct err why;
    void *body = malloc(delivery->length ? delivery->length : 1);
    if (!body)
        return err_set(err, ERR_INTERNAL, "no memory for a result message");
    memcpy(body, delivery->body, delivery->length);
    if (!result_batch_read(body, delivery->length, &batch, &why)) {
        free(body);
        return reject_poison(settler, delivery, &why, err);
    }
    if (!market_is_known(settler, batch.header->market_id)) {
        err_set(&why, ERR_PROTOCOL, "unknown market %.23s", batch.header->market_id);
        free(body);
        return reject_poison(settler, delivery, &why, err);
    }
    bool added = settlement_add(settler->settlement, &batch);
    if (!added) {
        /* Full by its own limits: give this one back to the queue by settling first. */
        struct err commit_err;
        if (!settlement_commit(settler->settlement, settler->db, &commit_err)) {
            free(body);
            *err = commit_err;
            return false;
        }
        uint64_t tag = settler->last_tag;
        forget_deliveries(settler);
        if (tag && !bus_ack(settler->bus, tag, true, err)) {
            free(body);
            return false;
        }
        added = settlement_add(settler->settlement, &batch);
        assert(added);
    }
    settler->bodies[settler->count++] = body;
    settler->results += batch.header->count;
    settler->bytes += delivery->length;
    settler->last_tag = delivery->tag;
    *ret_full = settler->count == DELIVERIES_MAX || settler->bytes >= DELIVERY_BYTES_MAX;
    return true;
}

static bool gather(struct settler *settler, struct err *err)
{
    bool full = false, got = true;
    size_t max = settler->app->config->settle_batch_max;
    int wait_ms = NEXT_WAIT_MS;
    pace_pause(&settler->pace);
    while (got && !full && settler->count < max) {
        struct bus_delivery delivery;
        /* Wait for the first; then take what is here, never wait for more. */
        if (!bus_next(settler->bus, wait_ms, &got, &delivery, err))
            return false;
        wait_ms = 0;
        if (got && !take_delivery(settler, &delivery, &full, err))
            return false;
    }
    return true;
}

/* ---- after the commit ---- */

static void ask_repeats(struct settler *settler)
{
    const char *markets[STUCK_MAX];
    size_t count = settlement_gaps(settler->settlement, markets, ARRAY_LEN(markets));
    for (size_t i = 0; i < count; i++) {
        struct parcel *request = parcel_new(markets[i], 0, 0, "", 0); /* empty: a reload */
        log_warning("gap in the results", LOG_STR("market", markets[i]));
        if (request && !queue_push(settler->app->parcels, request))
            free(request); /* the relay's audit notices that nothing settles */
    }
}

/* What this settler did not feed to the market data is read back from the tables. */
static bool load_missed(struct settler *settler, struct err *err)
{
    struct accounting *app = settler->app;
    const char *markets[SETTLED_MARKETS_MAX];
    size_t count = settlement_missed(settler->settlement, markets, ARRAY_LEN(markets));
    for (size_t i = 0; i < count; i++) {
        log_info("market data loaded again", LOG_STR("market", markets[i]));
        if (!market_data_load_market(app->market_data, settler->db, markets[i],
                                     clock_now_us(app->clock), err))
            return false;
    }
    return true;
}

static void report_stuck(struct settler *settler)
{
    const char *markets[STUCK_MAX];
    const struct err *reasons[STUCK_MAX];
    size_t count = settlement_stuck(settler->settlement, markets, reasons, STUCK_MAX);
    for (size_t i = 0; i < count; i++)
        log_error("RESULT REFUSED: this market is not settled", LOG_STR("market", markets[i]),
                  LOG_ERR(reasons[i]));
}

static bool settle(struct settler *settler, struct err *err)
{
    if (settlement_is_empty(settler->settlement))
        return true;
    pace_begin(&settler->pace, settler->app->clock);
    if (!settlement_commit(settler->settlement, settler->db, err))
        return false;
    pace_end(&settler->pace, settler->app->clock, settler->results);
    report_stuck(settler);
    ask_repeats(settler);
    if (!load_missed(settler, err))
        settler->app->books_loaded = false; /* all of it, as soon as the database is back */
    uint64_t tag = settler->last_tag;
    forget_deliveries(settler);
    return bus_ack(settler->bus, tag, true, err);
}

/* ---- the thread ---- */

static bool load_state(struct settler *settler, struct err *err)
{
    struct accounting *app = settler->app;
    if (app->books_loaded)
        return true;
    if (!catalog_reload(app->catalogs, settler->db, err))
        return false;
    const struct catalog *catalog = catalog_take(app->catalogs);
    bool loaded =
        market_data_load_all(app->market_data, settler->db, catalog, clock_now_us(app->clock), err);
    catalog_give_back(catalog);
    if (!loaded)
        return false;
    app->books_loaded = true;
    log_info("catalog and market data loaded");
    return true;
}

static bool connect_peers(struct settler *settler, struct err *err)
{
    struct accounting *app = settler->app;
    if (settler->db ? !db_ready(settler->db, err) : !db_open(&app->db_config, &settler->db, err))
        return false;
    if (!load_state(settler, err))
        return false;
    if (settler->bus && bus_is_open(settler->bus))
        return true;
    forget_deliveries(settler); /* they come again */
    if (settler->bus) {
        if (!bus_reopen(settler->bus, err))
            return false;
    } else {
        struct bus_config config = bus_named(app->config->amqp, "accounting results");
        matching_topology_fill(&settler->topology, app->config->shards);
        if (!bus_open(&config, settler->topology.rows, &settler->bus, err))
            return false;
    }
    return bus_consume(settler->bus, QUEUE_RESULTS, PREFETCH, err);
}

static bool work(struct settler *settler, struct err *err)
{
    if (!connect_peers(settler, err))
        return false;
    settler->app->settling = true;
    /* What a failed commit left is settled before anything is added. */
    return settle(settler, err) && gather(settler, err) && settle(settler, err);
}

void on_results_run(struct accounting *app)
{
    struct settler *settler = calloc(1, sizeof(*settler));
    int pause_ms = PAUSE_MIN_MS;
    assert(settler != NULL);
    settler->app = app;
    settler->pace = (struct pace){.busy_count = BUSY_RESULTS,
                                  .enough_count = ENOUGH_RESULTS,
                                  .percent = PACE_PERCENT,
                                  .pause_us_max = PACE_US_MAX};
    settler->settlement = settlement_new(app);
    assert(settler->settlement != NULL);
    while (!app->stopping) {
        struct err err;
        if (work(settler, &err)) {
            pause_ms = PAUSE_MIN_MS;
            continue;
        }
        app->settling = false;
        log_warning("settler waits", LOG_ERR(&err));
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    app->settling = false;
    forget_deliveries(settler);
    settlement_free(settler->settlement);
    bus_close(settler->bus);
    db_close(settler->db);
    free(settler);
}
