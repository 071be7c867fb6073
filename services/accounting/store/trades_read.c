#include "accounting/store/trades_read.h"

#include "base/auto.h"

#include <string.h>

void trade_from_row(const struct db_result *row, unsigned first, struct trade *ret_trade)
{
    *ret_trade = (struct trade){
        .id = db_get_u64(row, first),
        .command_seq = db_get_u64(row, first + 2),
        .price = db_get_dec(row, first + 3),
        .amount = db_get_dec(row, first + 4),
        .total = db_get_dec(row, first + 5),
        .taker_side = db_get_i64(row, first + 8) == SIDE_SELL ? SIDE_SELL : SIDE_BUY,
        .maker_order_id = db_get_u64(row, first + 9),
        .taker_order_id = db_get_u64(row, first + 10),
        .maker_id = db_get_u64(row, first + 11),
        .taker_id = db_get_u64(row, first + 12),
        .maker_fee = db_get_dec(row, first + 13),
        .taker_fee = db_get_dec(row, first + 14),
        .buyer_fee_amount = db_get_dec(row, first + 15),
        .seller_fee_amount = db_get_dec(row, first + 16),
        .maker_release = db_get_dec(row, first + 17),
        .taker_release = db_get_dec(row, first + 18),
        .created_at = db_get_time_us(row, first + 19),
    };
    db_get_chars(row, first + 1, ret_trade->market_id, sizeof(ret_trade->market_id));
    db_get_chars(row, first + 6, ret_trade->base, sizeof(ret_trade->base));
    db_get_chars(row, first + 7, ret_trade->quote, sizeof(ret_trade->quote));
}

static bool trades_from_rows(struct db_result *rows, struct arena *arena, struct trade **ret_trades,
                             size_t *ret_count, struct err *err)
{
    size_t count = db_row_count(rows);
    struct trade *trades = arena_alloc(arena, (count + 1) * sizeof(*trades));
    for (size_t i = 0; trades && db_row_next(rows); i++)
        trade_from_row(rows, 0, &trades[i]);
    db_result_free(rows);
    if (!trades)
        return err_set(err, ERR_BUSY, "no memory for %zu trades", count);
    *ret_trades = trades;
    *ret_count = count;
    return true;
}

static bool trades_query(struct db *db, const struct str *sql, struct arena *arena,
                         struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    return db_query_str(db, sql, &rows, err) &&
           trades_from_rows(rows, arena, ret_trades, ret_count, err);
}

bool trade_find(struct db *db, uint64_t id, struct trade *ret_trade, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT " TRADE_COLUMNS " FROM trades t WHERE t.id = ?", DB_ARGS(DB_U64(id)),
                  &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        trade_from_row(rows, 0, ret_trade);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no trade %lu", (unsigned long)id);
}

/* ---- conditions ---- */

static void add_conditions(struct db *db, struct str *sql, const struct trades_filter *filter)
{
    if (filter->markets) {
        db_sql(db, sql, " AND market_id IN (", DB_NONE);
        for (size_t i = 0; i < filter->markets_count; i++)
            db_sql(db, sql, i ? ",?" : "?", DB_ARGS(DB_TEXT(filter->markets[i])));
        db_sql(db, sql, filter->markets_count ? ")" : "NULL)", DB_NONE);
    }
    if (filter->from_us)
        db_sql(db, sql, " AND created_at >= ?", DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us)
        db_sql(db, sql, filter->to_is_inclusive ? " AND created_at <= ?" : " AND created_at < ?",
               DB_ARGS(DB_TIME(filter->to_us)));
}

/* ---- a member's list ---- */

/* One arm of the union: a trade with oneself is in both, once in the result, as its maker's. */
static void add_arm(struct db *db, struct str *sql, const struct trades_filter *filter,
                    bool as_maker)
{
    db_sql(db, sql,
           as_maker ? "(SELECT id FROM trades WHERE maker_id = ?"
                    : "(SELECT id FROM trades WHERE taker_id = ? AND maker_id <> taker_id",
           DB_ARGS(DB_U64(filter->member_id)));
    if (filter->side != SIDE_BOTH) {
        bool taker_buys = (filter->side == SIDE_BUY) != as_maker;
        db_sql(db, sql, " AND taker_side = ?", DB_ARGS(DB_I64(taker_buys ? SIDE_BUY : SIDE_SELL)));
    }
    add_conditions(db, sql, filter);
    db_sql(db, sql, filter->ascending ? " ORDER BY id LIMIT ?)" : " ORDER BY id DESC LIMIT ?)",
           DB_ARGS(DB_U64(filter->offset + filter->limit)));
}

bool trades_of_member(struct db *db, struct arena *arena, const struct trades_filter *filter,
                      struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(TRADES_SQL_BYTES_MAX);
    assert(filter->member_id != 0 && filter->limit <= TRADES_PAGE_MAX);
    db_sql(db, &sql, "SELECT " TRADE_COLUMNS " FROM (SELECT id FROM (", DB_NONE);
    add_arm(db, &sql, filter, true);
    db_sql(db, &sql, " UNION ALL ", DB_NONE);
    add_arm(db, &sql, filter, false);
    db_sql(db, &sql,
           filter->ascending ? ") u ORDER BY id LIMIT ? OFFSET ?"
                             : ") u ORDER BY id DESC LIMIT ? OFFSET ?",
           DB_ARGS(DB_U64(filter->limit), DB_U64(filter->offset)));
    db_sql(db, &sql,
           filter->ascending ? ") p STRAIGHT_JOIN trades t ON t.id = p.id ORDER BY p.id"
                             : ") p STRAIGHT_JOIN trades t ON t.id = p.id ORDER BY p.id DESC",
           DB_NONE);
    return trades_query(db, &sql, arena, ret_trades, ret_count, err);
}

