#include "accounting/store/fiat_payments.h"

#include "accounting/store/sql.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void payment_read_row(struct row_reader *reader, void *to)
{
    struct fiat_payment *row = to;
    const struct db_result *result = reader->result;
    row->id = db_get_u64(result, 0);
    row->source = row_text(reader, 1);
    row->event_id = row_text(reader, 2);
    row->digest = row_text(reader, 3);
    const char *state = row_text(reader, 4);
    if (!state || !fiat_payment_state_of(state, &row->state))
        reader->failed = true;
    row->reason = row_text(reader, 5);
    db_get_chars(result, 6, row->currency_id, sizeof(row->currency_id));
    row->amount = db_get_dec(result, 7);
    row->reference = row_text(reader, 8);
    row->payer = row_text(reader, 9);
    row->payer_account = row_text(reader, 10);
    row->member_id = db_get_u64(result, 11);
    row->deposit_id = db_get_u64(result, 12);
    row->maker_id = db_get_u64(result, 13);
    row->checker_id = db_get_u64(result, 14);
    row->note = row_text(reader, 15);
    row->created_at = db_get_time_us(result, 16);
    row->updated_at = db_get_time_us(result, 17);
    row->uid = row_text(reader, 18);
    row->deposit_tid = row_text(reader, 19);
    row->maker_uid = row_text(reader, 20);
    row->checker_uid = row_text(reader, 21);
    row->has_collect = !db_is_null(result, 22);
    row->collect = row->has_collect ? db_get_dec(result, 22) : DEC_ZERO;
    row->frozen = db_is_null(result, 23) ? DEC_ZERO : db_get_dec(result, 23);
    row->claimer_id = db_get_u64(result, 24);
    row->settler_id = db_get_u64(result, 25);
    row->claimer_uid = row_text(reader, 26);
    row->settler_uid = row_text(reader, 27);
}

static const struct listing_column payment_columns[] = {
    {"id", "p.id"},
    {"amount", "p.amount"},
    {"created_at", "p.created_at"},
    {"updated_at", "p.updated_at"},
    {NULL, NULL},
};

static const struct listing_table payment_table = {
    .count = "SELECT COUNT(*) FROM fiat_payments p WHERE TRUE",
    .select = "SELECT p.id, p.source, p.event_id, p.digest, p.state, p.reason, p.currency_id,"
              " p.amount, p.reference, p.payer, p.payer_account, p.member_id, p.deposit_id,"
              " p.maker_id, p.checker_id, p.note, p.created_at, p.updated_at,"
              " (SELECT uid FROM members WHERE id = p.member_id),"
              " (SELECT tid FROM deposits WHERE id = p.deposit_id),"
              " (SELECT uid FROM members WHERE id = p.maker_id),"
              " (SELECT uid FROM members WHERE id = p.checker_id), p.collect,"
              " (SELECT frozen FROM deposits WHERE id = p.deposit_id), p.claimer_id, p.settler_id,"
              " (SELECT uid FROM members WHERE id = p.claimer_id),"
              " (SELECT uid FROM members WHERE id = p.settler_id) FROM fiat_payments p WHERE TRUE",
    .columns = payment_columns,
    .row_size = sizeof(struct fiat_payment),
    .read = payment_read_row,
};

static struct db_value or_null(uint64_t id)
{
    return id ? DB_U64(id) : DB_NULL;
}

bool fiat_payment_insert(struct db *db, struct fiat_payment *row, int64_t now_us, struct err *err)
{
    int64_t id;
    if (!row_insert(db,
                    "INSERT INTO fiat_payments (source, event_id, digest, state, reason,"
                    " currency_id, amount, reference, payer, payer_account, maker_id, created_at,"
                    " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
                    " SELECT LAST_INSERT_ID()",
                    DB_ARGS(DB_TEXT(row->source), DB_TEXT(row->event_id), DB_TEXT(row->digest),
                            DB_TEXT(fiat_payment_state_word(row->state)), DB_TEXT(row->reason),
                            DB_TEXT(row->currency_id), DB_DEC(row->amount), DB_TEXT(row->reference),
                            DB_TEXT(row->payer), DB_TEXT(row->payer_account),
                            or_null(row->maker_id), DB_TIME(now_us), DB_TIME(now_us)),
                    &id, err))
        return false;
    row->id = (uint64_t)id;
    row->created_at = row->updated_at = now_us;
    return true;
}

