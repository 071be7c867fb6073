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
#include "accounting/bus/event_stream.h"
#include "accounting/bus/topology.h"
#include "accounting/state/metrics.h"
#include "accounting/store/balances_read.h"
#include "accounting/store/outbox.h"
#include "accounting/store/public_read.h"
#include "base/auto.h"
#include "base/queue.h"
#include "log/log.h"
#include "token/token.h"

enum {
    ROUND_ROWS_MAX = 256,
    ROUND_BYTES_MAX = 4 << 20,
    SIGNALS_MAX = 64,
    POLL_MS = 500,             /* a writer that wakes nobody is noticed then */
    TRADES_TOGETHER_MAX = 100, /* in one public message */
    PARKED_MAX = 64,           /* rows that nobody can read; above it the relay stops */
    UID_SLOTS = 4096,
    RELAY_NICE = 5,            /* orders come before the news of them */
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 2000
};

static const char *const exchanges[EXCHANGE_MAX] = {
    [EXCHANGE_RANGER] = "peatio.events.ranger",
    [EXCHANGE_MARKET] = "peatio.events.market",
    [EXCHANGE_MODEL] = "peatio.events.model",
};

/* Not durable: so the clients of the contract declare them. */
static const struct bus_row topology[] = {
    {.kind = BUS_EXCHANGE, .name = "peatio.events.ranger", .type = "topic",
     .transient_exchange = true},
    {.kind = BUS_EXCHANGE, .name = "peatio.events.market", .type = "direct",
     .transient_exchange = true},
    {.kind = BUS_EXCHANGE, .name = "peatio.events.model", .type = "direct",
     .transient_exchange = true},
    {.name = NULL},
};

struct uid_slot {
    uint64_t member_id; /* 0: empty */
    char uid[MEMBER_UID_SIZE];
};

struct relay {
    struct accounting *app;
    struct db *db;
    struct bus *bus;
    struct token_signer *signer;
    struct book_stream *books;
    bool is_loaded;          /* the books are as of `mark` and what was told since */
    struct outbox_mark mark;

    uint64_t parked[PARKED_MAX]; /* rows that were not understood */
    size_t parked_count;
    uint64_t told[ROUND_ROWS_MAX]; /* published, to be deleted */
    size_t told_count;

    /* One round. */
    struct event_round round;
    const struct catalog *catalog;
    struct trade trades[TRADES_TOGETHER_MAX];
    size_t trades_count;
    struct account_key accounts[BALANCES_READ_MAX];
    size_t accounts_count;
    int64_t messages;
    struct event_out out;
    struct str claims, document;
    struct uid_slot uids[UID_SLOTS]; /* by member id modulo UID_SLOTS: a uid never changes */
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
        return false;
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
    if (exchange != EXCHANGE_RANGER) {
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
        .may_be_unroutable = true, /* nobody has to listen */
    };
    relay->messages++;
    return bus_publish(relay->bus, &message, NULL, err);
}

/* ---- what records name ---- */

/* The uid of a member; *ret_uid NULL: there is no such member. */
static bool uid_of(struct relay *relay, uint64_t member_id, const char **ret_uid, struct err *err)
{
    struct uid_slot *slot = &relay->uids[member_id % UID_SLOTS];
    struct member member;
    *ret_uid = slot->uid;
    if (slot->member_id == member_id)
        return true;
    if (member_get_by_id(relay->app->members, relay->db, member_id, &member, err)) {
        memcpy(slot->uid, member.uid, sizeof(slot->uid));
        slot->member_id = member_id;
        return true;
    }
    *ret_uid = NULL;
    if (err->code != ERR_NOT_FOUND)
        return false;
    log_warning("event of an unknown member is left out", LOG_U64("member", member_id));
    return true;
}

/* A market that was made after the catalog was read; NULL: there is none. */
static const struct market *market_of(struct relay *relay, const char *market_id)
{
    const struct market *market = catalog_market(relay->catalog, market_id);
    struct err err;
    if (market || !catalog_reload(relay->app->catalogs, relay->db, &err))
        return market;
    catalog_give_back(relay->catalog);
    relay->catalog = catalog_take(relay->app->catalogs);
    market = catalog_market(relay->catalog, market_id);
    if (!market)
        log_warning("event of an unknown market is left out", LOG_STR("market", market_id));
    return market;
}

