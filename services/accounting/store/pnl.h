/* pnl.h: the tables of profit and loss, and the rows of the journal that they are made of. */
#ifndef ACCOUNTING_STORE_PNL_H
#define ACCOUNTING_STORE_PNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"
#include "accounting/domain/pnl.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { PNL_ROWS_MAX = 4096 };

/* How far a source was read. In a transaction: the row stays locked, so that one reads it at a time. */
bool pnl_index_lock(struct db *db, const char *pnl_currency, const char *currency_id,
                    const char *source, uint64_t *ret_last_id, struct err *err) MUST_CHECK;
bool pnl_index_set(struct db *db, const char *pnl_currency, const char *currency_id,
                   const char *source, uint64_t last_id, struct err *err) MUST_CHECK;

/* The next trades of a market, by id, that were made before `until_us`. */
bool pnl_read_trades(struct db *db, struct arena *arena, const char *market_id, uint64_t after_id,
                     int64_t until_us, size_t limit, struct trade **ret_trades, size_t *ret_count,
                     struct err *err) MUST_CHECK;
/* The next entries of adjustments and transfers. */
bool pnl_read_entries(struct db *db, struct arena *arena, uint64_t after_id, int64_t until_us,
                      size_t limit, struct ledger_entry **ret_entries, size_t *ret_count,
                      struct err *err) MUST_CHECK;

/* Fills the rows of these keys (sorted, 1..PNL_ROWS_MAX); a row that is not there stays as it is. */
bool pnl_rows_read(struct db *db, const char *pnl_currency, struct pnl_row *rows, size_t count,
                   struct err *err) MUST_CHECK;
bool pnl_rows_save(struct db *db, const char *pnl_currency, const struct pnl_row *rows,
                   size_t count, struct err *err) MUST_CHECK;

/* Which of these members (1..PNL_ROWS_MAX ids, may repeat) have one of the roles of a comma list. */
bool pnl_members_with_roles(struct db *db, const char *roles, const uint64_t *ids, size_t count,
                            bool *ret_have, struct err *err) MUST_CHECK;

/* The price of the last trade of a market up to a time; 0: none. */
bool pnl_price_at(struct db *db, const char *market_id, int64_t time_us, struct dec *ret_price,
                  struct err *err) MUST_CHECK;

#endif
