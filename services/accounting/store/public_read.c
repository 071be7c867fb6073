#include "accounting/store/public_read.h"

#include "accounting/store/order_row.h"
#include "base/auto.h"

/* Limit orders, and stop orders that became one: what can rest in a book. */
#define RESTS "o.state = 100 AND NOT o.waiting AND o.ord_type IN (0, 2)"
_Static_assert(ORDER_WAIT == 100 && TYPE_LIMIT == 0 && TYPE_STOP_LIMIT == 2, "as in the SQL");

/* Above every price that an order can have. */
static struct dec price_end(void)
{
    struct dec end;
    bool fits = dec_from_scaled(INT64_MAX, 0, &end);
    assert(fits);
    return end;
}

bool book_levels_read(struct db *db, const char *market_id, take_level *take, void *arg,
                      struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT o.side, o.price, SUM(o.volume) FROM orders o"
                  " JOIN market_settlements s ON s.market_id = o.market_id"
                  " WHERE o.market_id = ? AND " RESTS " AND o.command_seq <= s.settled_seq"
                  " GROUP BY o.side, o.price"
                  " ORDER BY o.side, IF(o.side = 0, -o.price, o.price)",
                  DB_ARGS(DB_TEXT(market_id)), &rows, err))
        return false;
    while (db_row_next(rows))
        take(arg, (enum side)db_get_i64(rows, 0), db_get_dec(rows, 1), db_get_dec(rows, 2));
    db_result_free(rows);
    return true;
}

static struct trade_row trade_from_row(const struct db_result *row)
{
    return (struct trade_row){
        .id = db_get_u64(row, 0),
        .price = db_get_dec(row, 1),
        .amount = db_get_dec(row, 2),
        .total = db_get_dec(row, 3),
        .taker_side = (enum side)db_get_i64(row, 4),
        .created_at = db_get_time_us(row, 5),
    };
}

static void take_trades(struct db_result *rows, take_trade *take, void *arg)
{
    while (db_row_next(rows)) {
        struct trade_row trade = trade_from_row(rows);
        take(arg, &trade);
    }
}

bool recent_trades_read(struct db *db, const char *market_id, size_t limit, take_trade *take,
                        void *arg, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT id, price, amount, total, taker_side, created_at FROM"
                  " (SELECT id, price, amount, total, taker_side, created_at FROM trades"
                  " WHERE market_id = ? ORDER BY id DESC LIMIT ?) newest ORDER BY id",
                  DB_ARGS(DB_TEXT(market_id), DB_U64(limit)), &rows, err))
        return false;
    take_trades(rows, take, arg);
    db_result_free(rows);
    return true;
}

bool trades_filtered_read(struct db *db, const struct trade_filter *filter, take_trade *take,
                          void *arg, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(4096);
    db_sql(db, &sql,
           "SELECT id, price, amount, total, taker_side, created_at FROM trades"
           " WHERE market_id = ?",
           DB_ARGS(DB_TEXT(filter->market_id)));
    if (filter->has_side)
        db_sql(db, &sql, " AND taker_side = ?", DB_ARGS(DB_I64(filter->taker_side)));
    if (filter->from_us)
        db_sql(db, &sql, " AND created_at >= ?", DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us)
        db_sql(db, &sql, " AND created_at <= ?", DB_ARGS(DB_TIME(filter->to_us)));
    db_sql(db, &sql, " ORDER BY id DESC LIMIT ?", DB_ARGS(DB_U64(filter->limit)));
    struct db_result *rows;
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    take_trades(rows, take, arg);
    db_result_free(rows);
    return true;
}

bool book_orders_read(struct db *db, const char *market_id, enum side side, struct dec worst,
                      size_t limit, struct order *ret_orders, size_t *ret_count, struct err *err)
{
    bool buys = side == SIDE_BUY;
    struct db_result *rows;
    if (!db_query(db,
                  buys ? "SELECT " ORDER_COLUMNS " FROM orders o"
                         " JOIN market_settlements s ON s.market_id = o.market_id"
                         " WHERE o.market_id = ? AND " RESTS " AND o.side = ? AND o.price >= ?"
                         " AND o.price < ? AND o.command_seq <= s.settled_seq"
                         " ORDER BY o.price DESC, o.queue_rank LIMIT ?"
                       : "SELECT " ORDER_COLUMNS " FROM orders o"
                         " JOIN market_settlements s ON s.market_id = o.market_id"
                         " WHERE o.market_id = ? AND " RESTS " AND o.side = ? AND o.price > ?"
                         " AND o.price <= ? AND o.command_seq <= s.settled_seq"
                         " ORDER BY o.price, o.queue_rank LIMIT ?",
                  DB_ARGS(DB_TEXT(market_id), DB_I64(side), DB_DEC(buys ? worst : DEC_ZERO),
                          DB_DEC(buys ? price_end() : worst), DB_U64(limit)),
                  &rows, err))
        return false;
    size_t count = 0;
    while (count < limit && db_row_next(rows))
        order_from_row(rows, 0, &ret_orders[count++]);
    db_result_free(rows);
    *ret_count = count;
    return true;
}