/* ---- telling records ---- */

static bool tell_trades(struct relay *relay, struct err *err)
{
    const struct trade *trades[TRADES_TOGETHER_MAX];
    size_t count = relay->trades_count;
    relay->trades_count = 0;
    for (size_t i = 0; i < count; i++)
        trades[i] = &relay->trades[i];
    return count == 0 || stream_public_trades(&relay->out, trades, count, err);
}

static bool tell_trade(struct relay *relay, const struct round_item *item, struct err *err)
{
    const char *maker_uid, *taker_uid;
    struct trade trade;
    memcpy(&trade, item->payload, sizeof(trade));
    bool joins = relay->trades_count > 0 && relay->trades_count < TRADES_TOGETHER_MAX &&
                 strcmp(relay->trades[0].market_id, trade.market_id) == 0;
    if (!joins && !tell_trades(relay, err))
        return false;
    relay->trades[relay->trades_count++] = trade;
    if (!uid_of(relay, trade.maker_id, &maker_uid, err))
        return false;
    /* The slot of the maker may become the taker's. */
    char maker[MEMBER_UID_SIZE];
    snprintf(maker, sizeof(maker), "%s", maker_uid ? maker_uid : "");
    if (!uid_of(relay, trade.taker_id, &taker_uid, err))
        return false;
    if (!maker[0] || !taker_uid)
        return true;
    return stream_trade(&relay->out, &trade, true, maker, err) &&
           stream_trade(&relay->out, &trade, false, taker_uid, err) &&
           api_trade(&relay->out, &trade, maker, taker_uid, err);
}

static bool tell_order(struct relay *relay, const struct round_item *item, struct err *err)
{
    struct event_order event;
    const char *uid;
    memcpy(&event, item->payload, sizeof(event));
    const struct market *market = market_of(relay, event.order.market_id);
    if (!uid_of(relay, event.order.member_id, &uid, err))
        return false;
    if (!market || !uid)
        return true;
    return (item->is_replaced || stream_order(&relay->out, &event.order, market, uid, err)) &&
           api_order(&relay->out, &event, market, uid, err);
}

static bool tell_level(struct relay *relay, const struct round_item *item, struct err *err)
{
    struct event_level event;
    if (item->is_before || item->is_replaced)
        return true;
    memcpy(&event, item->payload, sizeof(event));
    return book_stream_level(relay->books, &relay->out, event.market_id, event.side, event.price,
                             event.volume, clock_monotonic_us(relay->app->clock), err);
}

static bool tell_balances(struct relay *relay, struct err *err)
{
    struct account accounts[BALANCES_READ_MAX];
    size_t count = 0, asked = relay->accounts_count;
    const char *uid;
    relay->accounts_count = 0;
    if (asked > 0 && !balances_read(relay->db, relay->accounts, asked, accounts, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!uid_of(relay, accounts[i].key.member_id, &uid, err))
            return false;
        if (uid && !stream_balance(&relay->out, uid, accounts[i].key.currency_id,
                                   accounts[i].balance, accounts[i].locked, err))
            return false;
    }
    return true;
}

static bool tell_balance(struct relay *relay, const struct round_item *item, struct err *err)
{
    struct event_balance event;
    if (item->is_replaced)
        return true;
    memcpy(&event, item->payload, sizeof(event));
    relay->accounts[relay->accounts_count++] = account_key(event.member_id, event.currency_id);
    return relay->accounts_count < BALANCES_READ_MAX || tell_balances(relay, err);
}

static bool tell_model(struct relay *relay, const struct round_item *item, struct err *err)
{
    struct event_model event;
    memcpy(&event, item->payload, sizeof(event));
    event.name[sizeof(event.name) - 1] = '\0';
    if (api_model(&relay->out, event.name, (const char *)item->payload + sizeof(event),
                  item->length - sizeof(event), err))
        return true;
    if (err->code != ERR_PROTOCOL)
        return false;
    log_error("model event is left out", LOG_ERR(err));
    return true;
}

