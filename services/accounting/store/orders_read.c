#include "accounting/store/orders_read.h"

#include "accounting/store/order_row.h"
#include "base/auto.h"

#include <string.h>

static bool orders_from_rows(struct db_result *rows, struct arena *arena, struct order **ret_orders,
                             size_t *ret_count, struct err *err)
{
    size_t count = db_row_count(rows);
    struct order *orders = arena_alloc(arena, (count + 1) * sizeof(*orders));
    for (size_t i = 0; orders && db_row_next(rows); i++)
        order_from_row(rows, 0, &orders[i]);
    db_result_free(rows);
    if (!orders)
        return err_set(err, ERR_BUSY, "no memory for %zu orders", count);
    *ret_orders = orders;
    *ret_count = count;
    return true;
}

bool order_find(struct db *db, const struct order_ref *ref, uint64_t member_id,
                struct order *ret_order, struct err *err)
{
    struct db_value key =
        ref->by_uuid ? DB_BYTES(ref->uuid.bytes, sizeof(ref->uuid.bytes)) : DB_U64(ref->id);
    struct db_result *rows;
    if (!db_query(db,
                  ref->by_uuid ? "SELECT " ORDER_COLUMNS " FROM orders o WHERE o.uuid = ?"
                               : "SELECT " ORDER_COLUMNS " FROM orders o WHERE o.id = ?",
                  &key, 1, &rows, err))
        return false;
    struct order order;
    bool found = db_row_next(rows);
    if (found)
        order_from_row(rows, 0, &order);
    db_result_free(rows);
    if (!found || (member_id != 0 && order.member_id != member_id))
        return err_set(err, ERR_NOT_FOUND, "no such order of this member");
    *ret_order = order;
    return true;
}

/* ---- conditions ---- */

static const char *type_condition(const char *ord_type)
{
    static const struct {
        const char *name, *sql;
    } types[] = {
        {"limit", " AND ord_type = 0 AND time_in_force <> 3"},
        {"post_only", " AND ord_type = 0 AND time_in_force = 3"},
        {"market", " AND ord_type = 1"},
        {"stop_limit", " AND ord_type = 2"},
        {"stop_market", " AND ord_type = 3"},
    };
    _Static_assert(TYPE_LIMIT == 0 && TYPE_MARKET == 1 && TYPE_STOP_LIMIT == 2 &&
                       TYPE_STOP_MARKET == 3 && TIF_POST_ONLY == 3,
                   "the numbers in the table");
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].name, ord_type) == 0)
            return types[i].sql;
    return " AND FALSE";
}

static void add_markets(struct db *db, struct str *sql, const struct orders_filter *filter)
{
    db_sql(db, sql, " AND market_id IN (", DB_NONE);
    for (size_t i = 0; i < filter->markets_count; i++)
        db_sql(db, sql, i ? ",?" : "?", DB_ARGS(DB_TEXT(filter->markets[i])));
    db_sql(db, sql, filter->markets_count ? ")" : "NULL)", DB_NONE);
}

static void add_conditions(struct db *db, struct str *sql, const struct orders_filter *filter)
{
    bool by_update = filter->time_column && strcmp(filter->time_column, "updated_at") == 0;
    if (filter->markets)
        add_markets(db, sql, filter);
    if (filter->side != SIDE_BOTH)
        db_sql(db, sql, " AND side = ?", DB_ARGS(DB_I64(filter->side)));
    if (filter->ord_type)
        db_sql(db, sql, type_condition(filter->ord_type), DB_NONE);
    if (!dec_is_zero(filter->price))
        db_sql(db, sql, " AND price = ?", DB_ARGS(DB_DEC(filter->price)));
    if (!dec_is_zero(filter->origin_volume))
        db_sql(db, sql, " AND origin_volume = ?", DB_ARGS(DB_DEC(filter->origin_volume)));
    if (filter->from_us)
        db_sql(db, sql, by_update ? " AND updated_at >= ?" : " AND created_at >= ?",
               DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us) {
        db_sql(db, sql, by_update ? " AND updated_at" : " AND created_at", DB_NONE);
        db_sql(db, sql, filter->to_is_inclusive ? " <= ?" : " < ?",
               DB_ARGS(DB_TIME(filter->to_us)));
    }
}

/* ---- a member's list ---- */

static const enum order_state all_states[] = {
#define S(name, number, text) ORDER_##name,
    ORDER_STATES(S)
#undef S
};

