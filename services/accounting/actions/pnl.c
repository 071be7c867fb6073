#include "accounting/actions/pnl.h"

#include <stdlib.h>
#include <string.h>

#include "accounting/actions/accounting.h"
#include "accounting/domain/conversion.h"
#include "accounting/domain/pnl.h"
#include "accounting/state/config.h"
#include "accounting/store/pnl.h"
#include "base/arena.h"

enum {
    EVENTS_MAX = 500, /* trades or entries of one transaction */
    LAG_US = 60 * 1000 * 1000,
    SOURCE_SIZE = 24,
    KNOWN_MAX = 64, /* prices of one minute that are kept */
    ARENA_BYTES_MAX = 16 << 20
};
_Static_assert(EVENTS_MAX *PNL_TRADE_CHANGES <= PNL_ROWS_MAX, "a batch fits");

struct known_price {
    const struct market *market;
    int64_t minute;
    struct dec price;
};

struct pnl_batch {
    struct accounting *app;
    const struct catalog *catalog;
    struct arena *arena;
    const char *pnl_currency;
    const struct market *market; /* its trades; NULL: adjustments and transfers */
    struct pnl_change *changes;
    size_t changes_count;
    size_t events;
    struct known_price known[KNOWN_MAX]; /* by the market's place in the catalog */
};

/* ---- values ---- */

enum { MINUTE_US = 60 * 1000 * 1000 };

/* The price of the last trade before a minute began: looked up once for all that fell into it. */
static bool price_before(struct db *db, struct pnl_batch *batch, const struct market *market,
                         int64_t time_us, struct dec *ret_price, struct err *err)
{
    int64_t minute = time_us / MINUTE_US;
    struct known_price *known =
        &batch->known[(size_t)(market - batch->catalog->markets) % KNOWN_MAX];
    if (known->market != market || known->minute != minute) {
        if (!pnl_price_at(db, market->id, minute * MINUTE_US, &known->price, err))
            return false;
        known->market = market;
        known->minute = minute;
    }
    *ret_price = known->price;
    return true;
}

static const struct market *market_of(const struct catalog *catalog, const char *base,
                                      const char *quote)
{
    for (size_t i = 0; i < catalog->markets_count; i++)
        if (strcmp(catalog->markets[i].base, base) == 0 &&
            strcmp(catalog->markets[i].quote, quote) == 0)
            return &catalog->markets[i];
    return NULL;
}

/* Takes the amount over one market, whichever way round it trades the two. */
static bool step_along(struct db *db, struct pnl_batch *batch, const struct conversion_step *step,
                       int64_t time_us, struct dec *amount, bool *ret_known, struct err *err)
{
    struct conversion_step taken = *step;
    struct dec price;
    const struct market *market = market_of(batch->catalog, step->base, step->quote);
    if (!market) {
        market = market_of(batch->catalog, step->quote, step->base);
        taken.divides = !step->divides;
    }
    *ret_known = false;
    if (!market)
        return true;
    if (!price_before(db, batch, market, time_us, &price, err))
        return false;
    *ret_known = conversion_apply(&taken, price, amount);
    return true;
}

/*
 * By the last prices before its minute: on the markets of the pair's conversion path or, without
 * one, on the market of the two. Where a market or a trade is missing, or the value is beyond all
 * range, it is 0: one odd row must not stop the statistics of everybody.
 */
static bool value_at(struct db *db, struct pnl_batch *batch, const char *currency_id,
                     struct dec amount, int64_t time_us, struct dec *ret_value, struct err *err)
{
    struct conversion_path one_step = {.steps_count = 1};
    const struct conversion_path *path =
        conversion_find(batch->app->conversions, currency_id, batch->pnl_currency);
    bool known = true;
    if (strcmp(currency_id, batch->pnl_currency) == 0) {
        *ret_value = amount;
        return true;
    }
    if (!path) {
        snprintf(one_step.steps[0].base, CURRENCY_ID_SIZE, "%s", currency_id);
        snprintf(one_step.steps[0].quote, CURRENCY_ID_SIZE, "%s", batch->pnl_currency);
        path = &one_step;
    }
    for (size_t i = 0; known && i < path->steps_count; i++)
        if (!step_along(db, batch, &path->steps[i], time_us, &amount, &known, err))
            return false;
    *ret_value = known ? amount : DEC_ZERO;
    return true;
}

