/*
 * order_row.h: an order between its struct and its row. Every query that reads whole orders selects
 * ORDER_COLUMNS first, in this order, and reads them with order_from_row().
 */
#ifndef ACCOUNTING_STORE_ORDER_ROW_H
#define ACCOUNTING_STORE_ORDER_ROW_H

#include "accounting/domain/order.h"
#include "db/db.h"

#define ORDER_COLUMNS                                                                              \
    "o.id, o.uuid, o.member_id, o.market_id, o.side, o.ord_type, o.time_in_force, o.stp, "         \
    "o.state, "                                                                                    \
    "o.close_reason, o.waiting, o.price, o.stop_price, o.protection, o.volume, o.origin_volume, "  \
    "o.locked, o.origin_locked, o.funds_received, o.maker_fee, o.taker_fee, o.trades_count, "      \
    "o.command_seq, o.queue_rank, o.amend_seq, o.client_order_id, o.created_at, o.updated_at"
enum { ORDER_COLUMNS_COUNT = 28 };

/* Reads columns first..first+ORDER_COLUMNS_COUNT-1 of the current row. */
void order_from_row(const struct db_result *row, unsigned first, struct order *ret_order);

/* Appends "INSERT INTO orders ... VALUES ...;" for all of them; nothing for none. */
void orders_insert_sql(struct db *db, struct str *sql, const struct order *const *orders,
                       size_t count);

/* What happened to orders. */
enum order_changes {
    ORDER_FILLED = 1,   /* by trades */
    ORDER_CLOSED = 2,   /* canceled */
    ORDER_RESHAPED = 4, /* amended or reduced */
    ORDER_SET_OFF = 8,  /* a stop order */
    ORDER_CHANGES_ALL = 15
};

/* Appends one UPDATE that sets what all the `changes` (of any of the orders) may have changed, and the
 * check that all rows were there. */
void orders_update_sql(struct db *db, struct str *sql, const struct order *const *orders,
                       size_t count, unsigned changes, int64_t now_us);

#endif
