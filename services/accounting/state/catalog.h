/*
 * catalog.h: currencies, networks, markets, engines, fees: all that changes rarely and is read by
 * every request. An immutable copy in memory; a change in the database is followed by
 * catalog_reload(), which swaps the copy. A reader holds the copy that it took.
 *
 *     const struct catalog *catalog = catalog_take(app->catalogs);
 *     const struct market *market = catalog_market(catalog, "btcusd");
 *     catalog_give_back(catalog);
 *
 * Handlers use request_catalog(request), which gives back by itself. Thread-safe.
 */
#ifndef ACCOUNTING_STATE_CATALOG_H
#define ACCOUNTING_STATE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/fee.h"
#include "accounting/domain/market.h"
#include "base/err.h"
#include "db/db.h"

struct engine {
    int64_t id;
    const char *name, *driver, *uid, *url;
    bool is_online;
    int64_t created_at, updated_at;
};

struct withdraw_limit {
    int64_t id;
    const char *group, *kyc_level;
    struct dec limit_24_hour, limit_1_month;
    int64_t created_at, updated_at;
};

struct catalog {
    const struct currency *currencies; /* by position, then id */
    size_t currencies_count;
    const struct network *networks; /* by id */
    size_t networks_count;
    const struct blockchain *blockchains; /* by id */
    size_t blockchains_count;
    const struct engine *engines; /* by id */
    size_t engines_count;
    const struct market *markets; /* by position, then id */
    size_t markets_count;
    const struct trading_fee *fees; /* by id */
    size_t fees_count;
    const struct withdraw_limit *limits; /* by id */
    size_t limits_count;
    uint64_t version; /* +1 each reload */
};

struct catalogs; /* the current copy and its readers */

struct catalogs *catalogs_new(void);
void catalogs_free(struct catalogs *catalogs); /* NULL is fine; no copy may be out */

/* Reads everything again in one snapshot. On failure the copy in use stays. */
bool catalog_reload(struct catalogs *catalogs, struct db *db, struct err *err) MUST_CHECK;

const struct catalog *catalog_take(struct catalogs *catalogs); /* empty before the first load */
void catalog_give_back(const struct catalog *catalog);

const struct currency *catalog_currency(const struct catalog *catalog, const char *id); /* or NULL */
const struct market *catalog_market(const struct catalog *catalog, const char *id);     /* or NULL */
const struct engine *catalog_engine(const struct catalog *catalog, int64_t id);         /* or NULL */
const struct blockchain *catalog_blockchain(const struct catalog *catalog, const char *key);

#endif