static bool change_value(struct db *db, struct pnl_batch *batch, const struct trade *trade,
                         int64_t time_us, struct pnl_change *change, struct err *err)
{
    struct dec amount = dec_is_zero(change->debit) ? change->credit : change->debit;
    /* The price of the trade itself is nearer than any other; an amount of it has its total. */
    if (trade && strcmp(trade->quote, batch->pnl_currency) == 0 &&
        strcmp(trade->base, change->key.currency_id) == 0 &&
        dec_mul(amount, trade->price, DEC_DOWN, &change->value))
        return true;
    return value_at(db, batch, change->key.currency_id, amount, time_us, &change->value, err);
}

/* ---- sources ---- */

static bool take_trades(struct db *db, struct pnl_batch *batch, uint64_t *last_id, int64_t until_us,
                        struct err *err)
{
    struct trade *trades;
    if (!pnl_read_trades(db, batch->arena, batch->market->id, *last_id, until_us, EVENTS_MAX,
                         &trades, &batch->events, err))
        return false;
    for (size_t i = 0; i < batch->events; i++) {
        struct pnl_change *changes = &batch->changes[batch->changes_count];
        pnl_trade_changes(&trades[i], changes);
        for (size_t c = 0; c < PNL_TRADE_CHANGES; c++)
            if (!change_value(db, batch, &trades[i], trades[i].created_at, &changes[c], err))
                return false;
        batch->changes_count += PNL_TRADE_CHANGES;
        *last_id = trades[i].id;
    }
    return true;
}

static bool take_entries(struct db *db, struct pnl_batch *batch, uint64_t *last_id,
                         int64_t until_us, struct err *err)
{
    struct ledger_entry *entries;
    if (!pnl_read_entries(db, batch->arena, *last_id, until_us, EVENTS_MAX, &entries,
                          &batch->events, err))
        return false;
    for (size_t i = 0; i < batch->events; i++) {
        struct operation legs[2];
        size_t count = ledger_operations(&entries[i], legs);
        for (size_t leg = 0; leg < count; leg++) {
            if (account_code_type(legs[leg].code) != ACCOUNT_LIABILITY || legs[leg].member_id == 0)
                continue;
            struct pnl_change *change = &batch->changes[batch->changes_count++];
            *change = (struct pnl_change){.credit = legs[leg].credit, .debit = legs[leg].debit};
            change->key.member_id = legs[leg].member_id;
            memcpy(change->key.currency_id, legs[leg].currency_id, sizeof(change->key.currency_id));
            if (!change_value(db, batch, NULL, entries[i].created_at, change, err))
                return false;
        }
        *last_id = entries[i].id;
    }
    return true;
}

/* ---- one transaction ---- */

static int compare_rows(const void *a, const void *b)
{
    const struct pnl_row *left = a, *right = b;
    return pnl_key_cmp(&left->key, &right->key);
}

