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
#include "accounting/store/catalog_read.h" /* struct engine, struct withdraw_limit */
#include "base/err.h"
#include "db/db.h"

enum { CATALOG_BYTES_MAX = 64 << 20, CATALOG_MARKETS_MAX = 4096 };

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
    uint64_t version; /* +1 each reload; 0: nothing was loaded yet */
};

struct catalogs; /* the current copy and its readers */

struct catalogs *catalogs_new(void);
void catalogs_free(struct catalogs *catalogs); /* NULL is fine; no copy may be out */

/* market.protection of markets whose `data` has no member "protection"; before the first load. */
void catalogs_set_protection(struct catalogs *catalogs, struct dec fraction);

/* Reads everything again in one snapshot. On failure the copy in use stays. ERR_BUSY: more than
 * CATALOG_MARKETS_MAX markets were seen since the start. */
bool catalog_reload(struct catalogs *catalogs, struct db *db, struct err *err) MUST_CHECK;

const struct catalog *catalog_take(struct catalogs *catalogs); /* empty before the first load */
void catalog_give_back(const struct catalog *catalog);

/* NULL: there is none. */
const struct currency *catalog_currency(const struct catalog *catalog, const char *id);
const struct market *catalog_market(const struct catalog *catalog, const char *id);
const struct engine *catalog_engine(const struct catalog *catalog, int64_t id);
const struct blockchain *catalog_blockchain(const struct catalog *catalog, const char *key);
/* The networks of a currency, in the order of their ids: the one after `after`, the first after
 * NULL; NULL at the end. */
const struct network *catalog_network_next(const struct catalog *catalog, const char *currency_id,
                                           const struct network *after);

#endif
