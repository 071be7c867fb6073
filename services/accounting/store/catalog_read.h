/*
 * catalog_read.h: the tables of the catalog, read whole in one consistent snapshot. state/catalog.h
 * keeps the result; nothing else calls this.
 */
#ifndef ACCOUNTING_STORE_CATALOG_READ_H
#define ACCOUNTING_STORE_CATALOG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/currency.h"
#include "accounting/domain/fee.h"
#include "accounting/domain/market.h"
#include "base/arena.h"
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

struct catalog_tables {
    struct currency *currencies; /* by position, then id */
    size_t currencies_count;
    struct network *networks; /* by id; `blockchain` is set */
    size_t networks_count;
    struct blockchain *blockchains; /* by id */
    size_t blockchains_count;
    struct engine *engines; /* by id */
    size_t engines_count;
    struct market *markets; /* by position, then id; `number` and `protection` are left at 0 */
    size_t markets_count;
    struct trading_fee *fees; /* by id */
    size_t fees_count;
    struct withdraw_limit *limits; /* by id */
    size_t limits_count;
};

/* All memory is the arena's, which is reset first. ERR_INTERNAL: the arena is too small. */
bool catalog_read(struct db *db, struct arena *arena, struct catalog_tables *ret_tables,
                  struct err *err) MUST_CHECK;

#endif