/* Takes out the changes of members whose role has no statistics. */
static bool drop_excluded(struct db *db, struct pnl_batch *batch, struct err *err)
{
    const char *roles = batch->app->config->pnl_exclude_roles;
    size_t kept = 0, count = batch->changes_count;
    bool *excluded = arena_alloc(batch->arena, count * sizeof(*excluded));
    uint64_t *ids = arena_alloc(batch->arena, count * sizeof(*ids));
    if (!*roles || count == 0)
        return true;
    if (!excluded || !ids)
        return err_set(err, ERR_INTERNAL, "no memory for statistics");
    for (size_t i = 0; i < count; i++)
        ids[i] = batch->changes[i].key.member_id;
    if (!pnl_members_with_roles(db, roles, ids, count, excluded, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!excluded[i])
            batch->changes[kept++] = batch->changes[i];
    batch->changes_count = kept;
    return true;
}

static bool apply_changes(struct db *db, struct pnl_batch *batch, struct err *err)
{
    size_t count = 0;
    struct pnl_row *rows = arena_alloc(batch->arena, batch->changes_count * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_INTERNAL, "no memory for statistics");
    for (size_t i = 0; i < batch->changes_count; i++)
        rows[i].key = batch->changes[i].key;
    qsort(rows, batch->changes_count, sizeof(*rows), compare_rows);
    for (size_t i = 0; i < batch->changes_count; i++)
        if (count == 0 || compare_rows(&rows[count - 1], &rows[i]) != 0)
            rows[count++] = rows[i];
    if (!pnl_rows_read(db, batch->pnl_currency, rows, count, err))
        return false;
    for (size_t i = 0; i < batch->changes_count; i++) {
        const struct pnl_row key = {.key = batch->changes[i].key};
        struct pnl_row *row = bsearch(&key, rows, count, sizeof(*rows), compare_rows);
        assert(row != NULL);
        if (!pnl_apply(row, &batch->changes[i], err))
            return false;
    }
    return pnl_rows_save(db, batch->pnl_currency, rows, count, err);
}

static bool unit(struct db *db, void *arg, struct err *err)
{
    struct pnl_batch *batch = arg;
    char source[SOURCE_SIZE] = "ledger";
    const char *currency_id = batch->market ? batch->market->base : "";
    int64_t until_us = clock_now_us(batch->app->clock) - LAG_US;
    uint64_t last_id;
    arena_reset(batch->arena);
    batch->changes =
        arena_alloc(batch->arena, EVENTS_MAX * PNL_TRADE_CHANGES * sizeof(*batch->changes));
    batch->changes_count = batch->events = 0;
    memset(batch->known, 0, sizeof(batch->known));
    if (!batch->changes)
        return err_set(err, ERR_INTERNAL, "no memory for statistics");
    if (batch->market)
        snprintf(source, sizeof(source), "t:%.20s", batch->market->id);
    if (!pnl_index_lock(db, batch->pnl_currency, currency_id, source, &last_id, err))
        return false;
    bool taken = batch->market ? take_trades(db, batch, &last_id, until_us, err)
                               : take_entries(db, batch, &last_id, until_us, err);
    if (!taken || batch->events == 0)
        return taken;
    if (!drop_excluded(db, batch, err))
        return false;
    return (batch->changes_count == 0 || apply_changes(db, batch, err)) &&
           pnl_index_set(db, batch->pnl_currency, currency_id, source, last_id, err);
}

static bool read_on(struct db *db, struct pnl_batch *batch, struct err *err)
{
    do {
        if (!db_transaction(db, unit, batch, err))
            return false;
    } while (batch->events == EVENTS_MAX && !atomic_load(&batch->app->stopping));
    return true;
}

bool pnl_update(struct accounting *app, struct db *db, const char *pnl_currency, struct err *err)
{
    struct pnl_batch batch = {.app = app,
                              .catalog = catalog_take(app->catalogs),
                              .arena = arena_new(ARENA_BYTES_MAX),
                              .pnl_currency = pnl_currency};
    bool ok = batch.arena || err_set(err, ERR_INTERNAL, "no memory for statistics");
    ok = ok && read_on(db, &batch, err);
    for (size_t i = 0; ok && i < batch.catalog->markets_count; i++) {
        batch.market = &batch.catalog->markets[i];
        ok = read_on(db, &batch, err);
    }
    arena_free(batch.arena);
    catalog_give_back(batch.catalog);
    return ok;
}
