#include "accounting/store/withdraws.h"

#include "accounting/store/sql.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void withdraw_read(struct row_reader *reader, void *to)
{
    struct withdraw *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_u64(result, 0);
    row->member_id = db_get_u64(result, 1);
    row->beneficiary_id = db_get_u64(result, 2);
    db_get_chars(result, 3, row->currency_id, sizeof(row->currency_id));
    row->blockchain_key = row_text(reader, 4);
    row->amount = db_get_dec(result, 5);
    row->fee = db_get_dec(result, 6);
    row->sum = db_get_dec(result, 7);
    row->txid = row_text(reader, 8);
    if (!withdraw_state_of(db_get_text(result, 9), &row->state))
        reader->failed = true;
    row->has_block = !db_is_null(result, 10);
    row->block_number = row->has_block ? db_get_i64(result, 10) : 0;
    row->has_confirmations = !db_is_null(result, 11);
    row->confirmations = row->has_confirmations ? db_get_i64(result, 11) : 0;
    row->is_coin = db_get_text(result, 12)[0] == 'c';
    row->transfer_type = db_get_i64(result, 13);
    row->tid = row_text(reader, 14);
    row->rid = row_text(reader, 15);
    row->note = row_text(reader, 16);
    row->metadata = row_text(reader, 17);
    row->error = row_text(reader, 18);
    row->completed_at = db_get_time_us(result, 19);
    row->reason = row_text(reader, 20);
    row->receiver_id = db_get_u64(result, 21);
    row->created_at = db_get_time_us(result, 22);
    row->updated_at = db_get_time_us(result, 23);
    row->uid = row_text(reader, 24);
    row->email = row_text(reader, 25);
}

static const struct listing_column columns[] = {
    {"id", "w.id"},
    {"currency_id", "w.currency_id"},
    {"amount", "w.amount"},
    {"fee", "w.fee"},
    {"sum", "w.sum"},
    {"state", "w.aasm_state"},
    {"aasm_state", "w.aasm_state"},
    {"txid", "w.txid"},
    {"tid", "w.tid"},
    {"rid", "w.rid"},
    {"member_id", "w.member_id"},
    {"created_at", "w.created_at"},
    {"updated_at", "w.updated_at"},
    {"completed_at", "w.completed_at"},
    {NULL, NULL},
};

static const struct listing_table table = {
    .count = "SELECT COUNT(*) FROM withdraws w WHERE TRUE",
    .select = "SELECT w.id, w.member_id, w.beneficiary_id, w.currency_id, w.blockchain_key,"
              " w.amount, w.fee, w.sum, w.txid, w.aasm_state, w.block_number, w.confirmations,"
              " w.type, w.transfer_type, w.tid, w.rid, w.note, w.metadata, w.error,"
              " w.completed_at, w.reason, w.receiver_id, w.created_at, w.updated_at,"
              " (SELECT uid FROM members WHERE id = w.member_id),"
              " (SELECT email FROM members WHERE id = w.member_id) FROM withdraws w WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct withdraw),
    .read = withdraw_read,
};

static struct db_value id_or_null(uint64_t id)
{
    return id ? DB_U64(id) : DB_NULL;
}

bool withdraw_insert(struct db *db, struct withdraw *row, struct err *err)
{
    int64_t id;
    if (!row_insert(
            db,
            "INSERT INTO withdraws (member_id, beneficiary_id, currency_id, blockchain_key, amount,"
            " fee, sum, aasm_state, type, transfer_type, tid, rid, note, reason, receiver_id,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
            " SELECT LAST_INSERT_ID()",
            DB_ARGS(DB_U64(row->member_id), id_or_null(row->beneficiary_id),
                    DB_TEXT(row->currency_id), DB_TEXT(row->blockchain_key), DB_DEC(row->amount),
                    DB_DEC(row->fee), DB_DEC(row->sum), DB_TEXT(withdraw_state_word(row->state)),
                    DB_TEXT(row->is_coin ? "coin" : "fiat"), DB_I64(row->transfer_type),
                    DB_TEXT(row->tid), DB_TEXT(row->rid), DB_TEXT(row->note), DB_TEXT(row->reason),
                    id_or_null(row->receiver_id), DB_TIME(row->created_at),
                    DB_TIME(row->updated_at)),
            &id, err))
        return false;
    row->id = (uint64_t)id;
    return true;
}

bool withdraw_update(struct db *db, const struct withdraw *row, struct err *err)
{
    return db_exec(
        db,
        "UPDATE withdraws SET aasm_state = ?, txid = ?, block_number = ?, confirmations = ?,"
        " metadata = ?, error = ?, reason = ?, completed_at = ?, updated_at = ? WHERE id = ?",
        DB_ARGS(DB_TEXT(withdraw_state_word(row->state)), DB_TEXT(row->txid),
                row->has_block ? DB_I64(row->block_number) : DB_NULL,
                row->has_confirmations ? DB_I64(row->confirmations) : DB_NULL,
                DB_TEXT(row->metadata), DB_TEXT(row->error), DB_TEXT(row->reason),
                DB_TIME(row->completed_at), DB_TIME(row->updated_at), DB_U64(row->id)),
        NULL, err);
}

static bool by_id(struct db *db, struct listing *listing, uint64_t id, uint64_t member_id,
                  struct withdraw *ret_row, struct err *err)
{
    db_sql(db, &listing->where, " AND w.id = ?", DB_ARGS(DB_U64(id)));
    if (member_id)
        db_sql(db, &listing->where, " AND w.member_id = ?", DB_ARGS(DB_U64(member_id)));
    bool found = listing_find(db, &table, listing, ret_row, err);
    str_release(&listing->where);
    return found;
}

