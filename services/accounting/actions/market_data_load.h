/*
 * market_data_load.h: fills the memory of the markets from the tables: at start, and one market
 * again when it may have missed something (a commit whose outcome was unknown, a cut book).
 *
 * On the settler's thread, between two batches: what is loaded is what is settled, and what the
 * settler tells next goes on from there. Readers see the old state of a market or the new one.
 */
#ifndef ACCOUNTING_ACTIONS_MARKET_DATA_LOAD_H
#define ACCOUNTING_ACTIONS_MARKET_DATA_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "accounting/marketdata/market_data.h"
#include "accounting/state/catalog.h"
#include "base/err.h"
#include "db/db.h"

bool market_data_load_market(struct market_data *data, struct db *db, const char *market_id,
                             int64_t now_us, struct err *err) MUST_CHECK;

/* Every market of the catalog, whatever its state. */
bool market_data_load_all(struct market_data *data, struct db *db, const struct catalog *catalog,
                          int64_t now_us, struct err *err) MUST_CHECK;

#endif
