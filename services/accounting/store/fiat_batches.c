#include "accounting/store/fiat_batches.h"

#include "accounting/store/sql.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void batch_read(struct row_reader *reader, void *to)
{
    struct fiat_batch *row = to;
    const struct db_result *result = reader->result;
    char state[16];
    row->id = db_get_u64(result, 0);
    row->message_id = row_text(reader, 1);
    db_get_chars(result, 2, state, sizeof(state));
    if (!fiat_batch_state_of(state, &row->state))
        reader->failed = true;
    db_get_chars(result, 3, row->currency_id, sizeof(row->currency_id));
    row->payments = db_get_u64(result, 4);
    row->sum = db_get_dec(result, 5);
    row->payer = row_text(reader, 6);
    row->payer_iban = row_text(reader, 7);
    row->payer_bic = row_text(reader, 8);
    row->maker_id = db_get_u64(result, 9);
    row->checker_id = db_get_u64(result, 10);
    row->created_at = db_get_time_us(result, 11);
    row->updated_at = db_get_time_us(result, 12);
    row->maker_uid = row_text(reader, 13);
    row->checker_uid = row_text(reader, 14);
    row->by_gateway = db_get_bool(result, 15);
}

static const struct listing_column batch_columns[] = {
    {"id", "b.id"}, {"created_at", "b.created_at"}, {NULL, NULL}};

static const struct listing_table batch_table = {
    .count = "SELECT COUNT(*) FROM fiat_batches b WHERE TRUE",
    .select = "SELECT b.id, b.message_id, b.state, b.currency_id, b.payments, b.sum, b.payer,"
              " b.payer_iban, b.payer_bic, b.maker_id, b.checker_id, b.created_at, b.updated_at,"
              " (SELECT uid FROM members WHERE id = b.maker_id),"
              " (SELECT uid FROM members WHERE id = b.checker_id), b.by_gateway"
              " FROM fiat_batches b WHERE TRUE",
    .columns = batch_columns,
    .row_size = sizeof(struct fiat_batch),
    .read = batch_read,
};

static struct db_value or_null(uint64_t id)
{
    return id ? DB_U64(id) : DB_NULL;
}

bool fiat_batch_insert(struct db *db, struct fiat_batch *row, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO fiat_batches (message_id, state, currency_id, payments, sum,"
                    " payer, payer_iban, payer_bic, maker_id, created_at, updated_at, by_gateway)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_TEXT(row->message_id), DB_TEXT(fiat_batch_state_word(row->state)),
                            DB_TEXT(row->currency_id), DB_U64(row->payments), DB_DEC(row->sum),
                            DB_TEXT(row->payer), DB_TEXT(row->payer_iban), DB_TEXT(row->payer_bic),
                            or_null(row->maker_id), DB_TIME(row->created_at),
                            DB_TIME(row->updated_at), DB_I64(row->by_gateway)),
                    &id, err))
        return false;
    row->id = (uint64_t)id;
    return true;
}

bool fiat_batch_update(struct db *db, const struct fiat_batch *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE fiat_batches SET state = ?, payments = ?, sum = ?, checker_id = ?,"
                   " updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(fiat_batch_state_word(row->state)), DB_U64(row->payments),
                           DB_DEC(row->sum), or_null(row->checker_id), DB_TIME(row->updated_at),
                           DB_U64(row->id)),
                   NULL, err);
}

