#include "accounting/store/order_row.h"

#include <string.h>

#include "accounting/store/sql.h"

void order_from_row(const struct db_result *row, unsigned first, struct order *ret_order)
{
    unsigned at = first;
    struct order *order = ret_order;
    order->id = db_get_u64(row, at++);
    order->uuid = db_get_uuid(row, at++);
    order->member_id = db_get_u64(row, at++);
    db_get_chars(row, at++, order->market_id, sizeof(order->market_id));
    order->side = (enum side)db_get_u64(row, at++);
    order->type = (enum order_type)db_get_u64(row, at++);
    order->time_in_force = (enum time_in_force)db_get_u64(row, at++);
    order->stp = (enum stp_mode)db_get_u64(row, at++);
    order->state = (enum order_state)db_get_i64(row, at++);
    order->close_reason = (enum close_reason)db_get_u64(row, at++);
    order->waiting = db_get_bool(row, at++);
    order->price = db_get_dec(row, at++);
    order->stop_price = db_get_dec(row, at++);
    order->protection = db_get_dec(row, at++);
    order->volume = db_get_dec(row, at++);
    order->origin_volume = db_get_dec(row, at++);
    order->locked = db_get_dec(row, at++);
    order->origin_locked = db_get_dec(row, at++);
    order->funds_received = db_get_dec(row, at++);
    order->maker_fee = db_get_dec(row, at++);
    order->taker_fee = db_get_dec(row, at++);
    order->trades_count = (uint32_t)db_get_u64(row, at++);
    order->command_seq = db_get_u64(row, at++);
    order->queue_rank = db_get_u64(row, at++);
    order->amend_seq = db_get_u64(row, at++);
    db_get_chars(row, at++, order->client_order_id, sizeof(order->client_order_id));
    order->created_at = db_get_time_us(row, at++);
    order->updated_at = db_get_time_us(row, at++);
    assert(at == first + ORDER_COLUMNS_COUNT);
}

static struct db_value price_or_null(struct dec price)
{
    return dec_is_zero(price) ? DB_NULL : DB_DEC(price);
}

/* ---- inserting ---- */

static const struct sql_column insert_columns[] = {
    {"id"},
    {"uuid"},
    {"member_id"},
    {"market_id"},
    {"side"},
    {"ord_type", SQL_NUMBER, TYPE_LIMIT},
    {"time_in_force", SQL_NUMBER, TIF_GTC},
    {"stp", SQL_NUMBER, 0},
    {"state", SQL_NUMBER, ORDER_WAIT},
    {"waiting", SQL_NUMBER, false},
    {"price", SQL_NULL},
    {"stop_price", SQL_NULL},
    {"protection", SQL_NULL},
    {"volume"},
    {"origin_volume"},
    {"locked"},
    {"origin_locked"},
    {"maker_fee"},
    {"taker_fee"},
    {"command_seq"},
    {"queue_rank"},
    {"client_order_id", SQL_NULL},
    {"created_at", SQL_NOW},
    {"updated_at", SQL_NOW},
};

static void insert_row(const void *rows, size_t at, struct db_value *ret_values)
{
    const struct order *order = ((const struct order *const *)rows)[at];
    const struct db_value values[] = {
        DB_U64(order->id),
        DB_BYTES(order->uuid.bytes, sizeof(order->uuid.bytes)),
        DB_U64(order->member_id),
        DB_TEXT(order->market_id),
        DB_U64(order->side),
        DB_U64(order->type),
        DB_U64(order->time_in_force),
        DB_U64(order->stp),
        DB_I64(order->state),
        DB_U64(order->waiting),
        price_or_null(order->price),
        price_or_null(order->stop_price),
        price_or_null(order->protection),
        DB_DEC(order->volume),
        DB_DEC(order->origin_volume),
        DB_DEC(order->locked),
        DB_DEC(order->origin_locked),
        DB_DEC(order->maker_fee),
        DB_DEC(order->taker_fee),
        DB_U64(order->command_seq),
        DB_U64(order->queue_rank),
        DB_TEXT(order->client_order_id[0] ? order->client_order_id : NULL),
        DB_TIME(order->created_at),
        DB_TIME(order->updated_at),
    };
    _Static_assert(ARRAY_LEN(values) == ARRAY_LEN(insert_columns), "a value for each column");
    memcpy(ret_values, values, sizeof(values));
}

void orders_insert_sql(struct db *db, struct str *sql, const struct order *const *orders,
                       size_t count)
{
    sql_insert(db, sql, "orders", insert_columns, ARRAY_LEN(insert_columns), insert_row, orders,
               count);
}

/* ---- updating ---- */

/* What trading changes, and by which change; a column that nothing changed is left out. */
static const struct {
    const char *name;
    unsigned changes;
} update_columns[] = {
    {"id", ORDER_CHANGES_ALL},         {"state", ORDER_FILLED | ORDER_CLOSED},
    {"close_reason", ORDER_CLOSED},    {"waiting", ORDER_CLOSED | ORDER_SET_OFF},
    {"price", ORDER_RESHAPED},         {"volume", ORDER_FILLED | ORDER_RESHAPED},
    {"origin_volume", ORDER_RESHAPED}, {"locked", ORDER_FILLED | ORDER_RESHAPED},
    {"origin_locked", ORDER_RESHAPED}, {"funds_received", ORDER_FILLED},
    {"trades_count", ORDER_FILLED},    {"queue_rank", ORDER_RESHAPED | ORDER_SET_OFF},
};

static void update_row(struct db *db, struct str *sql, bool first, const struct order *order,
                       unsigned changes)
{
    struct db_value written[ARRAY_LEN(update_columns)];
    size_t count = 0;
    const struct db_value values[] = {
        DB_U64(order->id),
        DB_I64(order->state),
        DB_U64(order->close_reason),
        DB_U64(order->waiting),
        price_or_null(order->price),
        DB_DEC(order->volume),
        DB_DEC(order->origin_volume),
        DB_DEC(order->locked),
        DB_DEC(order->origin_locked),
        DB_DEC(order->funds_received),
        DB_U64(order->trades_count),
        DB_U64(order->queue_rank),
    };
    _Static_assert(ARRAY_LEN(values) == ARRAY_LEN(update_columns), "a value for each column");
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        if (update_columns[i].changes & changes)
            written[count++] = values[i];
    db_sql_row(db, sql, first, written, count);
}

void orders_update_sql(struct db *db, struct str *sql, const struct order *const *orders,
                       size_t count, unsigned changes, int64_t now_us)
{
    const char *comma = "";
    if (count == 0)
        return;
    assert(changes != 0);
    /* The rows are locked by this transaction, in id order: absolute values are right. */
    str_add(sql, "UPDATE orders o JOIN (WITH d (");
    for (size_t i = 0; i < ARRAY_LEN(update_columns); i++)
        if (update_columns[i].changes & changes) {
            str_add(sql, comma);
            str_add(sql, update_columns[i].name);
            comma = ", ";
        }
    str_add(sql, ") AS (VALUES ");
    for (size_t i = 0; i < count; i++)
        update_row(db, sql, i == 0, orders[i], changes);
    db_sql(db, sql, ") SELECT * FROM d) n ON o.id = n.id SET o.updated_at = ?",
           DB_ARGS(DB_TIME(now_us)));
    for (size_t i = 1; i < ARRAY_LEN(update_columns); i++)
        if (update_columns[i].changes & changes)
            str_add_format(sql, ", o.%s = n.%s", update_columns[i].name, update_columns[i].name);
    str_add(sql, ";");
    sql_expect_rows(sql, count);
}