bool fiat_payment_update(struct db *db, struct fiat_payment *row, int64_t now_us, struct err *err)
{
    row->updated_at = now_us;
    return db_exec(db,
                   "UPDATE fiat_payments SET state = ?, reason = ?, member_id = ?, deposit_id = ?,"
                   " maker_id = ?, checker_id = ?, note = ?, collect = ?, claimer_id = ?,"
                   " settler_id = ?, updated_at = ?"
                   " WHERE id = ?",
                   DB_ARGS(DB_TEXT(fiat_payment_state_word(row->state)), DB_TEXT(row->reason),
                           or_null(row->member_id), or_null(row->deposit_id),
                           or_null(row->maker_id), or_null(row->checker_id), DB_TEXT(row->note),
                           row->has_collect ? DB_DEC(row->collect) : DB_NULL,
                           or_null(row->claimer_id), or_null(row->settler_id), DB_TIME(now_us),
                           DB_U64(row->id)),
                   NULL, err);
}

static bool find_where(struct db *db, struct listing *listing, struct fiat_payment *ret_row,
                       struct err *err)
{
    bool found = listing_find(db, &payment_table, listing, ret_row, err);
    str_release(&listing->where);
    return found;
}

static struct listing listing_in(struct arena *arena, bool locked)
{
    return (struct listing){.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .locked = locked};
}

bool fiat_payment_find_locked(struct db *db, struct arena *arena, uint64_t id,
                              struct fiat_payment *ret_row, struct err *err)
{
    struct listing listing = listing_in(arena, true);
    db_sql(db, &listing.where, " AND p.id = ?", DB_ARGS(DB_U64(id)));
    return find_where(db, &listing, ret_row, err);
}

bool fiat_payment_find_event_locked(struct db *db, struct arena *arena, const char *source,
                                    const char *event_id, struct fiat_payment *ret_row,
                                    struct err *err)
{
    struct listing listing = listing_in(arena, true);
    db_sql(db, &listing.where, " AND p.source = ? AND p.event_id = ?",
           DB_ARGS(DB_TEXT(source), DB_TEXT(event_id)));
    return find_where(db, &listing, ret_row, err);
}

bool fiat_payment_get(struct db *db, struct arena *arena, uint64_t id, struct fiat_payment *ret_row,
                      struct err *err)
{
    struct listing listing = listing_in(arena, false);
    db_sql(db, &listing.where, " AND p.id = ?", DB_ARGS(DB_U64(id)));
    return find_where(db, &listing, ret_row, err);
}

bool fiat_payment_list(struct db *db, const struct fiat_payment_filter *filter,
                       struct listing *listing, struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    if (filter->id)
        db_sql(db, where, " AND p.id = ?", DB_ARGS(DB_U64(filter->id)));
    if (filter->member_id)
        db_sql(db, where, " AND p.member_id = ?", DB_ARGS(DB_U64(filter->member_id)));
    sql_where_ascii(db, where, " AND p.state = ?", filter->state);
    sql_where_ascii(db, where, " AND p.currency_id = ?", filter->currency_id);
    sql_where_ascii(db, where, " AND p.source = ?", filter->source);
    sql_where_ascii(db, where, " AND p.event_id = ?", filter->event_id);
    return listing_run(db, &payment_table, listing, ret_listed, err);
}

/* ---- references ---- */

static bool reference_read(struct db *db, const char *sql, const struct db_value *values,
                           size_t count, struct payment_reference *ret_row, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "no such payment reference");
    db_get_chars(rows, 0, ret_row->reference, sizeof(ret_row->reference));
    ret_row->member_id = db_get_u64(rows, 1);
    db_get_chars(rows, 2, ret_row->currency_id, sizeof(ret_row->currency_id));
    return true;
}

bool payment_reference_of_member(struct db *db, uint64_t member_id, const char *currency_id,
                                 struct payment_reference *ret_row, struct err *err)
{
    return reference_read(db,
                          "SELECT reference, member_id, currency_id FROM payment_references"
                          " WHERE member_id = ? AND currency_id = ?",
                          DB_ARGS(DB_U64(member_id), DB_TEXT(currency_id)), ret_row, err);
}

bool payment_reference_find(struct db *db, const char *reference, struct payment_reference *ret_row,
                            struct err *err)
{
    return reference_read(db,
                          "SELECT reference, member_id, currency_id FROM payment_references"
                          " WHERE reference = ?",
                          DB_ARGS(DB_TEXT(reference)), ret_row, err);
}

bool payment_reference_insert(struct db *db, const struct payment_reference *row, int64_t now_us,
                              struct err *err)
{
    return db_exec(db,
                   "INSERT INTO payment_references (reference, member_id, currency_id, created_at)"
                   " VALUES (?, ?, ?, ?)",
                   DB_ARGS(DB_TEXT(row->reference), DB_U64(row->member_id),
                           DB_TEXT(row->currency_id), DB_TIME(now_us)),
                   NULL, err);
}
