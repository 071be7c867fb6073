#include "accounting/store/deposits.h"

#include <string.h>

#include "accounting/store/sql.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void deposit_read(struct row_reader *reader, void *to)
{
    struct deposit *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_u64(result, 0);
    row->member_id = db_get_u64(result, 1);
    db_get_chars(result, 2, row->currency_id, sizeof(row->currency_id));
    row->blockchain_key = row_text(reader, 3);
    row->is_coin = strcmp(db_get_text(result, 4), "coin") == 0;
    row->amount = db_get_dec(result, 5);
    row->fee = db_get_dec(result, 6);
    row->address = row_text(reader, 7);
    row->from_addresses = row_text(reader, 8);
    row->txid = row_text(reader, 9);
    row->txout = db_is_null(result, 10) ? -1 : db_get_i64(result, 10);
    if (!deposit_state_parse(db_get_text(result, 11), &row->state))
        reader->failed = true;
    row->block_number = db_is_null(result, 12) ? -1 : db_get_i64(result, 12);
    row->transfer_type = db_is_null(result, 13) ? 0 : db_get_i64(result, 13);
    row->tid = row_text(reader, 14);
    row->error = row_text(reader, 15);
    row->completed_at = db_get_time_us(result, 16);
    row->transfer_id = row_text(reader, 17);
    row->contract = row_text(reader, 18);
    row->units = row_text(reader, 19);
    row->dust = db_get_u64(result, 20);
    row->hold_reason = row_text(reader, 21);
    row->confirmed = db_get_bool(result, 22);
    row->credited = db_get_bool(result, 23);
    row->held_locked = db_get_bool(result, 24);
    row->reverted = db_get_bool(result, 25);
    row->frozen = db_get_dec(result, 26);
    row->created_at = db_get_time_us(result, 27);
    row->updated_at = db_get_time_us(result, 28);
    row->uid = row_text(reader, 29);
    row->email = row_text(reader, 30);
    row->protocol = row_text(reader, 31);
    row->warning = row_text(reader, 32);
    row->height = db_is_null(result, 33) ? 0 : db_get_i64(result, 33);
    row->spread = row_text(reader, 34);
    row->suspended = db_get_dec(result, 35);
}

static const struct listing_column deposit_columns[] = {
    {"id", "d.id"},
    {"member_id", "d.member_id"},
    {"currency_id", "d.currency_id"},
    {"blockchain_key", "d.blockchain_key"},
    {"amount", "d.amount"},
    {"fee", "d.fee"},
    {"txid", "d.txid"},
    {"tid", "d.tid"},
    {"aasm_state", "d.aasm_state"},
    {"state", "d.aasm_state"},
    {"block_number", "d.block_number"},
    {"created_at", "d.created_at"},
    {"updated_at", "d.updated_at"},
    {"completed_at", "d.completed_at"},
    {NULL, NULL},
};

static const struct listing_table deposit_table = {
    .count = "SELECT COUNT(*) FROM deposits d WHERE TRUE",
    .select =
        "SELECT d.id, d.member_id, d.currency_id, d.blockchain_key, d.type, d.amount, d.fee,"
        " d.address, d.from_addresses, d.txid, d.txout, d.aasm_state, d.block_number,"
        " d.transfer_type, d.tid, d.error, d.completed_at, d.transfer_id, d.contract, d.units,"
        " d.dust, d.hold_reason, d.confirmed, d.credited, d.held_locked, d.reverted, d.frozen,"
        " d.created_at, d.updated_at,"
        " (SELECT m.uid FROM members m WHERE m.id = d.member_id),"
        " (SELECT m.email FROM members m WHERE m.id = d.member_id),"
        " (SELECT b.protocol FROM blockchains b WHERE b.`key` = d.blockchain_key),"
        " (SELECT b.warning FROM blockchains b WHERE b.`key` = d.blockchain_key),"
        " (SELECT h.height FROM chain_heads h WHERE h.blockchain_key = d.blockchain_key),"
        " (SELECT JSON_ARRAYAGG(JSON_OBJECT('to_address', p.to_address, 'amount',"
        " CAST(p.amount AS CHAR), 'currency_id', d.currency_id, 'status', p.status, 'hash', p.txid)"
        " ORDER BY p.part) FROM deposit_parts p WHERE p.deposit_id = d.id),"
        " d.suspended FROM deposits d WHERE TRUE",
    .columns = deposit_columns,
    .row_size = sizeof(struct deposit),
    .read = deposit_read,
};

static struct db_value or_null(int64_t number, int64_t none)
{
    return number == none ? DB_NULL : DB_I64(number);
}

