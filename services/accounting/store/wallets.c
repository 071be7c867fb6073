#include "accounting/store/wallets.h"

/* ---- wallets ---- */

static void wallet_read(struct row_reader *reader, void *to)
{
    struct wallet_row *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_i64(result, 0);
    row->blockchain_key = row_text(reader, 1);
    row->name = row_text(reader, 2);
    row->address = row_text(reader, 3);
    row->kind = db_get_i64(result, 4);
    row->gateway = row_text(reader, 5);
    row->settings = row_text(reader, 6);
    row->balance = row_text(reader, 7);
    row->max_balance = db_get_dec(result, 8);
    row->status = row_text(reader, 9);
    row->protocol = row_text(reader, 10);
    row->currencies = row_text(reader, 11);
    row->created_at = db_get_time_us(result, 12);
    row->updated_at = db_get_time_us(result, 13);
    row->balance_at = db_get_time_us(result, 14);
}

static const struct listing_column wallet_columns[] = {
    {"id", "w.id"},
    {"blockchain_key", "w.blockchain_key"},
    {"name", "w.name"},
    {"kind", "w.kind"},
    {"gateway", "w.gateway"},
    {"address", "w.address"},
    {"max_balance", "w.max_balance"},
    {"status", "w.status"},
    {"created_at", "w.created_at"},
    {"updated_at", "w.updated_at"},
    {NULL, NULL},
};

static const struct listing_table wallet_table = {
    .count = "SELECT COUNT(*) FROM wallets w WHERE TRUE",
    .select = "SELECT w.id, w.blockchain_key, w.name, w.address, w.kind, w.gateway, w.settings,"
              " w.balance, w.max_balance, w.status,"
              " (SELECT b.protocol FROM blockchains b WHERE b.`key` = w.blockchain_key),"
              " (SELECT GROUP_CONCAT(c.currency_id ORDER BY c.currency_id SEPARATOR ',')"
              " FROM currencies_wallets c WHERE c.wallet_id = w.id), w.created_at, w.updated_at,"
              " w.balance_at FROM wallets w WHERE TRUE",
    .columns = wallet_columns,
    .row_size = sizeof(struct wallet_row),
    .read = wallet_read,
};

static bool wallet_by_id(struct db *db, struct arena *arena, int64_t id, bool locked,
                         struct wallet_row *ret_row, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = locked};
    db_sql(db, &listing.where, " AND w.id = ?", DB_ARGS(DB_I64(id)));
    bool found = listing_find(db, &wallet_table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

bool wallet_find_locked(struct db *db, struct arena *arena, int64_t id, struct wallet_row *ret_row,
                        struct err *err)
{
    return wallet_by_id(db, arena, id, true, ret_row, err);
}

bool wallet_get(struct db *db, struct arena *arena, int64_t id, struct wallet_row *ret_row,
                struct err *err)
{
    return wallet_by_id(db, arena, id, false, ret_row, err);
}

bool wallet_exists(struct db *db, const char *blockchain_key, const char *name, bool *ret_exists,
                   struct err *err)
{
    return row_exists(db, "SELECT 1 FROM wallets WHERE blockchain_key = ? AND name = ?",
                      DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(name)), ret_exists, err);
}

bool wallet_insert(struct db *db, struct wallet_row *row, int64_t now_us, struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(db,
                      "INSERT INTO wallets (blockchain_key, name, address, kind, gateway,"
                      " settings, max_balance, status, created_at, updated_at)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
                      DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->name),
                              DB_TEXT(row->address ? row->address : ""), DB_I64(row->kind),
                              DB_TEXT(row->gateway), DB_TEXT(row->settings),
                              DB_DEC(row->max_balance), DB_TEXT(row->status), DB_TIME(now_us),
                              DB_TIME(now_us)),
                      &row->id, err);
}

