#include "accounting/store/payment_addresses.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void address_read(struct row_reader *reader, void *to)
{
    struct payment_address *row = to;
    row->id = db_get_u64(reader->result, 0);
    row->member_id = db_get_u64(reader->result, 1);
    row->wallet_id = db_get_i64(reader->result, 2);
    row->blockchain_key = row_text(reader, 3);
    row->address = row_text(reader, 4);
    row->remote = db_get_bool(reader->result, 5);
    row->request_id = row_text(reader, 6);
    row->uid = row_text(reader, 7);
    row->currencies = row_text(reader, 8);
}

static const struct listing_column address_columns[] = {{"id", "p.id"}, {NULL, NULL}};

static const struct listing_table address_table = {
    .count = "SELECT COUNT(*) FROM payment_addresses p WHERE TRUE",
    .select = "SELECT p.id, p.member_id, p.wallet_id, p.blockchain_key, p.address, p.remote,"
              " p.request_id, (SELECT m.uid FROM members m WHERE m.id = p.member_id),"
              " (SELECT GROUP_CONCAT(c.currency_id ORDER BY c.currency_id SEPARATOR ',')"
              " FROM currencies_wallets c WHERE c.wallet_id = p.wallet_id)"
              " FROM payment_addresses p WHERE TRUE",
    .columns = address_columns,
    .row_size = sizeof(struct payment_address),
    .read = address_read,
};

static struct listing newest_first(struct arena *arena, size_t limit)
{
    return (struct listing){.arena = arena,
                            .where = STR_INIT(LISTING_BYTES_MAX),
                            .descending = true,
                            .uncounted = true,
                            .limit = limit};
}

static bool first_of(struct db *db, struct listing *listing, struct payment_address *ret_row,
                     struct err *err)
{
    struct listed listed;
    bool ok = listing_run(db, &address_table, listing, &listed, err);
    str_release(&listing->where);
    if (!ok)
        return false;
    if (listed.count == 0)
        return err_set(err, ERR_NOT_FOUND, "no such address");
    *ret_row = *(const struct payment_address *)listed.rows;
    return true;
}

bool payment_address_insert(struct db *db, struct payment_address *row, int64_t now_us,
                            struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO payment_addresses (member_id, wallet_id, blockchain_key, remote,"
                    " request_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?);"
                    " SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_U64(row->member_id), DB_I64(row->wallet_id),
                            DB_TEXT(row->blockchain_key), DB_I64(row->remote),
                            DB_TEXT(row->request_id), DB_TIME(now_us), DB_TIME(now_us)),
                    &id, err))
        return false;
    row->id = (uint64_t)id;
    return true;
}

bool payment_address_of_member(struct db *db, struct arena *arena, uint64_t member_id,
                               int64_t wallet_id, struct payment_address *ret_row, struct err *err)
{
    struct listing listing = newest_first(arena, 1);
    db_sql(db, &listing.where, " AND p.member_id = ? AND p.wallet_id = ? AND NOT p.remote",
           DB_ARGS(DB_U64(member_id), DB_I64(wallet_id)));
    return first_of(db, &listing, ret_row, err);
}

bool payment_address_unfilled(struct db *db, struct arena *arena, uint64_t member_id,
                              int64_t wallet_id, bool remote, struct payment_address *ret_row,
                              struct err *err)
{
    struct listing listing = newest_first(arena, 1);
    db_sql(db, &listing.where,
           " AND p.member_id = ? AND p.wallet_id = ? AND p.remote = ? AND p.address IS NULL",
           DB_ARGS(DB_U64(member_id), DB_I64(wallet_id), DB_I64(remote)));
    return first_of(db, &listing, ret_row, err);
}

bool payment_address_get(struct db *db, struct arena *arena, uint64_t id,
                         struct payment_address *ret_row, struct err *err)
{
    struct listing listing = newest_first(arena, 1);
    db_sql(db, &listing.where, " AND p.id = ?", DB_ARGS(DB_U64(id)));
    return first_of(db, &listing, ret_row, err);
}

bool payment_address_set(struct db *db, uint64_t id, const char *address, int64_t now_us,
                         bool *ret_set, struct err *err)
{
    uint64_t rows;
    if (!db_exec(db,
                 "UPDATE payment_addresses SET address = ?, updated_at = ?"
                 " WHERE id = ? AND address IS NULL",
                 DB_ARGS(DB_TEXT(address), DB_TIME(now_us), DB_U64(id)), &rows, err))
        return false;
    *ret_set = rows == 1;
    return true;
}

bool payment_address_owner(struct db *db, struct arena *arena, const char *blockchain_key,
                           const char *address, struct payment_address *ret_row, struct err *err)
{
    struct listing listing = newest_first(arena, 1);
    db_sql(db, &listing.where, " AND p.blockchain_key = ? AND p.address = ?",
           DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(address)));
    return first_of(db, &listing, ret_row, err);
}

bool payment_addresses_pending(struct db *db, struct arena *arena, size_t max,
                               struct listed *ret_listed, struct err *err)
{
    struct listing listing = newest_first(arena, max);
    str_add(&listing.where, " AND p.address IS NULL");
    bool ok = listing_run(db, &address_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool payment_addresses_of_member(struct db *db, struct arena *arena, uint64_t member_id,
                                 struct listed *ret_listed, struct err *err)
{
    struct listing listing = newest_first(arena, 0);
    db_sql(db, &listing.where, " AND p.member_id = ? AND NOT p.remote", DB_ARGS(DB_U64(member_id)));
    bool ok = listing_run(db, &address_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

static bool number_of(struct db *db, const char *sql, const struct db_value *values, size_t count,
                      int64_t *ret_number, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    *ret_number = db_row_next(rows) ? db_get_i64(rows, 0) : 0;
    return true;
}

bool deposit_wallet_find(struct db *db, const char *currency_id, const char *blockchain_key,
                         int64_t *ret_id, struct err *err)
{
    return number_of(db,
                     "SELECT w.id FROM wallets w JOIN currencies_wallets c ON c.wallet_id = w.id"
                     " WHERE w.blockchain_key = ? AND w.kind = 100 AND w.status = 'active'"
                     " AND c.currency_id = ? ORDER BY w.id LIMIT 1",
                     DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(currency_id)), ret_id, err);
}

bool wallet_kind_of_address(struct db *db, const char *blockchain_key, const char *address,
                            int64_t *ret_kind, struct err *err)
{
    return number_of(db,
                     "SELECT kind FROM wallets WHERE blockchain_key = ? AND address = ? LIMIT 1",
                     DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(address)), ret_kind, err);
}