bool deposit_insert(struct db *db, struct deposit *deposit, int64_t now_us, struct err *err)
{
    int64_t id;
    if (!row_insert(
            db,
            "INSERT INTO deposits (member_id, currency_id, blockchain_key, type, amount, fee,"
            " address, from_addresses, txid, txout, aasm_state, block_number, transfer_type, tid,"
            " completed_at, transfer_id, contract, units, dust, hold_reason, created_at, "
            "updated_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
            " SELECT LAST_INSERT_ID()",
            DB_ARGS(DB_U64(deposit->member_id), DB_TEXT(deposit->currency_id),
                    DB_TEXT(deposit->blockchain_key), DB_TEXT(deposit->is_coin ? "coin" : "fiat"),
                    DB_DEC(deposit->amount), DB_DEC(deposit->fee), DB_TEXT(deposit->address),
                    DB_TEXT(deposit->from_addresses), DB_TEXT(deposit->txid),
                    or_null(deposit->txout, -1), DB_TEXT(deposit_state_word(deposit->state)),
                    or_null(deposit->block_number, -1), or_null(deposit->transfer_type, 0),
                    DB_TEXT(deposit->tid), DB_TIME(deposit->completed_at),
                    DB_TEXT(deposit->transfer_id),
                    DB_TEXT(deposit->contract ? deposit->contract : ""), DB_TEXT(deposit->units),
                    DB_U64(deposit->dust), DB_TEXT(deposit->hold_reason), DB_TIME(now_us),
                    DB_TIME(now_us)),
            &id, err))
        return false;
    deposit->id = (uint64_t)id;
    deposit->created_at = deposit->updated_at = now_us;
    return true;
}

bool deposit_update(struct db *db, struct deposit *deposit, int64_t now_us, struct err *err)
{
    deposit->updated_at = now_us;
    return db_exec(
        db,
        "UPDATE deposits SET aasm_state = ?, block_number = ?, error = ?, completed_at = ?,"
        " hold_reason = ?, confirmed = ?, credited = ?, held_locked = ?, reverted = ?, frozen = ?,"
        " suspended = ?, updated_at = ? WHERE id = ?",
        DB_ARGS(DB_TEXT(deposit_state_word(deposit->state)), or_null(deposit->block_number, -1),
                DB_TEXT(deposit->error), DB_TIME(deposit->completed_at),
                DB_TEXT(deposit->hold_reason), DB_I64(deposit->confirmed),
                DB_I64(deposit->credited), DB_I64(deposit->held_locked), DB_I64(deposit->reverted),
                DB_DEC(deposit->frozen), DB_DEC(deposit->suspended), DB_TIME(now_us),
                DB_U64(deposit->id)),
        NULL, err);
}

bool deposit_set_units(struct db *db, const struct deposit *deposit, struct err *err)
{
    return db_exec(db, "UPDATE deposits SET amount = ?, units = ?, dust = ? WHERE id = ?",
                   DB_ARGS(DB_DEC(deposit->amount), DB_TEXT(deposit->units), DB_U64(deposit->dust),
                           DB_U64(deposit->id)),
                   NULL, err);
}

bool deposit_set_confirmed(struct db *db, uint64_t id, bool is_confirmed, struct err *err)
{
    return db_exec(db, "UPDATE deposits SET confirmed = ? WHERE id = ?",
                   DB_ARGS(DB_I64(is_confirmed), DB_U64(id)), NULL, err);
}

static bool find_where(struct db *db, struct listing *listing, struct deposit *ret_deposit,
                       struct err *err)
{
    bool found = listing_find(db, &deposit_table, listing, ret_deposit, err);
    str_release(&listing->where);
    return found;
}

static struct listing listing_in(struct arena *arena, bool locked)
{
    return (struct listing){.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = locked};
}

bool deposit_find_locked(struct db *db, struct arena *arena, uint64_t id,
                         struct deposit *ret_deposit, struct err *err)
{
    struct listing listing = listing_in(arena, true);
    db_sql(db, &listing.where, " AND d.id = ?", DB_ARGS(DB_U64(id)));
    return find_where(db, &listing, ret_deposit, err);
}

bool deposit_find_tid_locked(struct db *db, struct arena *arena, const char *tid,
                             struct deposit *ret_deposit, struct err *err)
{
    struct listing listing = listing_in(arena, true);
    db_sql(db, &listing.where, " AND d.tid = ?", DB_ARGS(DB_TEXT(tid)));
    return find_where(db, &listing, ret_deposit, err);
}

bool deposit_get(struct db *db, struct arena *arena, uint64_t id, struct deposit *ret_deposit,
                 struct err *err)
{
    struct listing listing = listing_in(arena, false);
    db_sql(db, &listing.where, " AND d.id = ?", DB_ARGS(DB_U64(id)));
    return find_where(db, &listing, ret_deposit, err);
}

bool deposit_find_transfer_locked(struct db *db, struct arena *arena,
                                  const struct transfer_key *key, struct deposit *ret_deposit,
                                  struct err *err)
{
    struct listing listing = listing_in(arena, true);
    db_sql(db, &listing.where,
           " AND d.blockchain_key = ? AND d.txid = ? AND d.txout = ? AND d.currency_id = ?"
           " AND d.address = ?",
           DB_ARGS(DB_TEXT(key->blockchain_key), DB_TEXT(key->txid), DB_I64(key->txout),
                   DB_TEXT(key->currency_id), DB_TEXT(key->address)));
    return find_where(db, &listing, ret_deposit, err);
}

