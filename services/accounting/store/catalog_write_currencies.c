/* catalog_write_currencies.c: currencies and the networks on which they move. */
#include "accounting/store/catalog_write.h"

#include <string.h>

#include "base/auto.h"

/* ---- currencies ---- */

static void currency_read(struct row_reader *reader, void *to)
{
    struct currency *row = to;
    const struct db_result *result = reader->result;
    db_get_chars(result, 0, row->id, sizeof(row->id));
    row->name = row_text(reader, 1);
    row->description = row_text(reader, 2);
    row->homepage = row_text(reader, 3);
    row->icon_url = row_text(reader, 4);
    row->is_coin = strcmp(db_get_text(result, 5), "coin") == 0;
    row->status = row_text(reader, 6);
    row->is_visible = row->status && strcmp(row->status, "enabled") == 0;
    row->position = (int32_t)db_get_i64(result, 7);
    row->precision = (int32_t)db_get_i64(result, 8);
    row->price = db_get_dec(result, 9);
    row->withdraw_limit_24h = db_get_dec(result, 10);
    row->withdraw_limit_72h = db_get_dec(result, 11);
    row->created_at = db_get_time_us(result, 12);
    row->updated_at = db_get_time_us(result, 13);
}

static const struct listing_column currency_columns[] = {
    {"id", "id"},
    {"code", "id"},
    {"name", "name"},
    {"type", "type"},
    {"status", "status"},
    {"position", "position"},
    {"precision", "`precision`"},
    {"price", "price"},
    {"created_at", "created_at"},
    {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table currency_table = {
    .count = "SELECT COUNT(*) FROM currencies WHERE TRUE",
    .select = "SELECT id, name, description, homepage, icon_url, type, status, position,"
              " `precision`, price, withdraw_limit_24h, withdraw_limit_72h, created_at, updated_at"
              " FROM currencies WHERE TRUE",
    .columns = currency_columns,
    .row_size = sizeof(struct currency),
    .read = currency_read,
};

static bool currency_by_id(struct db *db, struct listing *listing, const char *id,
                           struct currency *ret_row, struct err *err)
{
    db_sql(db, &listing->where, " AND id = ?", DB_ARGS(DB_TEXT(id)));
    bool found = listing_find(db, &currency_table, listing, ret_row, err);
    str_release(&listing->where);
    return found;
}

bool currency_find_locked(struct db *db, struct arena *arena, const char *id,
                          struct currency *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    return currency_by_id(db, &listing, id, ret_row, err);
}

bool currency_get(struct db *db, struct arena *arena, const char *id, struct currency *ret_row,
                  struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    return currency_by_id(db, &listing, id, ret_row, err);
}

bool currency_exists(struct db *db, const char *id, bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM currencies WHERE id = ?", DB_ARGS(DB_TEXT(id)), ret_exists,
                      err);
}

static const char *type_text(const struct currency *row)
{
    return row->is_coin ? "coin" : "fiat";
}

bool currency_insert(struct db *db, const struct currency *row, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO currencies (id, name, description, homepage, icon_url, type,"
                   " status, position, `precision`, price, withdraw_limit_24h, withdraw_limit_72h,"
                   " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_TEXT(row->id), DB_TEXT(row->name), DB_TEXT(row->description),
                           DB_TEXT(row->homepage), DB_TEXT(row->icon_url), DB_TEXT(type_text(row)),
                           DB_TEXT(row->status), DB_I64(row->position), DB_I64(row->precision),
                           DB_DEC(row->price), DB_DEC(row->withdraw_limit_24h),
                           DB_DEC(row->withdraw_limit_72h), DB_TIME(now_us), DB_TIME(now_us)),
                   NULL, err);
}

/* The type stays: ledger codes depend on it. The position is position_place()'s. */
bool currency_update(struct db *db, const struct currency *row, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE currencies SET name = ?, description = ?, homepage = ?, icon_url = ?,"
                   " status = ?, `precision` = ?, price = ?, withdraw_limit_24h = ?,"
                   " withdraw_limit_72h = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->name), DB_TEXT(row->description), DB_TEXT(row->homepage),
                           DB_TEXT(row->icon_url), DB_TEXT(row->status), DB_I64(row->precision),
                           DB_DEC(row->price), DB_DEC(row->withdraw_limit_24h),
                           DB_DEC(row->withdraw_limit_72h), DB_TIME(now_us), DB_TEXT(row->id)),
                   NULL, err);
}