bool wallet_update(struct db *db, const struct wallet_row *row, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE wallets SET blockchain_key = ?, name = ?, address = ?, kind = ?,"
                   " gateway = ?, settings = ?, max_balance = ?, status = ?, updated_at = ?"
                   " WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->name),
                           DB_TEXT(row->address ? row->address : ""), DB_I64(row->kind),
                           DB_TEXT(row->gateway), DB_TEXT(row->settings), DB_DEC(row->max_balance),
                           DB_TEXT(row->status), DB_TIME(now_us), DB_I64(row->id)),
                   NULL, err);
}

static void where_currencies(struct db *db, const struct wallet_filter *filter, struct str *where)
{
    if (filter->currencies_count == 0)
        return;
    str_add(where, " AND EXISTS (SELECT 1 FROM currencies_wallets c WHERE c.wallet_id = w.id"
                   " AND c.currency_id IN (");
    for (size_t i = 0; i < filter->currencies_count; i++)
        db_sql(db, where, i > 0 ? ", ?" : "?", DB_ARGS(DB_TEXT(filter->currencies[i])));
    str_add(where, "))");
}

bool wallet_list(struct db *db, const struct wallet_filter *filter, struct listing *listing,
                 struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    if (filter->blockchain_key)
        db_sql(db, where, " AND w.blockchain_key = ?", DB_ARGS(DB_TEXT(filter->blockchain_key)));
    if (filter->status)
        db_sql(db, where, " AND w.status = ?", DB_ARGS(DB_TEXT(filter->status)));
    if (filter->kind)
        db_sql(db, where, " AND w.kind = ?", DB_ARGS(DB_I64(filter->kind)));
    where_currencies(db, filter, where);
    return listing_run(db, &wallet_table, listing, ret_listed, err);
}

