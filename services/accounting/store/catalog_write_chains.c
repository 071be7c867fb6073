/* catalog_write_chains.c: blockchains, engines, the chart of accounts. */
#include "accounting/store/catalog_write.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

/* ---- the chart of accounts ---- */

bool operations_account_exists(struct db *db, int64_t code, bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM operations_accounts WHERE code = ?", DB_ARGS(DB_I64(code)),
                      ret_exists, err);
}

bool operations_account_insert(struct db *db, const struct operations_account_row *row,
                               struct err *err)
{
    return db_exec(db,
                   "INSERT INTO operations_accounts (code, type, kind, currency_type, description,"
                   " scope) VALUES (?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_I64(row->code), DB_TEXT(row->type), DB_TEXT(row->kind),
                           DB_TEXT(row->currency_type), DB_TEXT(row->description),
                           DB_TEXT(row->scope)),
                   NULL, err);
}

/* ---- blockchains ---- */

static void blockchain_read(struct row_reader *reader, void *to)
{
    struct blockchain_row *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_i64(result, 0);
    row->key = row_text(reader, 1);
    row->name = row_text(reader, 2);
    row->client = row_text(reader, 3);
    row->server = row_text(reader, 4);
    row->protocol = row_text(reader, 5);
    row->status = row_text(reader, 6);
    row->description = row_text(reader, 7);
    row->warning = row_text(reader, 8);
    row->collection_gas_speed = row_text(reader, 9);
    row->withdrawal_gas_speed = row_text(reader, 10);
    row->explorer_address = row_text(reader, 11);
    row->explorer_transaction = row_text(reader, 12);
    row->height = db_get_i64(result, 13);
    row->min_confirmations = db_get_i64(result, 14);
    row->min_deposit_amount = db_get_dec(result, 15);
    row->withdraw_fee = db_get_dec(result, 16);
    row->min_withdraw_amount = db_get_dec(result, 17);
    row->created_at = db_get_time_us(result, 18);
    row->updated_at = db_get_time_us(result, 19);
}

