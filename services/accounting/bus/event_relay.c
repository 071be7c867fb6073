/*
 * Step 5 of 5 in the life of an order: told. Before: actions/results_settle.c, which wrote the
 * outbox. After: the websocket gateway, and whoever listens to the signed events.
 */
#include "accounting/bus/event_relay.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "accounting/actions/accounting.h"
#include "accounting/bus/book_stream.h"
#include "accounting/bus/event_api.h"
#include "accounting/bus/event_round.h"
#include "accounting/bus/event_tell.h"
#include "accounting/bus/listeners.h"
#include "accounting/bus/topology.h"
#include "accounting/state/metrics.h"
#include "accounting/store/outbox.h"
#include "accounting/store/public_read.h"
#include "base/queue.h"
#include "log/log.h"
#include "token/token.h"

enum {
    ROUND_ROWS_MAX = 256,
    ROUND_BYTES_MAX = 4 << 20,
    TOLD_MAX = 4 * ROUND_ROWS_MAX, /* rows that were told and are not deleted yet */
    DELETE_AFTER_US = 200000,      /* a delete is a commit: it waits for others to join it */
    BUSY_ITEMS = 64,    /* a round of so many tells of load: the next one waits for company */
    BUSY_PAUSE_MS = 25, /* so that it costs less and leaves out more */
    SIGNALS_MAX = 64,
    POLL_MS = 500,   /* a writer that wakes nobody is noticed then */
    PARKED_MAX = 64, /* rows that nobody can read; above it the relay stops */
    RELAY_NICE = 5,  /* orders come before the news of them */
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 250
};

static const char *const exchanges[EXCHANGE_MAX] = {
    [EXCHANGE_RANGER] = "peatio.events.ranger",
    [EXCHANGE_MARKET] = "peatio.events.market",
    [EXCHANGE_MODEL] = "peatio.events.model",
};

/* Not durable: so the clients of the contract declare them. */
static const struct bus_row topology[] = {
    {.kind = BUS_EXCHANGE, .name = "peatio.events.ranger", .type = "topic", .is_transient = true},
    {.kind = BUS_EXCHANGE, .name = "peatio.events.market", .type = "direct", .is_transient = true},
    {.kind = BUS_EXCHANGE, .name = "peatio.events.model", .type = "direct", .is_transient = true},
    {.name = NULL},
};

struct relay {
    struct accounting *app;
    struct db *db;
    struct bus *bus;
    struct token_signer *signer;
    struct book_stream *books;
    struct teller *teller;
    struct listeners *listeners;
    bool is_loaded; /* the books are as of `mark` and what was told since */
    struct outbox_mark mark;
    const struct catalog *catalog; /* while the books are loaded */

    uint64_t parked[PARKED_MAX]; /* rows that were not understood */
    size_t parked_count;
    uint64_t told[TOLD_MAX]; /* published, to be deleted */
    size_t told_count;
    int64_t told_us; /* when the first of them was; monotonic */

    struct str rows; /* of the outbox, of one round */
    struct event_round round;
    bool only_owed; /* the second pass over it: see listeners.h */
    bool is_busy;   /* the last round was large: news go out every BUSY_PAUSE_MS */
    int64_t messages;
    struct str claims, document; /* what is signed, and signed */
};

static bool signer_open(const struct accounting_config *config, struct token_signer **ret_signer,
                        struct err *err)
{
    return token_signer_new(config->event_algorithm, "peatio", config->event_key, ret_signer, err);
}

bool event_relay_check(const struct accounting_config *config, struct err *err)
{
    struct token_signer *signer;
    if (!signer_open(config, &signer, err))
        return err_wrap(err, "EVENT_API_JWT_PRIVATE_KEY_FILE");
    token_signer_free(signer);
    return true;
}

/* ---- publishing ---- */

static bool sign(struct relay *relay, const struct str *event, struct err *err)
{
    api_claims(&relay->claims, event, uuid_new(), clock_now_us(relay->app->clock));
    str_clear(&relay->document);
    if (!token_sign_general(relay->signer, str_data(&relay->claims), &relay->document, err))
        return false;
    if (!str_ok(&relay->claims) || !str_ok(&relay->document))
        return err_set(err, ERR_INTERNAL, "signed event above %d bytes", EVENT_BODY_BYTES_MAX);
    return true;
}

static bool publish(void *arg, enum event_exchange exchange, const char *routing_key,
                    const struct str *body, struct err *err)
{
    struct relay *relay = arg;
    bool is_signed = exchange != EXCHANGE_RANGER;
    if (relay->only_owed) {
        if (!listeners_owes(relay->listeners, exchange, routing_key))
            return true;
    } else if (is_signed && !listeners_wants(relay->listeners, exchange, routing_key)) {
        return true;
    }
    if (is_signed) {
        if (!sign(relay, body, err))
            return false;
        body = &relay->document;
    }
    struct bus_message message = {
        .exchange = exchanges[exchange],
        .routing_key = routing_key,
        .body = str_data(body),
        .length = body->length,
        .content_type = "application/json",
        .is_feed = !is_signed, /* a signed one comes back if nobody listens: on_returned() */
    };
    relay->messages++;
    return bus_publish(relay->bus, &message, NULL, err);
}