bool currency_list(struct db *db, const struct currency_filter *filter, struct listing *listing,
                   struct listed *ret_listed, struct err *err)
{
    if (filter->id)
        db_sql(db, &listing->where, " AND id = ?", DB_ARGS(DB_TEXT(filter->id)));
    if (filter->type)
        db_sql(db, &listing->where, " AND type = ?", DB_ARGS(DB_TEXT(filter->type)));
    if (filter->status)
        db_sql(db, &listing->where, " AND status = ?", DB_ARGS(DB_TEXT(filter->status)));
    if (filter->visible)
        db_sql(db, &listing->where, " AND (status = 'enabled') = ?",
               DB_ARGS(DB_I64(*filter->visible)));
    return listing_run(db, &currency_table, listing, ret_listed, err);
}

/* ---- networks ---- */

static const struct blockchain *chain_read(struct row_reader *reader)
{
    const struct db_result *result = reader->result;
    if (db_is_null(result, 17))
        return NULL;
    struct blockchain *chain = arena_alloc(reader->arena, sizeof(*chain));
    if (!chain) {
        reader->failed = true;
        return NULL;
    }
    chain->id = db_get_i64(result, 17);
    chain->key = row_text(reader, 18);
    chain->name = row_text(reader, 19);
    chain->client = row_text(reader, 20);
    chain->protocol = row_text(reader, 21);
    chain->status = row_text(reader, 22);
    chain->description = row_text(reader, 23);
    chain->warning = row_text(reader, 24);
    chain->explorer_address = row_text(reader, 25);
    chain->explorer_transaction = row_text(reader, 26);
    chain->height = db_get_i64(result, 27);
    chain->min_confirmations = (int32_t)db_get_i64(result, 28);
    return chain;
}

static void network_read(struct row_reader *reader, void *to)
{
    struct network *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_i64(result, 0);
    db_get_chars(result, 1, row->currency_id, sizeof(row->currency_id));
    row->blockchain_key = row_text(reader, 2);
    row->parent_id = row_text(reader, 3);
    row->deposit_fee = db_get_dec(result, 4);
    row->min_deposit_amount = db_get_dec(result, 5);
    row->min_collection_amount = db_get_dec(result, 6);
    row->withdraw_fee = db_get_dec(result, 7);
    row->min_withdraw_amount = db_get_dec(result, 8);
    row->deposit_enabled = db_get_bool(result, 9);
    row->withdrawal_enabled = db_get_bool(result, 10);
    row->auto_update_fees_enabled = db_get_bool(result, 11);
    row->base_factor = db_get_i64(result, 12);
    row->status = row_text(reader, 13);
    row->options = row_text(reader, 14);
    row->created_at = db_get_time_us(result, 15);
    row->updated_at = db_get_time_us(result, 16);
    row->blockchain = chain_read(reader);
}

static const struct listing_column network_columns[] = {
    {"id", "n.id"},
    {"currency_id", "n.currency_id"},
    {"blockchain_key", "n.blockchain_key"},
    {"parent_id", "n.parent_id"},
    {"status", "n.status"},
    {"deposit_fee", "n.deposit_fee"},
    {"min_deposit_amount", "n.min_deposit_amount"},
    {"withdraw_fee", "n.withdraw_fee"},
    {"min_withdraw_amount", "n.min_withdraw_amount"},
    {"created_at", "n.created_at"},
    {"updated_at", "n.updated_at"},
    {NULL, NULL},
};

static const struct listing_table network_table = {
    .count = "SELECT COUNT(*) FROM blockchain_currencies n WHERE TRUE",
    .select = "SELECT n.id, n.currency_id, n.blockchain_key, n.parent_id, n.deposit_fee,"
              " n.min_deposit_amount, n.min_collection_amount, n.withdraw_fee,"
              " n.min_withdraw_amount, n.deposit_enabled, n.withdrawal_enabled,"
              " n.auto_update_fees_enabled, n.base_factor, n.status, n.options, n.created_at,"
              " n.updated_at, b.id, b.`key`, b.name, b.client, b.protocol, b.status,"
              " b.description, b.warning, b.explorer_address, b.explorer_transaction, b.height,"
              " b.min_confirmations FROM blockchain_currencies n"
              " LEFT JOIN blockchains b ON b.`key` = n.blockchain_key WHERE TRUE",
    .columns = network_columns,
    .row_size = sizeof(struct network),
    .read = network_read,
};

bool network_find_locked(struct db *db, struct arena *arena, int64_t id, struct network *ret_row,
                         struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(LISTING_BYTES_MAX);
    db_sql(db, &where, " AND n.id = ?", DB_ARGS(DB_I64(id)));
    struct listing listing = {.arena = arena, .where = where, .locked = true};
    return listing_find(db, &network_table, &listing, ret_row, err);
}

