/* catalog_write_fees.c: trading fees and withdraw limits. */
#include "accounting/store/catalog_write.h"

#include "base/auto.h"

static void trading_fee_read(struct row_reader *reader, void *to)
{
    struct trading_fee *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_i64(result, 0);
    db_get_chars(result, 1, row->market_id, sizeof(row->market_id));
    row->market_type = row_text(reader, 2);
    db_get_chars(result, 3, row->group, sizeof(row->group));
    row->maker = db_get_dec(result, 4);
    row->taker = db_get_dec(result, 5);
    row->created_at = db_get_time_us(result, 6);
    row->updated_at = db_get_time_us(result, 7);
}

static const struct listing_column trading_fee_columns[] = {
    {"id", "id"},
    {"group", "`group`"},
    {"market_id", "market_id"},
    {"market_type", "market_type"},
    {"maker", "maker"},
    {"taker", "taker"},
    {"created_at", "created_at"},
    {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table trading_fee_table = {
    .count = "SELECT COUNT(*) FROM trading_fees WHERE TRUE",
    .select = "SELECT id, market_id, market_type, `group`, maker, taker, created_at, updated_at"
              " FROM trading_fees WHERE TRUE",
    .columns = trading_fee_columns,
    .row_size = sizeof(struct trading_fee),
    .read = trading_fee_read,
};

bool trading_fee_find_locked(struct db *db, struct arena *arena, int64_t id,
                             struct trading_fee *ret_row, struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(LISTING_BYTES_MAX);
    db_sql(db, &where, " AND id = ?", DB_ARGS(DB_I64(id)));
    struct listing listing = {.arena = arena, .where = where, .locked = true};
    return listing_find(db, &trading_fee_table, &listing, ret_row, err);
}

bool trading_fee_exists(struct db *db, const char *market_id, const char *group, int64_t except_id,
                        bool *ret_exists, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM trading_fees WHERE market_id = ? AND market_type = 'spot'"
                      " AND `group` = ? AND id <> ?",
                      DB_ARGS(DB_TEXT(market_id), DB_TEXT(group), DB_I64(except_id)), ret_exists,
                      err);
}

bool trading_fee_insert(struct db *db, struct trading_fee *row, int64_t now_us, struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(db,
                      "INSERT INTO trading_fees (market_id, market_type, `group`, maker, taker,"
                      " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?);"
                      " SELECT LAST_INSERT_ID()",
                      DB_ARGS(DB_TEXT(row->market_id), DB_TEXT(row->market_type),
                              DB_TEXT(row->group), DB_DEC(row->maker), DB_DEC(row->taker),
                              DB_TIME(now_us), DB_TIME(now_us)),
                      &row->id, err);
}

bool trading_fee_update(struct db *db, const struct trading_fee *row, int64_t now_us,
                        struct err *err)
{
    return db_exec(db,
                   "UPDATE trading_fees SET market_id = ?, market_type = ?, `group` = ?,"
                   " maker = ?, taker = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->market_id), DB_TEXT(row->market_type), DB_TEXT(row->group),
                           DB_DEC(row->maker), DB_DEC(row->taker), DB_TIME(now_us),
                           DB_I64(row->id)),
                   NULL, err);
}

bool trading_fee_delete_row(struct db *db, int64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM trading_fees WHERE id = ?", DB_ARGS(DB_I64(id)), NULL, err);
}

bool trading_fee_list(struct db *db, const struct trading_fee_filter *filter,
                      struct listing *listing, struct listed *ret_listed, struct err *err)
{
    if (filter->id != 0)
        db_sql(db, &listing->where, " AND id = ?", DB_ARGS(DB_I64(filter->id)));
    if (filter->group)
        db_sql(db, &listing->where, " AND `group` = ?", DB_ARGS(DB_TEXT(filter->group)));
    if (filter->market_id)
        db_sql(db, &listing->where, " AND market_id = ?", DB_ARGS(DB_TEXT(filter->market_id)));
    if (filter->market_type)
        db_sql(db, &listing->where, " AND market_type = ?", DB_ARGS(DB_TEXT(filter->market_type)));
    return listing_run(db, &trading_fee_table, listing, ret_listed, err);
}

