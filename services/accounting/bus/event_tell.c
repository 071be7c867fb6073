/* event_tell.c: see event_tell.h. */
#include "accounting/bus/event_tell.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/bus/event_api.h"
#include "accounting/bus/event_stream.h"
#include "accounting/store/balances_read.h"
#include "log/log.h"

enum {
    TRADES_TOGETHER_MAX = 100, /* in one public message */
    UID_SLOTS = 4096,
    ACCOUNT_SLOTS = 2 * TELLER_BALANCES_MAX
};
_Static_assert((ACCOUNT_SLOTS & (ACCOUNT_SLOTS - 1)) == 0, "slots are found by a mask");

struct uid_slot {
    uint64_t member_id; /* 0: empty */
    char uid[MEMBER_UID_SIZE];
};

struct teller {
    struct accounting *app;
    struct book_stream *books;
    struct event_out out;
    /* While a round is told: */
    struct db *db;
    const struct catalog *catalog;
    bool signed_only;
    struct trade trades[TRADES_TOGETHER_MAX];
    size_t trades_count;
    /* Accounts whose balance is to be told, each once: */
    struct account_key accounts[TELLER_BALANCES_MAX];
    size_t accounts_count;
    uint16_t account_slots[ACCOUNT_SLOTS]; /* hash table of indices + 1 */
    struct uid_slot uids[UID_SLOTS];       /* by member id modulo UID_SLOTS: a uid never changes */
};

struct teller *teller_new(struct accounting *app, struct book_stream *books, event_emitter *emit,
                          void *arg)
{
    struct teller *teller = calloc(1, sizeof(*teller));
    if (!teller)
        return NULL;
    teller->app = app;
    teller->books = books;
    teller->out = (struct event_out){.emit = emit, .arg = arg};
    teller->out.body = STR_INIT(EVENT_BODY_BYTES_MAX);
    return teller;
}

void teller_free(struct teller *teller)
{
    if (!teller)
        return;
    str_release(&teller->out.body);
    free(teller);
}

/* ---- what records name ---- */