static void where_states(struct db *db, const struct deposit_filter *filter, struct str *where)
{
    if (filter->states_count == 0)
        return;
    str_add(where, " AND d.aasm_state IN (");
    for (size_t i = 0; i < filter->states_count; i++)
        db_sql(db, where, i > 0 ? ", ?" : "?", DB_ARGS(DB_TEXT(filter->states[i])));
    str_add_char(where, ')');
}

static void where_times(struct db *db, const struct deposit_filter *filter, struct str *where)
{
    char first = filter->time_column ? filter->time_column[0] : 'u';
    bool completed = first == 'c' && filter->time_column[1] == 'o';
    const char *from = completed      ? " AND d.completed_at >= ?"
                       : first == 'c' ? " AND d.created_at >= ?"
                                      : " AND d.updated_at >= ?";
    const char *to = completed      ? " AND d.completed_at <= ?"
                     : first == 'c' ? " AND d.created_at <= ?"
                                    : " AND d.updated_at <= ?";
    if (filter->from_us != 0)
        db_sql(db, where, from, DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us != 0)
        db_sql(db, where, to, DB_ARGS(DB_TIME(filter->to_us)));
}

static void filter_sql(struct db *db, const struct deposit_filter *filter, struct str *where)
{
    if (filter->id)
        db_sql(db, where, " AND d.id = ?", DB_ARGS(DB_U64(filter->id)));
    if (filter->from_id)
        db_sql(db, where, " AND d.id > ?", DB_ARGS(DB_U64(filter->from_id)));
    if (filter->member_id)
        db_sql(db, where, " AND d.member_id = ?", DB_ARGS(DB_U64(filter->member_id)));
    sql_where_ascii(db, where, " AND d.currency_id = ?", filter->currency_id);
    sql_where_ascii(db, where, " AND d.blockchain_key = ?", filter->blockchain_key);
    sql_where_ascii(db, where, " AND d.txid = ?", filter->txid);
    sql_where_ascii(db, where, " AND d.address = ?", filter->address);
    sql_where_ascii(db, where, " AND d.type = ?", filter->type);
    if (filter->tid)
        db_sql(db, where, " AND d.tid = ?", DB_ARGS(DB_TEXT(filter->tid)));
    if (filter->email)
        db_sql(db, where, " AND d.member_id IN (SELECT m.id FROM members m WHERE m.email = ?)",
               DB_ARGS(DB_TEXT(filter->email)));
    where_states(db, filter, where);
    where_times(db, filter, where);
}

bool deposit_find(struct db *db, struct arena *arena, const struct deposit_filter *filter,
                  struct deposit *ret_deposit, struct err *err)
{
    struct listing listing = listing_in(arena, false);
    filter_sql(db, filter, &listing.where);
    return find_where(db, &listing, ret_deposit, err);
}

bool deposit_list(struct db *db, const struct deposit_filter *filter, struct listing *listing,
                  struct listed *ret_listed, struct err *err)
{
    filter_sql(db, filter, &listing->where);
    return listing_run(db, &deposit_table, listing, ret_listed, err);
}

bool deposits_below_minimum(struct db *db, struct arena *arena, const struct deposit *like,
                            size_t max, struct listed *ret_listed, struct err *err)
{
    struct listing listing = listing_in(arena, true);
    listing.limit = max;
    listing.uncounted = true;
    db_sql(db, &listing.where,
           " AND d.member_id = ? AND d.currency_id = ? AND d.blockchain_key = ?"
           " AND d.aasm_state = 'submitted' AND d.confirmed AND d.hold_reason = ?",
           DB_ARGS(DB_U64(like->member_id), DB_TEXT(like->currency_id),
                   DB_TEXT(like->blockchain_key), DB_TEXT(HOLD_BELOW_MINIMUM)));
    bool ok = listing_run(db, &deposit_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool deposit_available_locked(struct db *db, const struct deposit *deposit, struct dec *ret_amount,
                              struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT balance FROM accounts WHERE member_id = ? AND currency_id = ? FOR UPDATE",
                  DB_ARGS(DB_U64(deposit->member_id), DB_TEXT(deposit->currency_id)), &rows, err))
        return false;
    *ret_amount = db_row_next(rows) ? db_get_dec(rows, 0) : DEC_ZERO;
    return true;
}

bool deposits_to_spread(struct db *db, struct arena *arena, size_t max, struct listed *ret_listed,
                        struct err *err)
{
    struct listing listing = listing_in(arena, false);
    listing.limit = max;
    listing.uncounted = true;
    str_add(&listing.where,
            " AND d.aasm_state IN ('processing', 'fee_processing') AND NOT d.reverted"
            " AND d.type = 'coin' AND NOT EXISTS (SELECT 1 FROM deposit_parts p"
            " WHERE p.deposit_id = d.id AND p.status IN ('pending', 'asked'))");
    bool ok = listing_run(db, &deposit_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}