bool withdraw_find(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                   struct withdraw *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    return by_id(db, &listing, id, member_id, ret_row, err);
}

bool withdraw_find_locked(struct db *db, struct arena *arena, uint64_t id, uint64_t member_id,
                          struct withdraw *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    return by_id(db, &listing, id, member_id, ret_row, err);
}

bool withdraw_find_by_tid(struct db *db, struct arena *arena, const char *tid,
                          struct withdraw *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
    db_sql(db, &listing.where, " AND w.tid = ?", DB_ARGS(DB_TEXT(tid)));
    bool found = listing_find(db, &table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

/* ---- lists ---- */

static void where_states(struct db *db, struct str *where, uint32_t states)
{
    bool first = true;
    str_add(where, " AND w.aasm_state IN (");
    for (unsigned state = 0; state < WITHDRAW_STATES_COUNT; state++) {
        if (!(states & 1u << state))
            continue;
        db_sql(db, where, first ? "?" : ", ?",
               DB_ARGS(DB_TEXT(withdraw_state_word((enum withdraw_state)state))));
        first = false;
    }
    str_add_char(where, ')');
}

static void where_time(struct db *db, struct str *where, const struct withdraw_filter *filter)
{
    static const char *const from[] = {" AND w.created_at >= ?", " AND w.updated_at >= ?",
                                       " AND w.completed_at >= ?"};
    static const char *const to[] = {" AND w.created_at <= ?", " AND w.updated_at <= ?",
                                     " AND w.completed_at <= ?"};
    if (filter->from_us != 0)
        db_sql(db, where, from[filter->time], DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us != 0)
        db_sql(db, where, to[filter->time], DB_ARGS(DB_TIME(filter->to_us)));
}

bool withdraw_list(struct db *db, const struct withdraw_filter *filter, struct listing *listing,
                   struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    if (filter->member_id)
        db_sql(db, where, " AND w.member_id = ?", DB_ARGS(DB_U64(filter->member_id)));
    if (filter->id)
        db_sql(db, where, " AND w.id = ?", DB_ARGS(DB_U64(filter->id)));
    if (filter->currency_id)
        db_sql(db, where, " AND w.currency_id = ?", DB_ARGS(DB_TEXT(filter->currency_id)));
    sql_where_ascii(db, where, " AND w.blockchain_key = ?", filter->blockchain_key);
    if (filter->rid)
        db_sql(db, where, " AND w.rid = ?", DB_ARGS(DB_TEXT(filter->rid)));
    if (filter->tid)
        db_sql(db, where, " AND w.tid = ?", DB_ARGS(DB_TEXT(filter->tid)));
    sql_where_ascii(db, where, " AND w.txid = ?", filter->txid);
    if (filter->transfer_type)
        db_sql(db, where, " AND w.transfer_type = ?", DB_ARGS(DB_I64(filter->transfer_type)));
    if (filter->is_coin)
        str_add(where, filter->is_coin > 0 ? " AND w.type = 'coin'" : " AND w.type = 'fiat'");
    if (filter->wallet_type)
        db_sql(db, where,
               " AND EXISTS (SELECT 1 FROM wallets h WHERE h.kind = 310 AND h.gateway = ?"
               " AND h.blockchain_key = w.blockchain_key)",
               DB_ARGS(DB_TEXT(filter->wallet_type)));
    if (filter->states)
        where_states(db, where, filter->states);
    where_time(db, where, filter);
    return listing_run(db, &table, listing, ret_listed, err);
}

/* ---- the windows of the limits ---- */

bool withdraw_member_lock(struct db *db, uint64_t member_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT id FROM members WHERE id = ? FOR UPDATE", DB_ARGS(DB_U64(member_id)),
                  &result, err))
        return false;
    return db_row_next(result) ||
           err_set(err, ERR_NOT_FOUND, "no member %lu", (unsigned long)member_id);
}

bool withdraw_windows(struct db *db, struct arena *arena, uint64_t member_id, int64_t now_us,
                      struct withdraw_window **ret_windows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT w.currency_id, c.price,"
                  " SUM(IF(w.created_at >= ? - INTERVAL 24 HOUR, w.sum, 0)), SUM(w.sum)"
                  " FROM withdraws w JOIN currencies c ON c.id = w.currency_id"
                  " WHERE w.member_id = ? AND w.created_at >= ? - INTERVAL 1 MONTH"
                  " AND w.aasm_state IN ('prepared', 'accepted', 'skipped', 'processing',"
                  " 'errored', 'confirming', 'succeed') GROUP BY w.currency_id, c.price",
                  DB_ARGS(DB_TIME(now_us), DB_U64(member_id), DB_TIME(now_us)), &result, err))
        return false;
    size_t count = db_row_count(result), i = 0;
    struct withdraw_window *windows = arena_alloc(arena, (count + 1) * sizeof(*windows));
    if (!windows)
        return err_set(err, ERR_BUSY, "no memory for sums");
    for (; db_row_next(result); i++) {
        db_get_chars(result, 0, windows[i].currency_id, sizeof(windows[i].currency_id));
        windows[i].price = db_get_dec(result, 1);
        windows[i].sum_24_hours = db_get_dec(result, 2);
        windows[i].sum_1_month = db_get_dec(result, 3);
    }
    *ret_windows = windows;
    *ret_count = i;
    return true;
}

/* ---- addresses of ours ---- */

bool wallet_address_exists(struct db *db, const char *blockchain_key, const char *address,
                           bool *ret_exists, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM wallets WHERE blockchain_key = ? AND address = ? LIMIT 1",
                      DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(address)), ret_exists, err);
}