static bool batch_find(struct db *db, struct arena *arena, uint64_t id, bool locked,
                       struct fiat_batch *ret_row, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = locked};
    db_sql(db, &listing.where, " AND b.id = ?", DB_ARGS(DB_U64(id)));
    bool found = listing_find(db, &batch_table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

bool fiat_batch_get(struct db *db, struct arena *arena, uint64_t id, struct fiat_batch *ret_row,
                    struct err *err)
{
    return batch_find(db, arena, id, false, ret_row, err);
}

bool fiat_batch_find_locked(struct db *db, struct arena *arena, uint64_t id,
                            struct fiat_batch *ret_row, struct err *err)
{
    return batch_find(db, arena, id, true, ret_row, err);
}

bool fiat_batch_find_message_locked(struct db *db, struct arena *arena, const char *message_id,
                                    struct fiat_batch *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    sql_where_ascii(db, &listing.where, " AND b.message_id = ?", message_id);
    bool found = listing_find(db, &batch_table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

bool fiat_batch_list(struct db *db, const char *state, const char *currency_id,
                     struct listing *listing, struct listed *ret_listed, struct err *err)
{
    sql_where_ascii(db, &listing->where, " AND b.state = ?", state);
    sql_where_ascii(db, &listing->where, " AND b.currency_id = ?", currency_id);
    return listing_run(db, &batch_table, listing, ret_listed, err);
}

/* ---- their withdrawals ---- */

static void item_read(struct row_reader *reader, void *to)
{
    struct fiat_batch_item *row = to;
    row->withdraw_id = db_get_u64(reader->result, 0);
    row->receiver = row_text(reader, 1);
    row->tid = row_text(reader, 2);
    row->uid = row_text(reader, 3);
    row->withdraw_state = row_text(reader, 4);
    row->amount = db_get_dec(reader->result, 5);
    row->order_state = row_text(reader, 6);
    row->error = row_text(reader, 7);
    row->attempts = db_get_u64(reader->result, 8);
    row->next_at = db_get_time_us(reader->result, 9);
    row->bank_status = row_text(reader, 10);
    row->bank_reason = row_text(reader, 11);
    row->batch_id = db_get_u64(reader->result, 12);
    row->currency_id = row_text(reader, 13);
    row->released_at = db_get_time_us(reader->result, 14);
}

static const struct listing_column item_columns[] = {{"withdraw_id", "i.withdraw_id"},
                                                     {"next_at", "i.next_at"},
                                                     {"released_at", "released_at"},
                                                     {NULL, NULL}};

/* A batch does not change any more when it is released. Not joined: a lock of an item must not wait for its batch. */
#define RELEASED_AT "(SELECT updated_at FROM fiat_batches WHERE id = i.batch_id)"

static const struct listing_table item_table = {
    .count = "SELECT COUNT(*) FROM fiat_batch_items i JOIN withdraws w ON w.id = i.withdraw_id"
             " WHERE TRUE",
    .select = "SELECT i.withdraw_id, i.receiver, w.tid,"
              " (SELECT uid FROM members WHERE id = w.member_id), w.aasm_state, w.amount,"
              " i.order_state, i.error, i.attempts, i.next_at, i.bank_status, i.bank_reason,"
              " i.batch_id, w.currency_id, " RELEASED_AT " AS released_at"
              " FROM fiat_batch_items i JOIN withdraws w ON w.id = i.withdraw_id WHERE TRUE",
    .columns = item_columns,
    .row_size = sizeof(struct fiat_batch_item),
    .read = item_read,
};

bool fiat_batch_item_insert(struct db *db, uint64_t batch_id, uint64_t withdraw_id,
                            const char *receiver, struct err *err)
{
    return db_exec(
        db, "INSERT INTO fiat_batch_items (withdraw_id, batch_id, receiver) VALUES (?, ?, ?)",
        DB_ARGS(DB_U64(withdraw_id), DB_U64(batch_id), DB_TEXT(receiver)), NULL, err);
}

bool fiat_batch_items(struct db *db, struct arena *arena, uint64_t batch_id,
                      struct listed *ret_listed, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true};
    db_sql(db, &listing.where, " AND i.batch_id = ?", DB_ARGS(DB_U64(batch_id)));
    bool ok = listing_run(db, &item_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool fiat_batch_item_find_locked(struct db *db, struct arena *arena, uint64_t withdraw_id,
                                 struct fiat_batch_item *ret_row, struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = true};
    db_sql(db, &listing.where, " AND i.withdraw_id = ?", DB_ARGS(DB_U64(withdraw_id)));
    bool found = listing_find(db, &item_table, &listing, ret_row, err);
    str_release(&listing.where);
    return found;
}

bool fiat_batch_item_update(struct db *db, const struct fiat_batch_item *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE fiat_batch_items SET order_state = ?, error = ?, attempts = ?,"
                   " next_at = ? WHERE withdraw_id = ?",
                   DB_ARGS(DB_TEXT(row->order_state), DB_TEXT(row->error), DB_U64(row->attempts),
                           DB_TIME(row->next_at), DB_U64(row->withdraw_id)),
                   NULL, err);
}

bool fiat_batch_item_hear(struct db *db, const struct fiat_batch_item *row, int64_t now_us,
                          struct err *err)
{
    return db_exec(db,
                   "UPDATE fiat_batch_items SET bank_status = ?, bank_reason = ?, bank_at = ?"
                   " WHERE withdraw_id = ?",
                   DB_ARGS(DB_TEXT(row->bank_status), DB_TEXT(row->bank_reason), DB_TIME(now_us),
                           DB_U64(row->withdraw_id)),
                   NULL, err);
}

bool fiat_batch_items_due(struct db *db, struct arena *arena, int64_t now_us, size_t max,
                          struct listed *ret_listed, struct err *err)
{
    struct listing listing = {.arena = arena,
                              .where = STR_INIT(LISTING_BYTES_MAX),
                              .order_by = "next_at",
                              .uncounted = true,
                              .limit = max};
    db_sql(db, &listing.where, " AND i.order_state IN ('new', 'asked', 'taken') AND i.next_at <= ?",
           DB_ARGS(DB_TIME(now_us)));
    bool ok = listing_run(db, &item_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool fiat_batch_items_silent(struct db *db, int64_t before_us, struct listing *listing,
                             struct listed *ret_listed, struct err *err)
{
    listing->order_by = "released_at";
    db_sql(db, &listing->where,
           " AND i.order_state IN ('new', 'asked', 'taken') AND w.aasm_state = 'confirming'"
           " AND " RELEASED_AT " <= ?",
           DB_ARGS(DB_TIME(before_us)));
    return listing_run(db, &item_table, listing, ret_listed, err);
}

bool fiat_batch_items_order(struct db *db, uint64_t batch_id, int64_t now_us, struct err *err)
{
    return db_exec(
        db, "UPDATE fiat_batch_items SET order_state = 'new', next_at = ? WHERE batch_id = ?",
        DB_ARGS(DB_TIME(now_us), DB_U64(batch_id)), NULL, err);
}

bool fiat_batch_item_delete(struct db *db, uint64_t withdraw_id, struct err *err)
{
    return db_exec(db, "DELETE FROM fiat_batch_items WHERE withdraw_id = ?",
                   DB_ARGS(DB_U64(withdraw_id)), NULL, err);
}

bool fiat_batch_items_delete(struct db *db, uint64_t batch_id, struct err *err)
{
    return db_exec(db, "DELETE FROM fiat_batch_items WHERE batch_id = ?", DB_ARGS(DB_U64(batch_id)),
                   NULL, err);
}

bool fiat_batch_candidates(struct db *db, const char *currency_id, uint64_t *ret_ids, size_t max,
                           size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    size_t read = 0;
    if (!db_query(
            db,
            "SELECT w.id FROM withdraws w LEFT JOIN fiat_batch_items i ON i.withdraw_id = w.id"
            " WHERE w.type = 'fiat' AND w.currency_id = ? AND i.withdraw_id IS NULL"
            " AND (w.aasm_state = 'accepted'"
            " OR (w.aasm_state = 'processing' AND w.reason = 'batch'))"
            " ORDER BY w.id LIMIT ?",
            DB_ARGS(DB_TEXT(currency_id), DB_U64(max)), &rows, err))
        return false;
    while (read < max && db_row_next(rows))
        ret_ids[read++] = db_get_u64(rows, 0);
    *ret_count = read;
    return true;
}

/* ---- what was told ---- */

bool fiat_report_insert(struct db *db, const struct fiat_report *row, int64_t now_us,
                        struct err *err)
{
    return db_exec(db,
                   "INSERT INTO fiat_reports (batch_id, message_id, digest, outcome, maker_id,"
                   " created_at) VALUES (?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_U64(row->batch_id), DB_TEXT(row->message_id), DB_TEXT(row->digest),
                           DB_TEXT(row->outcome), or_null(row->maker_id), DB_TIME(now_us)),
                   NULL, err);
}

bool fiat_report_find(struct db *db, struct arena *arena, struct fiat_report *row, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT digest, outcome FROM fiat_reports WHERE batch_id = ? AND message_id = ?",
                  DB_ARGS(DB_U64(row->batch_id), DB_TEXT(row->message_id)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "no report %s", row->message_id);
    row->digest = arena_strdup(arena, db_get_text(rows, 0));
    row->outcome = arena_strdup(arena, db_get_text(rows, 1));
    return (row->digest && row->outcome) || err_set(err, ERR_BUSY, "no memory for a report");
}

bool fiat_payout_news_put(struct db *db, uint64_t withdraw_id, const char *source, const char *kind,
                          const char *event_id, int64_t now_us, bool *ret_known, struct err *err)
{
    *ret_known = false;
    if (db_exec(db,
                "INSERT INTO fiat_payout_news (withdraw_id, source, kind, event_id, created_at)"
                " VALUES (?, ?, ?, ?, ?)",
                DB_ARGS(DB_U64(withdraw_id), DB_TEXT(source), DB_TEXT(kind), DB_TEXT(event_id),
                        DB_TIME(now_us)),
                NULL, err))
        return true;
    if (err->code != ERR_CONFLICT)
        return false;
    if (!row_exists(db,
                    "SELECT 1 FROM fiat_payout_news WHERE withdraw_id = ? AND source = ?"
                    " AND kind = ? AND event_id = ?",
                    DB_ARGS(DB_U64(withdraw_id), DB_TEXT(source), DB_TEXT(kind), DB_TEXT(event_id)),
                    ret_known, err))
        return false;
    return *ret_known || err_set_key(err, ERR_CONFLICT, "public.payment.payout_twice",
                                     "%s told of withdraw %lu as %s before, by another name",
                                     source, (unsigned long)withdraw_id, kind);
}
