#include "accounting/actions/price_follow.h"

#include <stdio.h>
#include <string.h>

#include "accounting/state/config.h"
#include "accounting/store/candles.h"

static const int64_t DAY_S = 24 * 3600, MINUTE_S = 60, SECOND_US = 1000000;

struct following {
    const struct change *change;
    const struct price_rule *rule;
    const struct catalog *catalog;
    const struct currency *seen; /* as the catalog has it */
    struct price_turnover turnover;
    int64_t since_s, interval_us;
    struct dec price_was, price;
    enum price_step step;
    bool fits;    /* the turnover is within the range of a decimal */
    bool changed; /* a row of the catalog */
};

/* ---- load ---- */

static void add_minute(void *arg, const struct candle *minute)
{
    struct following *following = arg;
    struct price_turnover *turnover = &following->turnover;
    if (minute->at_s < following->since_s)
        return; /* the one before the window */
    following->fits = following->fits &&
                      dec_add(turnover->amount, minute->amount, &turnover->amount) &&
                      dec_add(turnover->total, minute->total, &turnover->total);
}

/* The spot market of the currency and the platform currency. NULL: none, or not enabled. */
static const struct market *market_of(const struct following *following, const char *platform)
{
    char id[MARKET_ID_SIZE];
    int length = snprintf(id, sizeof(id), "%s%s", following->seen->id, platform);
    const struct market *market =
        length < (int)sizeof(id) ? catalog_market(following->catalog, id) : NULL;
    return market && market->state == MARKET_ENABLED && strcmp(market->type, "spot") == 0 &&
                   strcmp(market->base, following->seen->id) == 0 &&
                   strcmp(market->quote, platform) == 0
               ? market
               : NULL;
}

/* 24 h by minutes, of the key of the table: 1440 rows at most. None: a turnover of nothing. */
static bool load_turnover(struct following *following, const char *platform, struct err *err)
{
    const struct market *market = market_of(following, platform);
    int64_t now_s = following->change->now_us / SECOND_US;
    following->turnover = (struct price_turnover){DEC_ZERO, DEC_ZERO};
    following->fits = true;
    following->since_s = candle_bucket(PERIOD_1M, now_s) - DAY_S + MINUTE_S;
    if (!market)
        return true;
    if (!candles_read(following->change->db, market->id, PERIOD_1M, following->since_s, now_s,
                      add_minute, following, err))
        return false;
    if (!following->fits)
        following->turnover = (struct price_turnover){DEC_ZERO, DEC_ZERO};
    return true;
}

/* ---- decide and save ---- */

static bool amounts_follow(struct network *row, const struct blockchain_row *chain,
                           const struct currency *currency)
{
    const struct {
        struct dec value, *amount;
    } pairs[] = {{chain->min_deposit_amount, &row->min_deposit_amount},
                 {chain->min_deposit_amount, &row->min_collection_amount},
                 {chain->withdraw_fee, &row->withdraw_fee},
                 {chain->min_withdraw_amount, &row->min_withdraw_amount}};
    bool changed = false;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        struct dec amount;
        if (!price_amount(pairs[i].value, currency->price, currency->precision, row->base_factor,
                          &amount) ||
            dec_cmp(amount, *pairs[i].amount) == 0)
            continue;
        *pairs[i].amount = amount;
        changed = true;
    }
    return changed;
}

static bool network_follow(struct following *following, int64_t id, const struct currency *currency,
                           struct err *err)
{
    const struct change *change = following->change;
    struct blockchain_row chain;
    struct network row;
    if (!network_find_locked(change->db, change->arena, id, &row, err))
        return err->code == ERR_NOT_FOUND; /* removed in the meantime */
    if (!row.auto_update_fees_enabled || !row.blockchain)
        return true;
    if (!blockchain_get(change->db, change->arena, row.blockchain->id, &chain, err))
        return false;
    if (!amounts_follow(&row, &chain, currency))
        return true;
    following->changed = true;
    return network_update(change->db, &row, change->now_us, err);
}

static bool follow_unit(struct db *db, void *arg, struct err *err)
{
    struct following *following = arg;
    const struct change *change = following->change;
    const struct network *network = NULL;
    struct currency row;
    following->changed = false;
    following->step = PRICE_KEPT;
    if (!currency_find_locked(db, change->arena, following->seen->id, &row, err))
        return false;
    following->price_was = row.price;
    if (change->now_us - row.updated_at >= following->interval_us)
        following->step =
            price_next(following->rule, row.price, &following->turnover, &following->price);
    if (following->step != PRICE_KEPT) {
        row.price = following->price;
        following->changed = true;
        if (!currency_update(db, &row, change->now_us, err))
            return false;
    }
    while (row.is_coin &&
           (network = catalog_network_next(following->catalog, row.id, network)) != NULL)
        if (!network_follow(following, network->id, &row, err))
            return false;
    return true;
}

/* ---- all of them ---- */

bool prices_follow(struct accounting *app, const struct change *change,
                   const struct price_rule *rule, int64_t interval_us, price_say *say,
                   struct err *err)
{
    struct following following = {.change = change,
                                  .rule = rule,
                                  .catalog = catalog_take(app->catalogs),
                                  .interval_us = interval_us};
    bool changed = false, good = true;
    for (size_t i = 0; i < following.catalog->currencies_count && !app->stopping; i++) {
        struct err own;
        following.seen = &following.catalog->currencies[i];
        arena_reset(change->arena);
        if (load_turnover(&following, app->config->platform_currency, &own) &&
            db_transaction(change->db, follow_unit, &following, &own)) {
            changed = changed || following.changed;
            if (following.step != PRICE_KEPT)
                say(following.seen->id, following.price_was, following.price, following.step);
            continue;
        }
        changed = true; /* a commit whose answer got lost */
        if (good)
            *err = own;
        good = false;
    }
    catalog_give_back(following.catalog);
    struct err unread;
    if (!changed || catalog_reload(app->catalogs, change->db, &unread))
        return good;
    if (good)
        *err = unread;
    return false;
}