static void on_returned(void *arg, const char *exchange, const char *routing_key)
{
    struct relay *relay = arg;
    for (unsigned i = 0; i < EXCHANGE_MAX; i++)
        if (strcmp(exchanges[i], exchange) == 0)
            listeners_returned(relay->listeners, (enum event_exchange)i, routing_key);
}

static bool tell_round(struct relay *relay, struct err *err)
{
    relay->messages = 0;
    relay->only_owed = false;
    listeners_begin(relay->listeners);
    if (!teller_tell(relay->teller, relay->db, &relay->round, false, err) ||
        !bus_settle(relay->bus, 0, err))
        return false;
    if (!listeners_owed(relay->listeners))
        return true;
    relay->only_owed = true;
    return teller_tell(relay->teller, relay->db, &relay->round, true, err) &&
           bus_settle(relay->bus, 0, err);
}

static bool tell_balances(struct relay *relay, struct err *err)
{
    relay->messages = 0;
    relay->only_owed = false;
    if (teller_balances_waiting(relay->teller) == 0)
        return true;
    if (!teller_tell_balances(relay->teller, relay->db, err) || !bus_settle(relay->bus, 0, err))
        return false;
    metric_add(relay->app->metrics, METRIC_EVENTS_PUBLISHED, relay->messages);
    return true;
}

/* ---- the outbox ---- */

static bool park(struct relay *relay, uint64_t id, struct err *err)
{
    if (relay->parked_count == PARKED_MAX)
        return err_wrap(err, "more than %d rows of the outbox can't be read", PARKED_MAX);
    log_error("row of the outbox is left where it is", LOG_U64("id", id), LOG_ERR(err));
    relay->parked[relay->parked_count++] = id;
    return true;
}

static bool fill_round(struct relay *relay, const struct outbox_row *rows, size_t count,
                       struct err *err)
{
    event_round_clear(&relay->round);
    for (size_t i = 0; i < count; i++) {
        bool is_before = outbox_mark_has(&relay->mark, rows[i].id);
        if (event_round_add(&relay->round, rows[i].events, rows[i].length, is_before, err))
            continue;
        if (err->code != ERR_PROTOCOL || !park(relay, rows[i].id, err))
            return false;
    }
    return event_round_compare(&relay->round, err);
}

static bool is_parked(const struct relay *relay, uint64_t id)
{
    for (size_t i = 0; i < relay->parked_count; i++)
        if (relay->parked[i] == id)
            return true;
    return false;
}

/* Balances go out before the rows that named them are forgotten: after a crash they are told again. */
static bool delete_told(struct relay *relay, struct err *err)
{
    if (!tell_balances(relay, err))
        return false;
    if (relay->told_count > 0 && !outbox_delete(relay->db, relay->told, relay->told_count, err))
        return false;
    relay->told_count = 0;
    return true;
}

/* Time until the told rows are to be deleted; 0: now. */
static int64_t delete_in_us(const struct relay *relay)
{
    if (relay->app->config->event_batch_max == 1)
        return 0; /* one transaction an event, to measure beside */
    int64_t age_us = clock_monotonic_us(relay->app->clock) - relay->told_us;
    if (relay->told_count + ROUND_ROWS_MAX > TOLD_MAX || age_us >= DELETE_AFTER_US)
        return 0;
    return DELETE_AFTER_US - age_us;
}

static void note_told(struct relay *relay, uint64_t id)
{
    assert(relay->told_count < TOLD_MAX);
    if (relay->told_count == 0)
        relay->told_us = clock_monotonic_us(relay->app->clock);
    relay->told[relay->told_count++] = id;
}

static bool read_rows(struct relay *relay, struct outbox_row *ret_rows, size_t *ret_count,
                      struct err *err)
{
    uint64_t skip[PARKED_MAX + TOLD_MAX];
    memcpy(skip, relay->parked, relay->parked_count * sizeof(skip[0]));
    memcpy(skip + relay->parked_count, relay->told, relay->told_count * sizeof(skip[0]));
    return outbox_read(relay->db, relay->app->config->event_batch_max, ROUND_BYTES_MAX, skip,
                       relay->parked_count + relay->told_count, &relay->rows, ret_rows, ret_count,
                       err);
}

/* Tells what waits, up to a round. */
static bool run_round(struct relay *relay, size_t *ret_rows, struct err *err)
{
    struct outbox_row rows[ROUND_ROWS_MAX];
    size_t count;
    if (relay->told_count > 0 && delete_in_us(relay) == 0 && !delete_told(relay, err))
        return false;
    if (!read_rows(relay, rows, &count, err) || !fill_round(relay, rows, count, err) ||
        !tell_round(relay, err))
        return false;
    metric_add(relay->app->metrics, METRIC_EVENTS_PUBLISHED, relay->messages);
    for (size_t i = 0; i < count; i++)
        if (!is_parked(relay, rows[i].id))
            note_told(relay, rows[i].id);
    *ret_rows = count;
    relay->is_busy = relay->round.count >= BUSY_ITEMS;
    return relay->is_busy || tell_balances(relay, err);
}