bool network_find_of_currency_locked(struct db *db, struct arena *arena, const char *currency_id,
                                     struct network *ret_row, struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(LISTING_BYTES_MAX);
    db_sql(db, &where, " AND n.currency_id = ? ORDER BY n.id", DB_ARGS(DB_TEXT(currency_id)));
    struct listing listing = {.arena = arena, .where = where, .locked = true};
    return listing_find(db, &network_table, &listing, ret_row, err);
}

bool network_exists(struct db *db, const char *currency_id, const char *blockchain_key,
                    int64_t except_id, bool *ret_exists, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM blockchain_currencies WHERE currency_id = ?"
                      " AND blockchain_key <=> ? AND id <> ?",
                      DB_ARGS(DB_TEXT(currency_id), DB_TEXT(blockchain_key), DB_I64(except_id)),
                      ret_exists, err);
}

bool currency_has_parent(struct db *db, const char *id, bool *ret_has, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM blockchain_currencies WHERE currency_id = ?"
                      " AND parent_id IS NOT NULL",
                      DB_ARGS(DB_TEXT(id)), ret_has, err);
}

bool network_insert(struct db *db, struct network *row, int64_t now_us, struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(
        db,
        "INSERT INTO blockchain_currencies (currency_id, blockchain_key, parent_id, deposit_fee,"
        " min_deposit_amount, min_collection_amount, withdraw_fee, min_withdraw_amount,"
        " deposit_enabled, withdrawal_enabled, auto_update_fees_enabled, base_factor, status,"
        " options, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
        DB_ARGS(DB_TEXT(row->currency_id), DB_TEXT(row->blockchain_key), DB_TEXT(row->parent_id),
                DB_DEC(row->deposit_fee), DB_DEC(row->min_deposit_amount),
                DB_DEC(row->min_collection_amount), DB_DEC(row->withdraw_fee),
                DB_DEC(row->min_withdraw_amount), DB_I64(row->deposit_enabled),
                DB_I64(row->withdrawal_enabled), DB_I64(row->auto_update_fees_enabled),
                DB_I64(row->base_factor), DB_TEXT(row->status), DB_TEXT(row->options),
                DB_TIME(now_us), DB_TIME(now_us)),
        &row->id, err);
}

/* currency_id and base_factor stay: amounts on the chain are read by them. */
bool network_update(struct db *db, const struct network *row, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "UPDATE blockchain_currencies SET blockchain_key = ?, parent_id = ?, deposit_fee = ?,"
        " min_deposit_amount = ?, min_collection_amount = ?, withdraw_fee = ?,"
        " min_withdraw_amount = ?, deposit_enabled = ?, withdrawal_enabled = ?,"
        " auto_update_fees_enabled = ?, status = ?, options = ?, updated_at = ? WHERE id = ?",
        DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->parent_id), DB_DEC(row->deposit_fee),
                DB_DEC(row->min_deposit_amount), DB_DEC(row->min_collection_amount),
                DB_DEC(row->withdraw_fee), DB_DEC(row->min_withdraw_amount),
                DB_I64(row->deposit_enabled), DB_I64(row->withdrawal_enabled),
                DB_I64(row->auto_update_fees_enabled), DB_TEXT(row->status), DB_TEXT(row->options),
                DB_TIME(now_us), DB_I64(row->id)),
        NULL, err);
}

bool network_delete(struct db *db, int64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM blockchain_currencies WHERE id = ?", DB_ARGS(DB_I64(id)), NULL,
                   err);
}

bool network_list(struct db *db, const struct network_filter *filter, struct listing *listing,
                  struct listed *ret_listed, struct err *err)
{
    if (filter->id != 0)
        db_sql(db, &listing->where, " AND n.id = ?", DB_ARGS(DB_I64(filter->id)));
    if (filter->currency_id)
        db_sql(db, &listing->where, " AND n.currency_id = ?",
               DB_ARGS(DB_TEXT(filter->currency_id)));
    if (filter->blockchain_key)
        db_sql(db, &listing->where, " AND n.blockchain_key = ?",
               DB_ARGS(DB_TEXT(filter->blockchain_key)));
    if (filter->status)
        db_sql(db, &listing->where, " AND n.status = ?", DB_ARGS(DB_TEXT(filter->status)));
    if (filter->deposit_enabled)
        db_sql(db, &listing->where, " AND n.deposit_enabled = ?",
               DB_ARGS(DB_I64(*filter->deposit_enabled)));
    if (filter->withdrawal_enabled)
        db_sql(db, &listing->where, " AND n.withdrawal_enabled = ?",
               DB_ARGS(DB_I64(*filter->withdrawal_enabled)));
    return listing_run(db, &network_table, listing, ret_listed, err);
}
