#include "accounting/store/order_row.h"

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

void orders_insert_sql(struct db *db, struct str *sql, const struct order *const *orders,
                       size_t count)
{
    if (count == 0)
        return;
    str_add(sql,
            "INSERT INTO orders (id, uuid, member_id, market_id, side, ord_type, time_in_force, "
            "stp, state, waiting, price, stop_price, protection, volume, origin_volume, locked, "
            "origin_locked, maker_fee, taker_fee, command_seq, queue_rank, client_order_id, "
            "created_at, updated_at) VALUES ");
    for (size_t i = 0; i < count; i++) {
        const struct order *order = orders[i];
        db_sql_row(
            db, sql, i == 0,
            DB_ARGS(DB_U64(order->id), DB_BYTES(order->uuid.bytes, sizeof(order->uuid.bytes)),
                    DB_U64(order->member_id), DB_TEXT(order->market_id), DB_U64(order->side),
                    DB_U64(order->type), DB_U64(order->time_in_force), DB_U64(order->stp),
                    DB_I64(order->state), DB_U64(order->waiting), price_or_null(order->price),
                    price_or_null(order->stop_price), price_or_null(order->protection),
                    DB_DEC(order->volume), DB_DEC(order->origin_volume), DB_DEC(order->locked),
                    DB_DEC(order->origin_locked), DB_DEC(order->maker_fee),
                    DB_DEC(order->taker_fee), DB_U64(order->command_seq), DB_U64(order->queue_rank),
                    DB_TEXT(order->client_order_id[0] ? order->client_order_id : NULL),
                    DB_TIME(order->created_at), DB_TIME(order->updated_at)));
    }
    str_add(sql, ";");
}

void orders_update_sql(struct db *db, struct str *sql, const struct order *const *orders,
                       size_t count)
{
    if (count == 0)
        return;
    /* The rows are locked by this transaction, in id order: absolute values are right. */
    str_add(sql, "UPDATE orders o JOIN (WITH d (id, state, close_reason, waiting, price, volume, "
                 "origin_volume, locked, origin_locked, funds_received, trades_count, queue_rank, "
                 "updated_at) AS (VALUES ");
    for (size_t i = 0; i < count; i++) {
        const struct order *order = orders[i];
        db_sql_row(db, sql, i == 0,
                   DB_ARGS(DB_U64(order->id), DB_I64(order->state), DB_U64(order->close_reason),
                           DB_U64(order->waiting), price_or_null(order->price),
                           DB_DEC(order->volume), DB_DEC(order->origin_volume),
                           DB_DEC(order->locked), DB_DEC(order->origin_locked),
                           DB_DEC(order->funds_received), DB_U64(order->trades_count),
                           DB_U64(order->queue_rank), DB_TIME(order->updated_at)));
    }
    str_add(sql, ") SELECT * FROM d) n ON o.id = n.id SET o.state = n.state, "
                 "o.close_reason = n.close_reason, o.waiting = n.waiting, o.price = n.price, "
                 "o.volume = n.volume, o.origin_volume = n.origin_volume, o.locked = n.locked, "
                 "o.origin_locked = n.origin_locked, o.funds_received = n.funds_received, "
                 "o.trades_count = n.trades_count, o.queue_rank = n.queue_rank, "
                 "o.updated_at = n.updated_at;");
    sql_expect_rows(sql, count);
}