bool wallet_balance_set(struct db *db, int64_t id, const char *balance_json, int64_t now_us,
                        struct err *err)
{
    return db_exec(db, "UPDATE wallets SET balance = ?, balance_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(balance_json), DB_TIME(now_us), DB_I64(id)), NULL, err);
}

bool wallet_address_set(struct db *db, int64_t id, const char *address, int64_t now_us,
                        struct err *err)
{
    return db_exec(db,
                   "UPDATE wallets SET address = ?, updated_at = ? WHERE id = ?"
                   " AND address IN ('', '" WALLET_ADDRESS_CHANGEME "')",
                   DB_ARGS(DB_TEXT(address), DB_TIME(now_us), DB_I64(id)), NULL, err);
}

bool wallet_currency_add(struct db *db, int64_t wallet_id, const char *currency_id, struct err *err)
{
    return db_exec(db,
                   "INSERT IGNORE INTO currencies_wallets (currency_id, wallet_id) VALUES (?, ?)",
                   DB_ARGS(DB_TEXT(currency_id), DB_I64(wallet_id)), NULL, err);
}

bool wallet_currency_remove(struct db *db, int64_t wallet_id, const char *currency_id,
                            bool *ret_was, struct err *err)
{
    uint64_t rows;
    if (!db_exec(db, "DELETE FROM currencies_wallets WHERE wallet_id = ? AND currency_id = ?",
                 DB_ARGS(DB_I64(wallet_id), DB_TEXT(currency_id)), &rows, err))
        return false;
    *ret_was = rows > 0;
    return true;
}

bool wallets_link_token(struct db *db, const char *token_id, const char *parent_id,
                        const char *blockchain_key, struct err *err)
{
    return db_exec(db,
                   "INSERT IGNORE INTO currencies_wallets (currency_id, wallet_id)"
                   " SELECT ?, w.id FROM wallets w JOIN currencies_wallets c ON c.wallet_id = w.id"
                   " WHERE w.blockchain_key = ? AND w.status = 'active' AND w.kind <> 200"
                   " AND c.currency_id = ?",
                   DB_ARGS(DB_TEXT(token_id), DB_TEXT(blockchain_key), DB_TEXT(parent_id)), NULL,
                   err);
}

bool wallet_currencies_clear(struct db *db, int64_t wallet_id, struct err *err)
{
    return db_exec(db, "DELETE FROM currencies_wallets WHERE wallet_id = ?",
                   DB_ARGS(DB_I64(wallet_id)), NULL, err);
}

/* ---- whitelisted smart contracts ---- */

static void contract_read(struct row_reader *reader, void *to)
{
    struct contract_row *row = to;
    row->id = db_get_i64(reader->result, 0);
    row->blockchain_key = row_text(reader, 1);
    row->address = row_text(reader, 2);
    row->description = row_text(reader, 3);
    row->state = row_text(reader, 4);
    row->created_at = db_get_time_us(reader->result, 5);
    row->updated_at = db_get_time_us(reader->result, 6);
}

static const struct listing_column contract_columns[] = {
    {"id", "id"},       {"blockchain_key", "blockchain_key"}, {"address", "address"},
    {"state", "state"}, {"created_at", "created_at"},         {"updated_at", "updated_at"},
    {NULL, NULL},
};

static const struct listing_table contract_table = {
    .count = "SELECT COUNT(*) FROM whitelisted_smart_contracts WHERE TRUE",
    .select = "SELECT id, blockchain_key, address, description, state, created_at, updated_at"
              " FROM whitelisted_smart_contracts WHERE TRUE",
    .columns = contract_columns,
    .row_size = sizeof(struct contract_row),
    .read = contract_read,
};

static bool contract_by_id(struct db *db, struct arena *arena, int64_t id, bool locked,
                           struct contract_row *ret_row, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = locked};
    db_sql(db, &listing.where, " AND id = ?", DB_ARGS(DB_I64(id)));
    bool found = listing_find(db, &contract_table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

bool contract_find_locked(struct db *db, struct arena *arena, int64_t id,
                          struct contract_row *ret_row, struct err *err)
{
    return contract_by_id(db, arena, id, true, ret_row, err);
}

bool contract_get(struct db *db, struct arena *arena, int64_t id, struct contract_row *ret_row,
                  struct err *err)
{
    return contract_by_id(db, arena, id, false, ret_row, err);
}

bool contract_exists(struct db *db, const char *blockchain_key, const char *address,
                     int64_t except_id, bool *ret_exists, struct err *err)
{
    return row_exists(db,
                      "SELECT 1 FROM whitelisted_smart_contracts WHERE blockchain_key = ?"
                      " AND address = ? AND id <> ?",
                      DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(address), DB_I64(except_id)),
                      ret_exists, err);
}

bool contract_insert(struct db *db, struct contract_row *row, int64_t now_us, struct err *err)
{
    row->created_at = row->updated_at = now_us;
    return row_insert(db,
                      "INSERT INTO whitelisted_smart_contracts (blockchain_key, address,"
                      " description, state, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?);"
                      " SELECT LAST_INSERT_ID()",
                      DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->address),
                              DB_TEXT(row->description), DB_TEXT(row->state), DB_TIME(now_us),
                              DB_TIME(now_us)),
                      &row->id, err);
}

bool contract_update(struct db *db, const struct contract_row *row, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE whitelisted_smart_contracts SET blockchain_key = ?, address = ?,"
                   " description = ?, state = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(row->blockchain_key), DB_TEXT(row->address),
                           DB_TEXT(row->description), DB_TEXT(row->state), DB_TIME(now_us),
                           DB_I64(row->id)),
                   NULL, err);
}

bool contract_list(struct db *db, const struct contract_filter *filter, struct listing *listing,
                   struct listed *ret_listed, struct err *err)
{
    if (filter->blockchain_key)
        db_sql(db, &listing->where, " AND blockchain_key = ?",
               DB_ARGS(DB_TEXT(filter->blockchain_key)));
    return listing_run(db, &contract_table, listing, ret_listed, err);
}