/* ---- an order's list ---- */

/*
 * There is no index by order: it would cost a tenth of every settlement. But within one market ids
 * grow with time, so the life of the order bounds the ids, and the indexes by member do the rest.
 */
enum { CLOCK_SLACK_US = 60 * 1000 * 1000 };

/* The smallest id of the market whose trade is not older than time_us; above all ids if none is. */
static bool first_id_at(struct db *db, const char *market_id, int64_t time_us, uint64_t id_max,
                        uint64_t *ret_id, struct err *err)
{
    uint64_t low = 1, high = id_max + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct db_result *rows;
        if (!db_query(db,
                      "SELECT id, created_at FROM trades WHERE market_id = ? AND id >= ?"
                      " ORDER BY id LIMIT 1",
                      DB_ARGS(DB_TEXT(market_id), DB_U64(middle)), &rows, err))
            return false;
        if (db_row_next(rows) && db_get_time_us(rows, 1) < time_us)
            low = db_get_u64(rows, 0) + 1;
        else
            high = middle;
        db_result_free(rows);
    }
    *ret_id = low;
    return true;
}

static bool id_range(struct db *db, const struct order *order, uint64_t *ret_first,
                     uint64_t *ret_end, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT MAX(id) FROM trades WHERE market_id = ?",
                  DB_ARGS(DB_TEXT(order->market_id)), &rows, err))
        return false;
    uint64_t id_max = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    db_result_free(rows);
    return first_id_at(db, order->market_id, order->created_at - CLOCK_SLACK_US, id_max, ret_first,
                       err) &&
           first_id_at(db, order->market_id, order->updated_at + CLOCK_SLACK_US, id_max, ret_end,
                       err);
}

bool trades_of_order(struct db *db, struct arena *arena, const struct order *order, uint64_t limit,
                     struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    uint64_t first, end;
    if (order->trades_count == 0) {
        *ret_trades = NULL;
        *ret_count = 0;
        return true;
    }
    if (!id_range(db, order, &first, &end, err))
        return false;
    struct db_value member = DB_U64(order->member_id), id = DB_U64(order->id), rows = DB_U64(limit);
    struct db_result *result;
    return db_query(db,
                    "SELECT " TRADE_COLUMNS " FROM ("
                    "(SELECT id FROM trades WHERE maker_id = ? AND id >= ? AND id < ?"
                    " AND maker_order_id = ? ORDER BY id DESC LIMIT ?) UNION ALL "
                    "(SELECT id FROM trades WHERE taker_id = ? AND id >= ? AND id < ?"
                    " AND taker_order_id = ? ORDER BY id DESC LIMIT ?)) p"
                    " STRAIGHT_JOIN trades t ON t.id = p.id ORDER BY t.id DESC LIMIT ?",
                    DB_ARGS(member, DB_U64(first), DB_U64(end), id, rows, member, DB_U64(first),
                            DB_U64(end), id, rows, rows),
                    &result, err) &&
           trades_from_rows(result, arena, ret_trades, ret_count, err);
}

/* ---- the administrators' list ---- */

static const char *order_of(const struct trades_filter *filter)
{
    static const struct {
        const char *name, *ascending, *descending;
    } orders[] = {
        {"price",      " ORDER BY price, id",      " ORDER BY price DESC, id DESC"     },
        {"amount",     " ORDER BY amount, id",     " ORDER BY amount DESC, id DESC"    },
        {"total",      " ORDER BY total, id",      " ORDER BY total DESC, id DESC"     },
        {"market_id",  " ORDER BY market_id, id",  " ORDER BY market_id DESC, id DESC" },
        {"created_at", " ORDER BY created_at, id", " ORDER BY created_at DESC, id DESC"},
        {"updated_at", " ORDER BY created_at, id", " ORDER BY created_at DESC, id DESC"},
    };
    for (size_t i = 0; filter->order_by && i < ARRAY_LEN(orders); i++)
        if (strcmp(filter->order_by, orders[i].name) == 0)
            return filter->ascending ? orders[i].ascending : orders[i].descending;
    return filter->ascending ? " ORDER BY id" : " ORDER BY id DESC";
}

bool trades_list(struct db *db, struct arena *arena, const struct trades_filter *filter,
                 struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(TRADES_SQL_BYTES_MAX);
    assert(filter->limit <= TRADES_PAGE_MAX);
    db_sql(db, &sql, "SELECT " TRADE_COLUMNS " FROM trades t WHERE TRUE", DB_NONE);
    if (filter->member_id)
        db_sql(db, &sql, " AND (maker_id = ? OR taker_id = ?)",
               DB_ARGS(DB_U64(filter->member_id), DB_U64(filter->member_id)));
    if (filter->order_id)
        db_sql(db, &sql, " AND (maker_order_id = ? OR taker_order_id = ?)",
               DB_ARGS(DB_U64(filter->order_id), DB_U64(filter->order_id)));
    add_conditions(db, &sql, filter);
    db_sql(db, &sql, order_of(filter), DB_NONE);
    db_sql(db, &sql, " LIMIT ? OFFSET ?", DB_ARGS(DB_U64(filter->limit), DB_U64(filter->offset)));
    return trades_query(db, &sql, arena, ret_trades, ret_count, err);
}