static void add_state(struct db *db, struct str *sql, const struct orders_filter *filter,
                      enum order_state state)
{
    db_sql(db, sql,
           "(SELECT id, updated_at FROM orders FORCE INDEX (orders_member)"
           " WHERE member_id = ? AND state = ?",
           DB_ARGS(DB_U64(filter->member_id), DB_I64(state)));
    add_conditions(db, sql, filter);
    db_sql(db, sql,
           filter->ascending ? " ORDER BY updated_at, id LIMIT ?)"
                             : " ORDER BY updated_at DESC, id DESC LIMIT ?)",
           DB_ARGS(DB_U64(filter->offset + filter->limit)));
}

bool orders_of_member(struct db *db, struct arena *arena, const struct orders_filter *filter,
                      struct order **ret_orders, size_t *ret_count, struct err *err)
{
    const enum order_state *states = filter->states ? filter->states : all_states;
    size_t count = filter->states ? filter->states_count : ARRAY_LEN(all_states);
    AUTO(str_release) struct str sql = STR_INIT(ORDERS_SQL_BYTES_MAX);
    assert(filter->member_id != 0 && filter->limit <= ORDERS_PAGE_MAX && count > 0);
    db_sql(db, &sql, "SELECT " ORDER_COLUMNS " FROM (SELECT id, updated_at FROM (", DB_NONE);
    for (size_t i = 0; i < count; i++) {
        if (i)
            db_sql(db, &sql, " UNION ALL ", DB_NONE);
        add_state(db, &sql, filter, states[i]);
    }
    db_sql(db, &sql,
           filter->ascending ? ") u ORDER BY updated_at, id LIMIT ? OFFSET ?"
                             : ") u ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?",
           DB_ARGS(DB_U64(filter->limit), DB_U64(filter->offset)));
    db_sql(db, &sql,
           filter->ascending ? ") p STRAIGHT_JOIN orders o ON o.id = p.id"
                               " ORDER BY p.updated_at, p.id"
                             : ") p STRAIGHT_JOIN orders o ON o.id = p.id"
                               " ORDER BY p.updated_at DESC, p.id DESC",
           DB_NONE);
    struct db_result *rows;
    return db_query_str(db, &sql, &rows, err) &&
           orders_from_rows(rows, arena, ret_orders, ret_count, err);
}

/* ---- the administrators' list ---- */

static const char *order_of(const struct orders_filter *filter)
{
    static const struct {
        const char *name, *ascending, *descending;
    } orders[] = {
        {"price", " ORDER BY price, id", " ORDER BY price DESC, id DESC"},
        {"volume", " ORDER BY volume, id", " ORDER BY volume DESC, id DESC"},
        {"origin_volume", " ORDER BY origin_volume, id", " ORDER BY origin_volume DESC, id DESC"},
        {"state", " ORDER BY state, id", " ORDER BY state DESC, id DESC"},
        {"market_id", " ORDER BY market_id, id", " ORDER BY market_id DESC, id DESC"},
        {"member_id", " ORDER BY member_id, id", " ORDER BY member_id DESC, id DESC"},
        {"trades_count", " ORDER BY trades_count, id", " ORDER BY trades_count DESC, id DESC"},
        {"created_at", " ORDER BY created_at, id", " ORDER BY created_at DESC, id DESC"},
        {"updated_at", " ORDER BY updated_at, id", " ORDER BY updated_at DESC, id DESC"},
    };
    for (size_t i = 0; filter->order_by && i < ARRAY_LEN(orders); i++)
        if (strcmp(filter->order_by, orders[i].name) == 0)
            return filter->ascending ? orders[i].ascending : orders[i].descending;
    return filter->ascending ? " ORDER BY id" : " ORDER BY id DESC";
}

bool orders_list(struct db *db, struct arena *arena, const struct orders_filter *filter,
                 struct order **ret_orders, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(ORDERS_SQL_BYTES_MAX);
    assert(filter->limit <= ORDERS_PAGE_MAX);
    db_sql(db, &sql, "SELECT " ORDER_COLUMNS " FROM orders o WHERE TRUE", DB_NONE);
    if (filter->member_id)
        db_sql(db, &sql, " AND member_id = ?", DB_ARGS(DB_U64(filter->member_id)));
    if (filter->states) {
        db_sql(db, &sql, " AND state IN (", DB_NONE);
        for (size_t i = 0; i < filter->states_count; i++)
            db_sql(db, &sql, i ? ",?" : "?", DB_ARGS(DB_I64(filter->states[i])));
        db_sql(db, &sql, ")", DB_NONE);
    }
    add_conditions(db, &sql, filter);
    db_sql(db, &sql, order_of(filter), DB_NONE);
    db_sql(db, &sql, " LIMIT ? OFFSET ?", DB_ARGS(DB_U64(filter->limit), DB_U64(filter->offset)));
    struct db_result *rows;
    return db_query_str(db, &sql, &rows, err) &&
           orders_from_rows(rows, arena, ret_orders, ret_count, err);
}
