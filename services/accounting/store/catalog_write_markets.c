/* catalog_write_markets.c: markets, and the order of what has a position. */
#include "accounting/store/catalog_write.h"

#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void market_read(struct row_reader *reader, void *to)
{
    struct market *row = to;
    const struct db_result *result = reader->result;
    db_get_chars(result, 0, row->id, sizeof(row->id));
    row->type = row_text(reader, 1);
    db_get_chars(result, 2, row->base, sizeof(row->base));
    db_get_chars(result, 3, row->quote, sizeof(row->quote));
    row->engine_id = db_get_i64(result, 4);
    row->amount_precision = (int32_t)db_get_i64(result, 5);
    row->price_precision = (int32_t)db_get_i64(result, 6);
    row->min_price = db_get_dec(result, 7);
    row->max_price = db_get_dec(result, 8);
    row->min_amount = db_get_dec(result, 9);
    row->position = (int32_t)db_get_i64(result, 10);
    row->data = row_text(reader, 11);
    bool is_known = market_state_parse(db_get_text(result, 12), &row->state);
    assert(is_known); /* written by market_state_name() alone */
    row->created_at = db_get_time_us(result, 13);
    row->updated_at = db_get_time_us(result, 14);
}

static const struct listing_column market_columns[] = {
    {"id", "id"},
    {"symbol", "id"},
    {"type", "type"},
    {"base_unit", "base_unit"},
    {"quote_unit", "quote_unit"},
    {"engine_id", "engine_id"},
    {"amount_precision", "amount_precision"},
    {"price_precision", "price_precision"},
    {"min_price", "min_price"},
    {"max_price", "max_price"},
    {"min_amount", "min_amount"},
    {"position", "position"},
    {"state", "state"},
    {"created_at", "created_at"},
    {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table market_table = {
    .count = "SELECT COUNT(*) FROM markets WHERE TRUE",
    .select = "SELECT id, type, base_unit, quote_unit, engine_id, amount_precision,"
              " price_precision, min_price, max_price, min_amount, position, data, state,"
              " created_at, updated_at FROM markets WHERE TRUE",
    .columns = market_columns,
    .row_size = sizeof(struct market),
    .read = market_read,
};

bool market_find_locked(struct db *db, struct arena *arena, const char *id, struct market *ret_row,
                        struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(LISTING_BYTES_MAX);
    db_sql(db, &where, " AND id = ?", DB_ARGS(DB_TEXT(id)));
    struct listing listing = {.arena = arena, .where = where, .locked = true};
    return listing_find(db, &market_table, &listing, ret_row, err);
}

bool market_exists(struct db *db, const char *id, bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM markets WHERE id = ?", DB_ARGS(DB_TEXT(id)), ret_exists,
                      err);
}

bool market_pair_exists(struct db *db, const struct market *market, bool *ret_exists,
                        struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM markets WHERE type = ? AND ((base_unit = ? AND quote_unit = ?)"
                      " OR (base_unit = ? AND quote_unit = ?))",
                      DB_ARGS(DB_TEXT(market->type), DB_TEXT(market->base), DB_TEXT(market->quote),
                              DB_TEXT(market->quote), DB_TEXT(market->base)),
                      ret_exists, err);
}

bool market_steps_are_free(struct db *db, const char *id, bool *ret_free, struct err *err)
{
    /* Open: 0 pending, 100 wait. */
    return row_exists(db,
                      "SELECT 1 FROM market_commands c JOIN market_settlements s USING (market_id)"
                      " WHERE c.market_id = ? AND s.settled_seq = c.command_seq"
                      " AND s.last_price = 0 AND NOT EXISTS"
                      " (SELECT 1 FROM orders WHERE market_id = c.market_id AND state IN (0, 100))"
                      " FOR UPDATE",
                      DB_ARGS(DB_TEXT(id)), ret_free, err);
}

bool market_insert(struct db *db, const struct market *row, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "INSERT INTO markets (id, type, base_unit, quote_unit, engine_id, amount_precision,"
        " price_precision, min_price, max_price, min_amount, position, data, state, created_at,"
        " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
        "INSERT INTO market_commands (market_id) VALUES (?);"
        "INSERT INTO market_settlements (market_id, updated_at) VALUES (?, ?)",
        DB_ARGS(DB_TEXT(row->id), DB_TEXT(row->type), DB_TEXT(row->base), DB_TEXT(row->quote),
                DB_I64(row->engine_id), DB_I64(row->amount_precision), DB_I64(row->price_precision),
                DB_DEC(row->min_price), DB_DEC(row->max_price), DB_DEC(row->min_amount),
                DB_I64(row->position), DB_TEXT(row->data), DB_TEXT(market_state_name(row->state)),
                DB_TIME(now_us), DB_TIME(now_us), DB_TEXT(row->id), DB_TEXT(row->id),
                DB_TIME(now_us)),
        NULL, err);
}

bool market_update(struct db *db, const struct market *row, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE markets SET engine_id = ?, amount_precision = ?, price_precision = ?,"
                   " min_price = ?, max_price = ?, min_amount = ?, data = ?, state = ?,"
                   " updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_I64(row->engine_id), DB_I64(row->amount_precision),
                           DB_I64(row->price_precision), DB_DEC(row->min_price),
                           DB_DEC(row->max_price), DB_DEC(row->min_amount), DB_TEXT(row->data),
                           DB_TEXT(market_state_name(row->state)), DB_TIME(now_us),
                           DB_TEXT(row->id)),
                   NULL, err);
}

bool market_list(struct db *db, const struct market_filter *filter, struct listing *listing,
                 struct listed *ret_listed, struct err *err)
{
    if (filter->type)
        db_sql(db, &listing->where, " AND type = ?", DB_ARGS(DB_TEXT(filter->type)));
    return listing_run(db, &market_table, listing, ret_listed, err);
}

/* ---- positions ---- */

static const struct {
    const char *select, *update;
} position_sql[] = {
    [POSITIONED_CURRENCIES] = {"SELECT id, position FROM currencies ORDER BY position, id"
                               " FOR UPDATE",
                               "UPDATE currencies SET position = ? WHERE id = ?;"},
    [POSITIONED_MARKETS] = {"SELECT id, position FROM markets ORDER BY position, id FOR UPDATE",
                            "UPDATE markets SET position = ? WHERE id = ?;"},
};

bool position_place(struct db *db, enum positioned table, const char *id, int64_t position,
                    struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    AUTO(str_release) struct str sql = STR_INIT(LISTING_BYTES_MAX);
    int64_t next = 1, last, was = 0;

    if (!db_query(db, position_sql[table].select, DB_NONE, &result, err))
        return false;
    last = (int64_t)db_row_count(result);
    if (position < 1 || position > last)
        position = last;
    while (db_row_next(result)) {
        if (strcmp(db_get_text(result, 0), id) == 0) {
            was = db_get_i64(result, 1);
            continue;
        }
        if (next == position)
            next++;
        if (db_get_i64(result, 1) != next)
            db_sql(db, &sql, position_sql[table].update,
                   DB_ARGS(DB_I64(next), DB_TEXT(db_get_text(result, 0))));
        next++;
    }
    if (was != position)
        db_sql(db, &sql, position_sql[table].update, DB_ARGS(DB_I64(position), DB_TEXT(id)));
    return sql.length == 0 || db_exec_str(db, &sql, NULL, err);
}
