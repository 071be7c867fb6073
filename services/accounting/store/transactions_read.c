#include "accounting/store/transactions_read.h"

#include "accounting/store/sql.h"

static void transaction_read(struct row_reader *reader, void *to)
{
    struct transaction_row *row = to;
    const struct db_result *result = reader->result;
    row->type = row_text(reader, 0);
    row->address = row_text(reader, 1);
    db_get_chars(result, 2, row->currency_id, sizeof(row->currency_id));
    row->amount = db_get_dec(result, 3);
    row->fee = db_get_dec(result, 4);
    row->txid = row_text(reader, 5);
    row->state = row_text(reader, 6);
    row->note = row_text(reader, 7);
    row->has_confirmations = !db_is_null(result, 8);
    row->confirmations = row->has_confirmations ? db_get_i64(result, 8) : 0;
    row->created_at = db_get_time_us(result, 9);
    row->updated_at = db_get_time_us(result, 10);
}

/* The member's id is pushed down into both halves by the optimiser. */
#define HISTORY                                                                                    \
    " FROM (SELECT 'Deposit' AS type, d.member_id, CONVERT(d.address USING utf8mb4) AS address,"   \
    " d.currency_id, d.amount, d.fee, d.txid, d.aasm_state, NULL AS note, d.block_number,"         \
    " d.blockchain_key, NULL AS confirmations, d.created_at, d.updated_at FROM deposits d"         \
    " UNION ALL SELECT 'Withdraw', w.member_id, w.rid, w.currency_id, w.amount, w.fee, w.txid,"    \
    " w.aasm_state, w.note, w.block_number, w.blockchain_key, w.confirmations, w.created_at,"      \
    " w.updated_at FROM withdraws w) t WHERE TRUE"

static const struct listing_column columns[] = {{"updated_at", "t.updated_at"}, {NULL, NULL}};

static const struct listing_table table = {
    .count = "SELECT COUNT(*)" HISTORY,
    .select = "SELECT t.type, t.address, t.currency_id, t.amount, t.fee, t.txid, t.aasm_state,"
              " t.note, COALESCE((SELECT GREATEST(CAST(h.height AS SIGNED) - t.block_number, 0)"
              " FROM chain_heads h WHERE h.blockchain_key = t.blockchain_key), t.confirmations),"
              " t.created_at, t.updated_at" HISTORY,
    .columns = columns,
    .row_size = sizeof(struct transaction_row),
    .read = transaction_read,
};

static void where_states(struct db *db, struct str *where, const char *kind,
                         const struct param_list *states)
{
    if (states->count == 0)
        return;
    db_sql(db, where, " AND (t.type <> ? OR t.aasm_state IN (", DB_ARGS(DB_TEXT(kind)));
    for (size_t i = 0; i < states->count; i++)
        db_sql(db, where, i == 0 ? "?" : ", ?", DB_ARGS(DB_TEXT(states->items[i])));
    str_add(where, "))");
}

bool transaction_list(struct db *db, const struct transaction_filter *filter,
                      struct listing *listing, struct listed *ret_listed, struct err *err)
{
    struct str *where = &listing->where;
    db_sql(db, where, " AND t.member_id = ?", DB_ARGS(DB_U64(filter->member_id)));
    if (filter->currency_id)
        db_sql(db, where, " AND t.currency_id = ?", DB_ARGS(DB_TEXT(filter->currency_id)));
    if (filter->txid && sql_is_ascii(filter->txid))
        db_sql(db, where, " AND t.txid = ?", DB_ARGS(DB_TEXT(filter->txid)));
    else if (filter->txid)
        str_add(where, " AND FALSE");
    where_states(db, where, "Deposit", filter->deposit_states);
    where_states(db, where, "Withdraw", filter->withdraw_states);
    if (filter->from_us != 0)
        db_sql(db, where, " AND t.updated_at >= ?", DB_ARGS(DB_TIME(filter->from_us)));
    if (filter->to_us != 0)
        db_sql(db, where, " AND t.updated_at <= ?", DB_ARGS(DB_TIME(filter->to_us)));
    return listing_run(db, &table, listing, ret_listed, err);
}