static const struct listing_column blockchain_columns[] = {
    {"id", "id"},
    {"key", "`key`"},
    {"name", "name"},
    {"client", "client"},
    {"height", "height"},
    {"status", "status"},
    {"protocol", "protocol"},
    {"min_confirmations", "min_confirmations"},
    {"created_at", "created_at"},
    {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table blockchain_table = {
    .count = "SELECT COUNT(*) FROM blockchains WHERE TRUE",
    .select = "SELECT id, `key`, name, client, server, protocol, status, description, warning,"
              " collection_gas_speed, withdrawal_gas_speed, explorer_address,"
              " explorer_transaction, height, min_confirmations, min_deposit_amount, withdraw_fee,"
              " min_withdraw_amount, created_at, updated_at FROM blockchains WHERE TRUE",
    .columns = blockchain_columns,
    .row_size = sizeof(struct blockchain_row),
    .read = blockchain_read,
};

static bool blockchain_by_id(struct db *db, struct listing *listing, int64_t id,
                             struct blockchain_row *ret_row, struct err *err)
{
    db_sql(db, &listing->where, " AND id = ?", DB_ARGS(DB_I64(id)));
    bool found = listing_find(db, &blockchain_table, listing, ret_row, err);
    str_release(&listing->where);
    return found;
}

bool blockchain_find_locked(struct db *db, struct arena *arena, int64_t id,
                            struct blockchain_row *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    return blockchain_by_id(db, &listing, id, ret_row, err);
}

bool blockchain_get(struct db *db, struct arena *arena, int64_t id, struct blockchain_row *ret_row,
                    struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    return blockchain_by_id(db, &listing, id, ret_row, err);
}

bool blockchain_key_exists(struct db *db, const char *key, bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM blockchains WHERE `key` = ?", DB_ARGS(DB_TEXT(key)),
                      ret_exists, err);
}

bool blockchain_insert(struct db *db, struct blockchain_row *row, int64_t now_us, struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(
        db,
        "INSERT INTO blockchains (`key`, name, client, server, protocol, status, description,"
        " warning, collection_gas_speed, withdrawal_gas_speed, explorer_address,"
        " explorer_transaction, height, min_confirmations, min_deposit_amount, withdraw_fee,"
        " min_withdraw_amount, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
        " SELECT LAST_INSERT_ID()",
        DB_ARGS(DB_TEXT(row->key), DB_TEXT(row->name), DB_TEXT(row->client), DB_TEXT(row->server),
                DB_TEXT(row->protocol), DB_TEXT(row->status), DB_TEXT(row->description),
                DB_TEXT(row->warning), DB_TEXT(row->collection_gas_speed),
                DB_TEXT(row->withdrawal_gas_speed), DB_TEXT(row->explorer_address),
                DB_TEXT(row->explorer_transaction), DB_I64(row->height),
                DB_I64(row->min_confirmations), DB_DEC(row->min_deposit_amount),
                DB_DEC(row->withdraw_fee), DB_DEC(row->min_withdraw_amount), DB_TIME(now_us),
                DB_TIME(now_us)),
        &row->id, err);
}

bool blockchain_update(struct db *db, const struct blockchain_row *row, int64_t now_us,
                       struct err *err)
{
    return db_exec(
        db,
        "UPDATE blockchains SET `key` = ?, name = ?, client = ?, server = ?, protocol = ?,"
        " status = ?, description = ?, warning = ?, collection_gas_speed = ?,"
        " withdrawal_gas_speed = ?, explorer_address = ?, explorer_transaction = ?, height = ?,"
        " min_confirmations = ?, min_deposit_amount = ?, withdraw_fee = ?, min_withdraw_amount = ?,"
        " updated_at = ? WHERE id = ?",
        DB_ARGS(DB_TEXT(row->key), DB_TEXT(row->name), DB_TEXT(row->client), DB_TEXT(row->server),
                DB_TEXT(row->protocol), DB_TEXT(row->status), DB_TEXT(row->description),
                DB_TEXT(row->warning), DB_TEXT(row->collection_gas_speed),
                DB_TEXT(row->withdrawal_gas_speed), DB_TEXT(row->explorer_address),
                DB_TEXT(row->explorer_transaction), DB_I64(row->height),
                DB_I64(row->min_confirmations), DB_DEC(row->min_deposit_amount),
                DB_DEC(row->withdraw_fee), DB_DEC(row->min_withdraw_amount), DB_TIME(now_us),
                DB_I64(row->id)),
        NULL, err);
}

bool blockchain_server_replace(struct db *db, int64_t id, const char *was, const char *server,
                               struct err *err)
{
    return db_exec(db, "UPDATE blockchains SET server = ? WHERE id = ? AND server = ?",
                   DB_ARGS(DB_TEXT(server), DB_I64(id), DB_TEXT(was)), NULL, err);
}

bool blockchain_list(struct db *db, const struct blockchain_filter *filter, struct listing *listing,
                     struct listed *ret_listed, struct err *err)
{
    if (filter->key)
        db_sql(db, &listing->where, " AND `key` = ?", DB_ARGS(DB_TEXT(filter->key)));
    if (filter->client)
        db_sql(db, &listing->where, " AND client = ?", DB_ARGS(DB_TEXT(filter->client)));
    if (filter->status)
        db_sql(db, &listing->where, " AND status = ?", DB_ARGS(DB_TEXT(filter->status)));
    if (filter->name)
        db_sql(db, &listing->where, " AND name = ?", DB_ARGS(DB_TEXT(filter->name)));
    return listing_run(db, &blockchain_table, listing, ret_listed, err);
}

/* ---- engines ---- */

static void engine_read(struct row_reader *reader, void *to)
{
    struct engine_row *row = to;
    row->id = db_get_i64(reader->result, 0);
    row->name = row_text(reader, 1);
    row->driver = row_text(reader, 2);
    row->uid = row_text(reader, 3);
    row->url = row_text(reader, 4);
    row->key = row_text(reader, 5);
    row->secret = row_text(reader, 6);
    row->data = row_text(reader, 7);
    row->state = db_get_i64(reader->result, 8);
    row->created_at = db_get_time_us(reader->result, 9);
    row->updated_at = db_get_time_us(reader->result, 10);
}

static const struct listing_column engine_columns[] = {
    {"id", "id"},   {"name", "name"},   {"driver", "driver"},         {"uid", "uid"},
    {"url", "url"}, {"state", "state"}, {"created_at", "created_at"}, {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table engine_table = {
    .count = "SELECT COUNT(*) FROM engines WHERE TRUE",
    .select = "SELECT id, name, driver, uid, url, `key`, secret, data, state, created_at,"
              " updated_at FROM engines WHERE TRUE",
    .columns = engine_columns,
    .row_size = sizeof(struct engine_row),
    .read = engine_read,
};

static bool engine_by_id(struct db *db, struct listing *listing, int64_t id,
                         struct engine_row *ret_row, struct err *err)
{
    db_sql(db, &listing->where, " AND id = ?", DB_ARGS(DB_I64(id)));
    bool found = listing_find(db, &engine_table, listing, ret_row, err);
    str_release(&listing->where);
    return found;
}

bool engine_find_locked(struct db *db, struct arena *arena, int64_t id, struct engine_row *ret_row,
                        struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    return engine_by_id(db, &listing, id, ret_row, err);
}

bool engine_get(struct db *db, struct arena *arena, int64_t id, struct engine_row *ret_row,
                struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    return engine_by_id(db, &listing, id, ret_row, err);
}

bool engine_id_of(struct db *db, const char *name, int64_t *ret_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT id FROM engines WHERE name = ?", DB_ARGS(DB_TEXT(name)), &result,
                  err))
        return false;
    *ret_id = db_row_next(result) ? db_get_i64(result, 0) : 0;
    return true;
}

bool engine_exists(struct db *db, int64_t id, bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM engines WHERE id = ?", DB_ARGS(DB_I64(id)), ret_exists,
                      err);
}

bool engine_insert(struct db *db, struct engine_row *row, int64_t now_us, struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(db,
                      "INSERT INTO engines (name, driver, uid, url, `key`, secret, data, state,"
                      " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
                      " SELECT LAST_INSERT_ID()",
                      DB_ARGS(DB_TEXT(row->name), DB_TEXT(row->driver), DB_TEXT(row->uid),
                              DB_TEXT(row->url), DB_TEXT(row->key), DB_TEXT(row->secret),
                              DB_TEXT(row->data), DB_I64(row->state), DB_TIME(now_us),
                              DB_TIME(now_us)),
                      &row->id, err);
}

bool engine_update(struct db *db, const struct engine_row *row, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE engines SET name = ?, driver = ?, uid = ?, url = ?, `key` = ?,"
                   " secret = ?, data = ?, state = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->name), DB_TEXT(row->driver), DB_TEXT(row->uid),
                           DB_TEXT(row->url), DB_TEXT(row->key), DB_TEXT(row->secret),
                           DB_TEXT(row->data), DB_I64(row->state), DB_TIME(now_us),
                           DB_I64(row->id)),
                   NULL, err);
}

bool engine_list(struct db *db, const char *name, struct listing *listing,
                 struct listed *ret_listed, struct err *err)
{
    if (name)
        db_sql(db, &listing->where, " AND name = ?", DB_ARGS(DB_TEXT(name)));
    return listing_run(db, &engine_table, listing, ret_listed, err);
}