/* ---- withdraw limits ---- */

static void withdraw_limit_read(struct row_reader *reader, void *to)
{
    struct withdraw_limit *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_i64(result, 0);
    row->group = row_text(reader, 1);
    row->kyc_level = row_text(reader, 2);
    row->limit_24_hour = db_get_dec(result, 3);
    row->limit_1_month = db_get_dec(result, 4);
    row->created_at = db_get_time_us(result, 5);
    row->updated_at = db_get_time_us(result, 6);
}

static const struct listing_column withdraw_limit_columns[] = {
    {"id", "id"},
    {"group", "`group`"},
    {"kyc_level", "kyc_level"},
    {"limit_24_hour", "limit_24_hour"},
    {"limit_1_month", "limit_1_month"},
    {"created_at", "created_at"},
    {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table withdraw_limit_table = {
    .count = "SELECT COUNT(*) FROM withdraw_limits WHERE TRUE",
    .select = "SELECT id, `group`, kyc_level, limit_24_hour, limit_1_month, created_at, updated_at"
              " FROM withdraw_limits WHERE TRUE",
    .columns = withdraw_limit_columns,
    .row_size = sizeof(struct withdraw_limit),
    .read = withdraw_limit_read,
};

bool withdraw_limit_find_locked(struct db *db, struct arena *arena, int64_t id,
                                struct withdraw_limit *ret_row, struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(LISTING_BYTES_MAX);
    db_sql(db, &where, " AND id = ?", DB_ARGS(DB_I64(id)));
    struct listing listing = {.arena = arena, .where = where, .locked = true};
    return listing_find(db, &withdraw_limit_table, &listing, ret_row, err);
}

bool withdraw_limit_exists(struct db *db, const char *group, const char *kyc_level,
                           int64_t except_id, bool *ret_exists, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM withdraw_limits WHERE `group` = ? AND kyc_level = ?"
                      " AND id <> ?",
                      DB_ARGS(DB_TEXT(group), DB_TEXT(kyc_level), DB_I64(except_id)), ret_exists,
                      err);
}

bool withdraw_limit_insert(struct db *db, struct withdraw_limit *row, int64_t now_us,
                           struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(db,
                      "INSERT INTO withdraw_limits (`group`, kyc_level, limit_24_hour,"
                      " limit_1_month, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?);"
                      " SELECT LAST_INSERT_ID()",
                      DB_ARGS(DB_TEXT(row->group), DB_TEXT(row->kyc_level),
                              DB_DEC(row->limit_24_hour), DB_DEC(row->limit_1_month),
                              DB_TIME(now_us), DB_TIME(now_us)),
                      &row->id, err);
}

bool withdraw_limit_update(struct db *db, const struct withdraw_limit *row, int64_t now_us,
                           struct err *err)
{
    return db_exec(db,
                   "UPDATE withdraw_limits SET `group` = ?, kyc_level = ?, limit_24_hour = ?,"
                   " limit_1_month = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->group), DB_TEXT(row->kyc_level), DB_DEC(row->limit_24_hour),
                           DB_DEC(row->limit_1_month), DB_TIME(now_us), DB_I64(row->id)),
                   NULL, err);
}

bool withdraw_limit_delete_row(struct db *db, int64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM withdraw_limits WHERE id = ?", DB_ARGS(DB_I64(id)), NULL, err);
}

bool withdraw_limit_list(struct db *db, const char *group, const char *kyc_level,
                         struct listing *listing, struct listed *ret_listed, struct err *err)
{
    if (group)
        db_sql(db, &listing->where, " AND `group` = ?", DB_ARGS(DB_TEXT(group)));
    if (kyc_level)
        db_sql(db, &listing->where, " AND kyc_level = ?", DB_ARGS(DB_TEXT(kyc_level)));
    return listing_run(db, &withdraw_limit_table, listing, ret_listed, err);
}