/* ---- the books to begin with ---- */

struct loading {
    struct relay *relay;
    const char *market_id;
};

static void load_level(void *arg, enum side side, struct dec price, struct dec volume)
{
    struct loading *loading = arg;
    book_stream_load(loading->relay->books, loading->market_id, side, price, volume);
}

static bool load_unit(struct db *db, void *arg, struct err *err)
{
    struct relay *relay = arg;
    book_stream_clear(relay->books);
    for (size_t i = 0; i < relay->catalog->markets_count; i++) {
        struct loading loading = {relay, relay->catalog->markets[i].id};
        book_stream_add(relay->books, loading.market_id);
        if (!book_levels_read(db, loading.market_id, load_level, &loading, err))
            return false;
    }
    return outbox_mark_read(db, &relay->mark, err);
}

/* Books and outbox in one snapshot: the rows that are there are in the books, what comes is not. */
static bool load_books(struct relay *relay, struct err *err)
{
    if (relay->is_loaded)
        return true;
    relay->catalog = catalog_take(relay->app->catalogs);
    bool known = relay->catalog->version > 0;
    relay->is_loaded = known && db_snapshot(relay->db, load_unit, relay, err);
    catalog_give_back(relay->catalog);
    if (!known)
        return err_set(err, ERR_BUSY, "the catalog is not loaded yet");
    return relay->is_loaded;
}

/* ---- the thread ---- */

static bool connect_peers(struct relay *relay, struct err *err)
{
    struct accounting *app = relay->app;
    if (relay->db ? !db_ready(relay->db, err) : !db_open(&app->db_config, &relay->db, err))
        return false;
    if (!relay->signer && !signer_open(app->config, &relay->signer, err))
        return false;
    if (!relay->bus) {
        struct bus_config config = bus_named(app->config->amqp, "accounting events");
        if (!bus_open(&config, topology, &relay->bus, err))
            return false;
        bus_watch_returns(relay->bus, on_returned, relay);
        return true;
    }
    if (bus_is_open(relay->bus))
        return true;
    /* What was on its way may be lost: numbers without their messages. Bindings may be, too. */
    book_stream_renew(relay->books);
    listeners_reset(relay->listeners);
    return bus_reopen(relay->bus, err);
}

/* Until there is something to tell, or to delete. */
static void wait_for_work(struct relay *relay)
{
    void *signals[SIGNALS_MAX];
    int timeout_ms = POLL_MS;
    if (relay->told_count > 0)
        timeout_ms = (int)(delete_in_us(relay) / 1000) + 1;
    queue_drain(relay->app->outbox_signal, signals, SIGNALS_MAX, timeout_ms);
}

static bool work(struct relay *relay, struct err *err)
{
    size_t rows = 0;
    if (!connect_peers(relay, err) || !load_books(relay, err) || !run_round(relay, &rows, err) ||
        !bus_idle(relay->bus, err))
        return false;
    if (relay->is_busy)
        usleep(BUSY_PAUSE_MS * 1000);
    else if (rows == 0)
        wait_for_work(relay);
    return true;
}

static struct relay *relay_new(struct accounting *app)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    assert(relay != NULL);
    relay->app = app;
    relay->books = book_stream_new();
    relay->listeners = listeners_new();
    relay->teller = teller_new(app, relay->books, publish, relay);
    assert(relay->books != NULL && relay->listeners != NULL && relay->teller != NULL);
    relay->rows = STR_INIT(ROUND_BYTES_MAX + EVENTS_BYTES_MAX);
    relay->claims = STR_INIT(EVENT_BODY_BYTES_MAX);
    relay->document = STR_INIT(2 * EVENT_BODY_BYTES_MAX);
    return relay;
}

static void relay_free(struct relay *relay)
{
    bus_close(relay->bus);
    db_close(relay->db);
    token_signer_free(relay->signer);
    teller_free(relay->teller);
    book_stream_free(relay->books);
    listeners_free(relay->listeners);
    event_round_release(&relay->round);
    str_release(&relay->rows);
    str_release(&relay->claims);
    str_release(&relay->document);
    free(relay);
}

void event_relay_run(struct accounting *app)
{
    struct relay *relay = relay_new(app);
    int pause_ms = PAUSE_MIN_MS;
    setpriority(PRIO_PROCESS, (id_t)gettid(), RELAY_NICE);
    while (!app->stopping) {
        struct err err;
        if (work(relay, &err)) {
            pause_ms = PAUSE_MIN_MS;
            continue;
        }
        if (err.code != ERR_BUSY)
            log_warning("event relay waits", LOG_ERR(&err));
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    struct err ignored; /* what is not deleted now is told again */
    if (relay->db && db_ready(relay->db, &ignored))
        delete_told(relay, &ignored);
    relay_free(relay);
}
