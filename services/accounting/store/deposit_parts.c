/* deposit_parts.c: parts of collections, and refunds. */
#include "accounting/store/deposits.h"
#include "accounting/store/reconcile.h"

/* ---- parts ---- */

static void part_read(struct row_reader *reader, void *to)
{
    struct deposit_part *row = to;
    row->deposit_id = db_get_u64(reader->result, 0);
    row->part = db_get_i64(reader->result, 1);
    row->wallet_id = db_get_i64(reader->result, 2);
    row->to_address = row_text(reader, 3);
    row->amount = db_get_dec(reader->result, 4);
    row->units = row_text(reader, 5);
    row->status = row_text(reader, 6);
    row->txid = row_text(reader, 7);
    row->reason = row_text(reader, 8);
}

static const struct listing_column part_columns[] = {
    {"deposit_id", "deposit_id"}, {"part", "part"}, {NULL, NULL}};

static const struct listing_table part_table = {
    .count = "SELECT COUNT(*) FROM deposit_parts WHERE TRUE",
    .select = "SELECT deposit_id, part, wallet_id, to_address, amount, units, status, txid, reason"
              " FROM deposit_parts WHERE TRUE",
    .columns = part_columns,
    .row_size = sizeof(struct deposit_part),
    .read = part_read,
};

bool deposit_part_insert(struct db *db, const struct deposit_part *part, int64_t now_us,
                         struct err *err)
{
    return db_exec(db,
                   "INSERT INTO deposit_parts (deposit_id, part, wallet_id, to_address, amount,"
                   " units, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_U64(part->deposit_id), DB_I64(part->part), DB_I64(part->wallet_id),
                           DB_TEXT(part->to_address), DB_DEC(part->amount), DB_TEXT(part->units),
                           DB_TEXT(part->status), DB_TIME(now_us), DB_TIME(now_us)),
                   NULL, err);
}

bool deposit_part_find_locked(struct db *db, struct arena *arena, uint64_t deposit_id, int64_t part,
                              struct deposit_part *ret_part, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND deposit_id = ? AND part = ?",
           DB_ARGS(DB_U64(deposit_id), DB_I64(part)));
    bool found = listing_find(db, &part_table, &listing, ret_part, err);
    str_release(&listing.where);
    return found;
}

bool deposit_part_update(struct db *db, const struct deposit_part *part, int64_t now_us,
                         struct err *err)
{
    return db_exec(db,
                   "UPDATE deposit_parts SET status = ?, txid = ?, reason = ?, updated_at = ?"
                   " WHERE deposit_id = ? AND part = ?",
                   DB_ARGS(DB_TEXT(part->status), DB_TEXT(part->txid), DB_TEXT(part->reason),
                           DB_TIME(now_us), DB_U64(part->deposit_id), DB_I64(part->part)),
                   NULL, err);
}

bool deposit_part_asked(struct db *db, uint64_t deposit_id, int64_t part, int64_t now_us,
                        struct err *err)
{
    return db_exec(db,
                   "UPDATE deposit_parts SET status = 'asked', updated_at = ?"
                   " WHERE deposit_id = ? AND part = ? AND status = 'pending'",
                   DB_ARGS(DB_TIME(now_us), DB_U64(deposit_id), DB_I64(part)), NULL, err);
}

bool deposit_parts(struct db *db, struct arena *arena, uint64_t deposit_id, const char *status,
                   size_t max, struct listed *ret_listed, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .limit = max, .uncounted = true};
    if (deposit_id)
        db_sql(db, &listing.where, " AND deposit_id = ?", DB_ARGS(DB_U64(deposit_id)));
    if (status)
        db_sql(db, &listing.where, " AND status = ?", DB_ARGS(DB_TEXT(status)));
    bool ok = listing_run(db, &part_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

/* ---- refunds ---- */

static void refund_read(struct row_reader *reader, void *to)
{
    struct refund *row = to;
    row->id = db_get_u64(reader->result, 0);
    row->deposit_id = db_get_u64(reader->result, 1);
    row->state = row_text(reader, 2);
    row->address = row_text(reader, 3);
    row->locked = db_get_bool(reader->result, 4);
    row->asked = db_get_bool(reader->result, 5);
    row->txid = row_text(reader, 6);
    row->created_at = db_get_time_us(reader->result, 7);
    row->updated_at = db_get_time_us(reader->result, 8);
}

static const struct listing_column refund_columns[] = {{"id", "id"}, {NULL, NULL}};

static const struct listing_table refund_table = {
    .count = "SELECT COUNT(*) FROM refunds WHERE TRUE",
    .select = "SELECT id, deposit_id, state, address, locked, asked, txid, created_at, updated_at"
              " FROM refunds WHERE TRUE",
    .columns = refund_columns,
    .row_size = sizeof(struct refund),
    .read = refund_read,
};

bool refund_insert(struct db *db, struct refund *refund, int64_t now_us, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO refunds (deposit_id, state, address, locked, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_U64(refund->deposit_id), DB_TEXT(refund->state),
                            DB_TEXT(refund->address), DB_I64(refund->locked), DB_TIME(now_us),
                            DB_TIME(now_us)),
                    &id, err))
        return false;
    refund->id = (uint64_t)id;
    refund->created_at = refund->updated_at = now_us;
    return true;
}

bool refund_find_locked(struct db *db, struct arena *arena, uint64_t id, struct refund *ret_refund,
                        struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND id = ?", DB_ARGS(DB_U64(id)));
    bool found = listing_find(db, &refund_table, &listing, ret_refund, err);
    str_release(&listing.where);
    return found;
}

bool refund_update(struct db *db, const struct refund *refund, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE refunds SET state = ?, locked = ?, asked = ?, txid = ?, updated_at = ?"
                   " WHERE id = ?",
                   DB_ARGS(DB_TEXT(refund->state), DB_I64(refund->locked), DB_I64(refund->asked),
                           DB_TEXT(refund->txid), DB_TIME(now_us), DB_U64(refund->id)),
                   NULL, err);
}

bool refunds_to_ask(struct db *db, struct arena *arena, size_t max, struct listed *ret_listed,
                    struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .limit = max, .uncounted = true};
    str_add(&listing.where, " AND state = 'pending' AND NOT asked AND " RECONCILE_NOT_STOPPED(
                                "(SELECT d.currency_id FROM deposits d WHERE d.id = deposit_id)"));
    bool ok = listing_run(db, &refund_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool refund_asked(struct db *db, uint64_t id, int64_t now_us, struct err *err)
{
    return db_exec(db, "UPDATE refunds SET asked = TRUE, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TIME(now_us), DB_U64(id)), NULL, err);
}