/* The uid of a member; *ret_uid NULL: there is no such member. */
static bool uid_of(struct teller *teller, uint64_t member_id, const char **ret_uid, struct err *err)
{
    struct uid_slot *slot = &teller->uids[member_id % UID_SLOTS];
    struct member member;
    *ret_uid = slot->uid;
    if (slot->member_id == member_id)
        return true;
    if (member_get_by_id(teller->app->members, teller->db, member_id, &member, err)) {
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
static const struct market *market_of(struct teller *teller, const char *market_id)
{
    const struct market *market = catalog_market(teller->catalog, market_id);
    struct err err;
    if (market || !catalog_reload(teller->app->catalogs, teller->db, &err))
        return market;
    catalog_give_back(teller->catalog);
    teller->catalog = catalog_take(teller->app->catalogs);
    market = catalog_market(teller->catalog, market_id);
    if (!market)
        log_warning("event of an unknown market is left out", LOG_STR("market", market_id));
    return market;
}

/* ---- telling records ---- */

static bool tell_trades(struct teller *teller, struct err *err)
{
    const struct trade *trades[TRADES_TOGETHER_MAX];
    size_t count = teller->trades_count;
    teller->trades_count = 0;
    for (size_t i = 0; i < count; i++)
        trades[i] = &teller->trades[i];
    return count == 0 || teller->signed_only ||
           stream_public_trades(&teller->out, trades, count, err);
}

/* To each of its members, and to the listeners of signed events. */
static bool tell_parties(struct teller *teller, const struct trade *trade, struct err *err)
{
    char maker[MEMBER_UID_SIZE];
    const char *uid;
    if (!uid_of(teller, trade->maker_id, &uid, err))
        return false;
    /* A copy: the slot of the maker may become the taker's. */
    snprintf(maker, sizeof(maker), "%s", uid ? uid : "");
    if (!uid_of(teller, trade->taker_id, &uid, err))
        return false;
    if (!maker[0] || !uid)
        return true;
    return (teller->signed_only || (stream_trade(&teller->out, trade, true, maker, err) &&
                                    stream_trade(&teller->out, trade, false, uid, err))) &&
           api_trade(&teller->out, trade, maker, uid, err);
}

static bool tell_trade(struct teller *teller, const struct round_item *item, struct err *err)
{
    struct trade trade;
    memcpy(&trade, item->payload, sizeof(trade));
    bool joins = teller->trades_count > 0 && teller->trades_count < TRADES_TOGETHER_MAX &&
                 strcmp(teller->trades[0].market_id, trade.market_id) == 0;
    if (!joins && !tell_trades(teller, err))
        return false;
    teller->trades[teller->trades_count++] = trade;
    return tell_parties(teller, &trade, err);
}

static bool tell_order(struct teller *teller, const struct round_item *item, struct err *err)
{
    struct event_order event;
    const char *uid;
    memcpy(&event, item->payload, sizeof(event));
    const struct market *market = market_of(teller, event.order.market_id);
    if (!uid_of(teller, event.order.member_id, &uid, err))
        return false;
    if (!market || !uid)
        return true;
    return (item->is_replaced || teller->signed_only ||
            stream_order(&teller->out, &event.order, market, uid, err)) &&
           api_order(&teller->out, &event, market, uid, err);
}

static bool tell_level(struct teller *teller, const struct round_item *item, struct err *err)
{
    struct event_level event;
    if (item->is_before || item->is_replaced || teller->signed_only)
        return true;
    memcpy(&event, item->payload, sizeof(event));
    return book_stream_level(teller->books, &teller->out, event.market_id, event.side, event.price,
                             event.volume, clock_monotonic_us(teller->app->clock), err);
}

static bool tell_some_balances(struct teller *teller, const struct account_key *keys, size_t count,
                               struct err *err)
{
    struct account accounts[BALANCES_READ_MAX];
    size_t found = 0;
    const char *uid;
    if (!balances_read(teller->db, keys, count, accounts, &found, err))
        return false;
    for (size_t i = 0; i < found; i++) {
        if (!uid_of(teller, accounts[i].key.member_id, &uid, err))
            return false;
        if (uid && !stream_balance(&teller->out, uid, accounts[i].key.currency_id,
                                   accounts[i].balance, accounts[i].locked, err))
            return false;
    }
    return true;
}

bool teller_tell_balances(struct teller *teller, struct db *db, struct err *err)
{
    teller->db = db;
    for (size_t at = 0; at < teller->accounts_count; at += BALANCES_READ_MAX) {
        size_t left = teller->accounts_count - at;
        size_t count = left < BALANCES_READ_MAX ? left : BALANCES_READ_MAX;
        if (!tell_some_balances(teller, &teller->accounts[at], count, err))
            return false;
    }
    teller->accounts_count = 0;
    memset(teller->account_slots, 0, sizeof(teller->account_slots));
    return true;
}

size_t teller_balances_waiting(const struct teller *teller)
{
    return teller->accounts_count;
}

static size_t account_slot(const struct account_key *key)
{
    uint64_t hash = key->member_id * 0x9e3779b97f4a7c15u;
    for (const char *at = key->currency_id; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    return (size_t)(hash >> 32) & (ACCOUNT_SLOTS - 1);
}

static bool tell_balance(struct teller *teller, const struct round_item *item, struct err *err)
{
    struct event_balance event;
    if (item->is_replaced || teller->signed_only)
        return true;
    memcpy(&event, item->payload, sizeof(event));
    struct account_key key = account_key(event.member_id, event.currency_id);
    size_t slot = account_slot(&key);
    for (; teller->account_slots[slot]; slot = (slot + 1) & (ACCOUNT_SLOTS - 1))
        if (account_key_cmp(&teller->accounts[teller->account_slots[slot] - 1], &key) == 0)
            return true;
    teller->accounts[teller->accounts_count++] = key;
    teller->account_slots[slot] = (uint16_t)teller->accounts_count;
    return teller->accounts_count < TELLER_BALANCES_MAX ||
           teller_tell_balances(teller, teller->db, err);
}

static bool tell_model(struct teller *teller, const struct round_item *item, struct err *err)
{
    struct event_model event;
    memcpy(&event, item->payload, sizeof(event));
    event.name[sizeof(event.name) - 1] = '\0';
    if (api_model(&teller->out, event.name, (const char *)item->payload + sizeof(event),
                  item->length - sizeof(event), err))
        return true;
    if (err->code != ERR_PROTOCOL)
        return false;
    log_error("model event is left out", LOG_ERR(err));
    return true;
}

static bool tell_private(struct teller *teller, const struct round_item *item, struct err *err)
{
    struct event_private event;
    const char *uid;
    if (teller->signed_only)
        return true;
    memcpy(&event, item->payload, sizeof(event));
    event.name[sizeof(event.name) - 1] = '\0';
    if (!uid_of(teller, event.member_id, &uid, err))
        return false;
    return !uid || stream_private(&teller->out, uid, event.name,
                                  (const char *)item->payload + sizeof(event),
                                  item->length - sizeof(event), err);
}

typedef bool tell_function(struct teller *teller, const struct round_item *item, struct err *err);

/* By kind; event_round_add() lets no other through. */
static tell_function *const tell_functions[] = {
    [EVENT_ORDER] = tell_order,     [EVENT_TRADE] = tell_trade, [EVENT_LEVEL] = tell_level,
    [EVENT_BALANCE] = tell_balance, [EVENT_MODEL] = tell_model, [EVENT_PRIVATE] = tell_private,
};

bool teller_tell(struct teller *teller, struct db *db, const struct event_round *round,
                 bool signed_only, struct err *err)
{
    teller->db = db;
    teller->signed_only = signed_only;
    teller->trades_count = 0;
    teller->catalog = catalog_take(teller->app->catalogs);
    bool told = signed_only || book_stream_begin(teller->books, &teller->out,
                                                 clock_monotonic_us(teller->app->clock), err);
    for (size_t i = 0; i < round->count && told; i++)
        told = tell_functions[round->items[i].kind](teller, &round->items[i], err);
    told = told && tell_trades(teller, err);
    catalog_give_back(teller->catalog);
    return told;
}
