/* trades_read.h: reading trades: a member's, an order's, the administrators'. All bounded; rows belong
 * to the arena. */
#ifndef ACCOUNTING_STORE_TRADES_READ_H
#define ACCOUNTING_STORE_TRADES_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounting/domain/ledger.h"
#include "accounting/domain/order.h"
#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

enum { TRADES_PAGE_MAX = 20000, TRADES_SQL_BYTES_MAX = 64 * 1024, TRADE_COLUMNS_COUNT = 20 };

#define TRADE_COLUMNS                                                                              \
    "t.id, t.market_id, t.command_seq, t.price, t.amount, t.total, t.base_unit, t.quote_unit, "    \
    "t.taker_side, t.maker_order_id, t.taker_order_id, t.maker_id, t.taker_id, t.maker_fee, "      \
    "t.taker_fee, t.buyer_fee_amount, t.seller_fee_amount, t.maker_release, t.taker_release, "     \
    "t.created_at"

/* Reads columns first..first+TRADE_COLUMNS_COUNT-1 of the current row. */
void trade_from_row(const struct db_result *row, unsigned first, struct trade *ret_trade);
/* All rows of a result with TRADE_COLUMNS; frees it. */
bool trades_from_rows(struct db_result *rows, struct arena *arena, struct trade **ret_trades,
                      size_t *ret_count, struct err *err) MUST_CHECK;

struct trades_filter {
    uint64_t member_id;         /* maker or taker; 0: anybody */
    const struct order *order;  /* its trades only; NULL: any */
    const char *const *markets; /* NULL: every market */
    size_t markets_count;
    enum side side;         /* of the member; SIDE_BOTH: both */
    int64_t from_us, to_us; /* of created_at; 0: open */
    bool to_is_inclusive;
    const char *order_by; /* trades_list(): a column; NULL or unknown: "id" */
    bool ascending;
    uint64_t limit, offset;
};

/* The trades of filter->member_id, or of filter->order. */
bool trades_of_member(struct db *db, struct arena *arena, const struct trades_filter *filter,
                      struct trade **ret_trades, size_t *ret_count, struct err *err) MUST_CHECK;

/* The newest `limit` trades of an order, newest first. */
bool trades_of_order(struct db *db, struct arena *arena, const struct order *order, uint64_t limit,
                     struct trade **ret_trades, size_t *ret_count, struct err *err) MUST_CHECK;

/* Within one market ids grow with time: the smallest id whose trade is not older than time_us; above
 * all ids if there is none. A few dozen lookups by key. */
bool trades_first_id_at(struct db *db, const char *market_id, int64_t time_us, uint64_t *ret_id,
                        struct err *err) MUST_CHECK;

/* For administrators: any filters, any order. */
bool trades_list(struct db *db, struct arena *arena, const struct trades_filter *filter,
                 struct trade **ret_trades, size_t *ret_count, struct err *err) MUST_CHECK;

/* ERR_NOT_FOUND. */
bool trade_find(struct db *db, uint64_t id, struct trade *ret_trade, struct err *err) MUST_CHECK;

#endif