static bool tell_item(struct relay *relay, const struct round_item *item, struct err *err)
{
    switch (item->kind) {
    case EVENT_ORDER:
        return tell_order(relay, item, err);
    case EVENT_TRADE:
        return tell_trade(relay, item, err);
    case EVENT_LEVEL:
        return tell_level(relay, item, err);
    case EVENT_BALANCE:
        return tell_balance(relay, item, err);
    case EVENT_MODEL:
        return tell_model(relay, item, err);
    }
    assert(!"event_round_add() checked the kind");
    return false;
}

static bool tell_round(struct relay *relay, struct err *err)
{
    relay->trades_count = relay->accounts_count = 0;
    relay->messages = 0;
    relay->catalog = catalog_take(relay->app->catalogs);
    bool told = book_stream_begin(relay->books, &relay->out,
                                  clock_monotonic_us(relay->app->clock), err);
    for (size_t i = 0; i < relay->round.count && told; i++)
        told = tell_item(relay, &relay->round.items[i], err);
    told = told && tell_trades(relay, err) && tell_balances(relay, err);
    catalog_give_back(relay->catalog);
    return told;
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

static bool delete_told(struct relay *relay, struct err *err)
{
    if (relay->told_count > 0 && !outbox_delete(relay->db, relay->told, relay->told_count, err))
        return false;
    relay->told_count = 0;
    return true;
}

DEFINE_AUTO(struct db_result, db_result_free);

/* Tells what waits, up to a round. */
static bool run_round(struct relay *relay, size_t *ret_rows, struct err *err)
{
    struct outbox_row rows[ROUND_ROWS_MAX];
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    size_t count;
    if (!outbox_read(relay->db, ROUND_ROWS_MAX, ROUND_BYTES_MAX, relay->parked,
                     relay->parked_count, rows, &count, &result, err) ||
        !fill_round(relay, rows, count, err) || !tell_round(relay, err) ||
        !bus_settle(relay->bus, 0, err))
        return false;
    metric_add(relay->app->metrics, METRIC_EVENTS_PUBLISHED, relay->messages);
    for (size_t i = 0; i < count; i++)
        if (!is_parked(relay, rows[i].id))
            relay->told[relay->told_count++] = rows[i].id;
    *ret_rows = count;
    return delete_told(relay, err);
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
        struct bus_config config = bus_config_of(app->config, "accounting events");
        return bus_open(&config, topology, &relay->bus, err);
    }
    if (bus_is_open(relay->bus))
        return true;
    /* What was on its way may be lost: numbers without their messages. */
    book_stream_renew(relay->books);
    return bus_reopen(relay->bus, err);
}

static bool work(struct relay *relay, struct err *err)
{
    void *signals[SIGNALS_MAX];
    size_t rows = 0;
    if (!connect_peers(relay, err) || !load_books(relay, err) || !delete_told(relay, err) ||
        !run_round(relay, &rows, err) || !bus_idle(relay->bus, err))
        return false;
    if (rows == 0)
        queue_drain(relay->app->outbox_signal, signals, SIGNALS_MAX, POLL_MS);
    return true;
}

static struct relay *relay_new(struct accounting *app)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    struct book_stream *books = book_stream_new();
    assert(relay != NULL && books != NULL);
    relay->app = app;
    relay->books = books;
    relay->out = (struct event_out){.emit = publish, .arg = relay};
    relay->out.body = STR_INIT(EVENT_BODY_BYTES_MAX);
    relay->claims = STR_INIT(EVENT_BODY_BYTES_MAX);
    relay->document = STR_INIT(2 * EVENT_BODY_BYTES_MAX);
    return relay;
}

static void relay_free(struct relay *relay)
{
    bus_close(relay->bus);
    db_close(relay->db);
    token_signer_free(relay->signer);
    book_stream_free(relay->books);
    event_round_release(&relay->round);
    str_release(&relay->out.body);
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
        log_warning("event relay waits", LOG_ERR(&err));
        usleep((useconds_t)pause_ms * 1000);
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    relay_free(relay);
}
