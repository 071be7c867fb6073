#include "accounting/store/matching_read.h"

#include <string.h>

struct snapshot_read {
    const struct market *market;
    struct str *out;
    size_t begin; /* where the snapshot starts in `out` */
};

/* ---- snapshot ---- */

static bool read_header(struct db *db, const struct market *market, struct snapshot_header *header,
                        struct err *err)
{
    struct db_result *rows;
    struct dec last_price = DEC_ZERO;
    if (!db_query(db,
                  "SELECT settled_seq, last_price, halted FROM market_settlements"
                  " WHERE market_id = ?",
                  DB_ARGS(DB_TEXT(market->id)), &rows, err))
        return false;
    if (db_row_next(rows)) { /* else nothing was ever settled */
        header->seq = db_get_u64(rows, 0);
        last_price = db_get_dec(rows, 1);
        header->halted = db_get_bool(rows, 2);
    }
    db_result_free(rows);
    return dec_is_zero(last_price) || market_ticks(market, last_price, &header->last_price) ||
           err_set(err, ERR_INTERNAL, "market %s: the last price is not on a tick", market->id);
}

static bool ticks_or_none(const struct market *market, struct dec price, int64_t *ret_ticks)
{
    *ret_ticks = 0;
    return dec_is_zero(price) || market_ticks(market, price, ret_ticks);
}

/* Locked funds as whole ticks × lots: what a market buy may spend. */
static __int128 budget_of(const struct market *market, struct dec locked)
{
    unsigned digits = (unsigned)(market->price_precision + market->amount_precision);
    struct dec cut = DEC_ZERO;
    bool fits = dec_round_to(locked, digits, DEC_DOWN, &cut);
    assert(fits && digits <= MARKET_PRECISION_SUM_MAX);
    __int128 unit = DEC_ONE_UNITS;
    for (unsigned i = 0; i < digits; i++)
        unit /= 10;
    return cut.units / unit;
}

static bool add_order(const struct snapshot_read *read, const struct db_result *row,
                      struct err *err)
{
    const struct market *market = read->market;
    struct snapshot_order order = {.order_id = db_get_u64(row, 0),
                                   .member_id = db_get_u64(row, 1),
                                   .rank = db_get_u64(row, 7),
                                   .side = (uint8_t)db_get_u64(row, 8),
                                   .type = (uint8_t)db_get_u64(row, 9),
                                   .time_in_force = (uint8_t)db_get_u64(row, 10),
                                   .stp = (uint8_t)db_get_u64(row, 11),
                                   .waiting = db_get_bool(row, 12)};
    bool exact = ticks_or_none(market, db_get_dec(row, 2), &order.price) &&
                 market_lots(market, db_get_dec(row, 3), &order.amount);
    if (order.waiting)
        exact = exact && ticks_or_none(market, db_get_dec(row, 4), &order.stop_price) &&
                ticks_or_none(market, db_get_dec(row, 5), &order.protection);
    if (order.waiting && order.type == TYPE_STOP_MARKET && order.side == SIDE_BUY)
        wide_set(budget_of(market, db_get_dec(row, 6)), &order.budget_low, &order.budget_high);
    str_add_bytes(read->out, &order, sizeof(order));
    return exact || err_set(err, ERR_INTERNAL, "order %lu is not in whole ticks and lots",
                            (unsigned long)order.order_id);
}

static bool read_orders(struct db *db, const struct snapshot_read *read,
                        struct snapshot_header *header, struct err *err)
{
    struct db_result *rows;
    /* Orders above settled_seq are commands that the worker gets after the snapshot. */
    if (!db_query(db,
                  "SELECT id, member_id, price, volume, stop_price, protection, locked, queue_rank,"
                  " side, ord_type, time_in_force, stp, waiting FROM orders"
                  " WHERE market_id = ? AND state = ? AND command_seq <= ? ORDER BY queue_rank",
                  DB_ARGS(DB_TEXT(read->market->id), DB_I64(100), DB_U64(header->seq)), &rows, err))
        return false;
    header->orders = db_row_count(rows);
    bool ok = true;
    while (ok && db_row_next(rows))
        ok = add_order(read, rows, err);
    db_result_free(rows);
    return ok;
}

static bool read_snapshot(struct db *db, void *arg, struct err *err)
{
    const struct snapshot_read *read = arg;
    const struct market *market = read->market;
    struct snapshot_header header = {.magic = {'B', 'R', 'S', '1'}, .version = PROTOCOL_VERSION};
    memcpy(header.market_id, market->id, strlen(market->id));
    if (str_ok(read->out))
        read->out->length = read->begin;               /* this may be the second try */
    str_add_bytes(read->out, &header, sizeof(header)); /* room; its values come last */
    if (!read_header(db, market, &header, err) || !read_orders(db, read, &header, err))
        return false;
    if (!str_ok(read->out))
        return err_set(err, ERR_INTERNAL, "market %s: a snapshot of %lu orders is above %zu bytes",
                       market->id, (unsigned long)header.orders, read->out->max);
    memcpy(read->out->data + read->begin, &header, sizeof(header));
    return true;
}

bool matching_snapshot(struct db *db, const struct market *market, struct str *out, struct err *err)
{
    struct snapshot_read read = {.market = market, .out = out, .begin = out->length};
    return db_snapshot(db, read_snapshot, &read, err);
}

/* ---- commands ---- */

/* This command was not found: not made yet, or made, settled and pruned? */
static bool check_kept(struct db *db, const char *market_id, uint64_t from, struct err *err)
{
    struct db_result *rows;
    uint64_t settled_seq = 0;
    if (!db_query(db, "SELECT settled_seq FROM market_settlements WHERE market_id = ?",
                  DB_ARGS(DB_TEXT(market_id)), &rows, err))
        return false;
    if (db_row_next(rows))
        settled_seq = db_get_u64(rows, 0);
    db_result_free(rows);
    return from > settled_seq ||
           err_set(err, ERR_GONE, "market %s: command %lu is not kept any more", market_id,
                   (unsigned long)from);
}

bool matching_commands(struct db *db, const char *market_id, uint64_t from, struct str *out,
                       struct err *err)
{
    struct db_result *rows;
    if (from > PROTOCOL_SEQ_MAX)
        return true;
    if (!db_query(db,
                  "SELECT first_seq, last_seq, batch FROM command_batches"
                  " WHERE market_id = ? AND last_seq >= ? AND last_seq < ?"
                  " ORDER BY last_seq LIMIT ?",
                  /* A batch begins at most PROTOCOL_COMMANDS_MAX before its end. */
                  DB_ARGS(DB_TEXT(market_id), DB_U64(from),
                          DB_U64(from + 2 * PROTOCOL_COMMANDS_MAX), DB_U64(PROTOCOL_COMMANDS_MAX)),
                  &rows, err))
        return false;
    uint64_t count = 0;
    bool has_from = false;
    while (db_row_next(rows)) {
        size_t length;
        if (count == 0 && db_get_u64(rows, 0) > from)
            break;
        has_from = true;
        uint64_t commands = db_get_u64(rows, 1) - db_get_u64(rows, 0) + 1;
        const void *batch = db_get_bytes(rows, 2, &length);
        if (count > 0 && count + commands > PROTOCOL_COMMANDS_MAX)
            break;
        count += commands;
        str_add_bytes(out, batch, length);
    }
    db_result_free(rows);
    if (!has_from && !check_kept(db, market_id, from, err))
        return false;
    return str_ok(out) ||
           err_set(err, ERR_INTERNAL, "commands of %s above %zu bytes", market_id, out->max);
}
