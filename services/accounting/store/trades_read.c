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

bool trades_from_rows(struct db_result *rows, struct arena *arena, struct trade **ret_trades,
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

/* ---- ids of one market grow with time ---- */

enum { CLOCK_SLACK_US = 60 * 1000 * 1000 };

struct id_range {
    uint64_t first, end;
};

bool trades_first_id_at(struct db *db, const char *market_id, int64_t time_us, uint64_t *ret_id,
                        struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT MAX(id) FROM trades WHERE market_id = ?", DB_ARGS(DB_TEXT(market_id)),
                  &rows, err))
        return false;
    uint64_t low = 1, high = (db_row_next(rows) ? db_get_u64(rows, 0) : 0) + 1;
    db_result_free(rows);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
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

/*
 * There is no index by order: it would cost a tenth of every settlement. But the life of an order
 * bounds the ids of its trades, and within them the indexes by member do the rest.
 */
static bool range_of_order(struct db *db, const struct order *order, struct id_range *ret_range,
                           struct err *err)
{
    return trades_first_id_at(db, order->market_id, order->created_at - CLOCK_SLACK_US,
                              &ret_range->first, err) &&
           trades_first_id_at(db, order->market_id, order->updated_at + CLOCK_SLACK_US,
                              &ret_range->end, err);
}

/* ---- of a member, or of an order ---- */

static bool is_by_id(const struct trades_filter *filter)
{
    return !filter->order_by || strcmp(filter->order_by, "id") == 0;
}

/*
 * One arm of the union: a trade with oneself is in both, once in the result, as its maker's. Left
 * alone the optimiser may walk the primary key, in the hope of meeting the member soon.
 */
static void add_arm(struct db *db, struct str *sql, const struct trades_filter *filter,
                    const struct id_range *range, bool as_maker)
{
    const struct order *order = filter->order;
    db_sql(db, sql,
           as_maker ? "(SELECT id FROM trades FORCE INDEX (trades_maker) WHERE maker_id = ?"
                    : "(SELECT id FROM trades FORCE INDEX (trades_taker) WHERE taker_id = ?",
           DB_ARGS(DB_U64(order ? order->member_id : filter->member_id)));
    if (order)
        db_sql(db, sql,
               as_maker ? " AND id >= ? AND id < ? AND maker_order_id = ?"
                        : " AND id >= ? AND id < ? AND taker_order_id = ?",
               DB_ARGS(DB_U64(range->first), DB_U64(range->end), DB_U64(order->id)));
    else if (!as_maker)
        db_sql(db, sql, " AND maker_id <> taker_id", DB_NONE);
    if (order && filter->member_id)
        db_sql(db, sql, " AND (maker_id = ? OR taker_id = ?)",
               DB_ARGS(DB_U64(filter->member_id), DB_U64(filter->member_id)));
    if (filter->side != SIDE_BOTH) {
        bool taker_buys = (filter->side == SIDE_BUY) != as_maker;
        db_sql(db, sql, " AND taker_side = ?", DB_ARGS(DB_I64(taker_buys ? SIDE_BUY : SIDE_SELL)));
    }
    add_conditions(db, sql, filter);
    if (is_by_id(filter))
        db_sql(db, sql, filter->ascending ? " ORDER BY id LIMIT ?" : " ORDER BY id DESC LIMIT ?",
               DB_ARGS(DB_U64(filter->offset + filter->limit)));
    db_sql(db, sql, ")", DB_NONE);
}

static const char *order_of(const struct trades_filter *filter)
{
    static const struct {
        const char *name, *ascending, *descending;
    } orders[] = {
        {"price", " ORDER BY t.price, t.id", " ORDER BY t.price DESC, t.id DESC"},
        {"amount", " ORDER BY t.amount, t.id", " ORDER BY t.amount DESC, t.id DESC"},
        {"total", " ORDER BY t.total, t.id", " ORDER BY t.total DESC, t.id DESC"},
        {"market_id", " ORDER BY t.market_id, t.id", " ORDER BY t.market_id DESC, t.id DESC"},
        {"created_at", " ORDER BY t.created_at, t.id", " ORDER BY t.created_at DESC, t.id DESC"},
        {"updated_at", " ORDER BY t.created_at, t.id", " ORDER BY t.created_at DESC, t.id DESC"},
    };
    for (size_t i = 0; filter->order_by && i < ARRAY_LEN(orders); i++)
        if (strcmp(filter->order_by, orders[i].name) == 0)
            return filter->ascending ? orders[i].ascending : orders[i].descending;
    return filter->ascending ? " ORDER BY t.id" : " ORDER BY t.id DESC";
}

bool trades_of_member(struct db *db, struct arena *arena, const struct trades_filter *filter,
                      struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(TRADES_SQL_BYTES_MAX);
    struct db_value limit = DB_U64(filter->limit), offset = DB_U64(filter->offset);
    struct id_range range = {0, 0};
    assert((filter->member_id || filter->order) && filter->limit <= TRADES_PAGE_MAX);
    if (filter->order && !range_of_order(db, filter->order, &range, err))
        return false;
    db_sql(db, &sql, "SELECT " TRADE_COLUMNS " FROM (SELECT id FROM (", DB_NONE);
    add_arm(db, &sql, filter, &range, true);
    db_sql(db, &sql, " UNION ALL ", DB_NONE);
    add_arm(db, &sql, filter, &range, false);
    db_sql(db, &sql, ") u", DB_NONE);
    if (is_by_id(filter))
        db_sql(db, &sql,
               filter->ascending ? " ORDER BY id LIMIT ? OFFSET ?"
                                 : " ORDER BY id DESC LIMIT ? OFFSET ?",
               DB_ARGS(limit, offset));
    db_sql(db, &sql, ") p STRAIGHT_JOIN trades t ON t.id = p.id", DB_NONE);
    db_sql(db, &sql, order_of(filter), DB_NONE);
    if (!is_by_id(filter))
        db_sql(db, &sql, " LIMIT ? OFFSET ?", DB_ARGS(limit, offset));
    return trades_query(db, &sql, arena, ret_trades, ret_count, err);
}

bool trades_of_order(struct db *db, struct arena *arena, const struct order *order, uint64_t limit,
                     struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    const struct trades_filter filter = {.order = order, .side = SIDE_BOTH, .limit = limit};
    if (order->trades_count > 0)
        return trades_of_member(db, arena, &filter, ret_trades, ret_count, err);
    *ret_trades = NULL;
    *ret_count = 0;
    return true;
}

/* ---- the administrators' list ---- */

bool trades_list(struct db *db, struct arena *arena, const struct trades_filter *filter,
                 struct trade **ret_trades, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(TRADES_SQL_BYTES_MAX);
    assert(filter->limit <= TRADES_PAGE_MAX && filter->side == SIDE_BOTH);
    if (filter->member_id || filter->order)
        return trades_of_member(db, arena, filter, ret_trades, ret_count, err);
    db_sql(db, &sql, "SELECT " TRADE_COLUMNS " FROM trades t WHERE TRUE", DB_NONE);
    add_conditions(db, &sql, filter);
    db_sql(db, &sql, order_of(filter), DB_NONE);
    db_sql(db, &sql, " LIMIT ? OFFSET ?", DB_ARGS(DB_U64(filter->limit), DB_U64(filter->offset)));
    return trades_query(db, &sql, arena, ret_trades, ret_count, err);
}
