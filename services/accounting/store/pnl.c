#include "accounting/store/pnl.h"

#include "accounting/store/trades_read.h"
#include "base/auto.h"

enum { SQL_BYTES_MAX = 4 << 20 };

/* ---- the index ---- */

bool pnl_index_lock(struct db *db, const char *pnl_currency, const char *currency_id,
                    const char *source, uint64_t *ret_last_id, struct err *err)
{
    struct db_result *rows;
    struct db_value pnl = DB_TEXT(pnl_currency), currency = DB_TEXT(currency_id),
                    type = DB_TEXT(source);
    if (!db_query(db,
                  "INSERT IGNORE INTO stats_member_pnl_idx (pnl_currency_id, currency_id,"
                  " reference_type) VALUES (?, ?, ?);"
                  "SELECT last_id FROM stats_member_pnl_idx WHERE pnl_currency_id = ? AND"
                  " currency_id = ? AND reference_type = ? FOR UPDATE",
                  DB_ARGS(pnl, currency, type, pnl, currency, type), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        *ret_last_id = db_get_u64(rows, 0);
    db_result_free(rows);
    return found || err_set(err, ERR_INTERNAL, "no index of statistics for %s", source);
}

bool pnl_index_set(struct db *db, const char *pnl_currency, const char *currency_id,
                   const char *source, uint64_t last_id, struct err *err)
{
    return db_exec(
        db,
        "UPDATE stats_member_pnl_idx SET last_id = ? WHERE pnl_currency_id = ? AND"
        " currency_id = ? AND reference_type = ?",
        DB_ARGS(DB_U64(last_id), DB_TEXT(pnl_currency), DB_TEXT(currency_id), DB_TEXT(source)),
        NULL, err);
}

/* ---- sources ---- */

bool pnl_read_trades(struct db *db, struct arena *arena, const char *market_id, uint64_t after_id,
                     int64_t until_us, size_t limit, struct trade **ret_trades, size_t *ret_count,
                     struct err *err)
{
    struct db_result *rows;
    return db_query(db,
                    "SELECT " TRADE_COLUMNS " FROM trades t WHERE market_id = ? AND id > ?"
                    " AND created_at < ? ORDER BY id LIMIT ?",
                    DB_ARGS(DB_TEXT(market_id), DB_U64(after_id), DB_TIME(until_us), DB_U64(limit)),
                    &rows, err) &&
           trades_from_rows(rows, arena, ret_trades, ret_count, err);
}

bool pnl_read_entries(struct db *db, struct arena *arena, uint64_t after_id, int64_t until_us,
                      size_t limit, struct ledger_entry **ret_entries, size_t *ret_count,
                      struct err *err)
{
    struct db_result *rows;
    if (!db_query(
            db,
            "SELECT id, currency_id, member_id, code_a, amount_a, code_b, amount_b,"
            " created_at FROM ledger_posted STRAIGHT_JOIN ledger ON id = ledger_id"
            " WHERE type = ? AND ledger_id > ? AND created_at < ? AND"
            " reference_type IN ('adjustment', 'transfer') ORDER BY ledger_id LIMIT ?",
            DB_ARGS(DB_U64(ACCOUNT_LIABILITY), DB_U64(after_id), DB_TIME(until_us), DB_U64(limit)),
            &rows, err))
        return false;
    size_t count = db_row_count(rows);
    struct ledger_entry *entries = arena_alloc(arena, (count + 1) * sizeof(*entries));
    for (size_t i = 0; entries && db_row_next(rows); i++) {
        entries[i] = (struct ledger_entry){
            .id = db_get_u64(rows, 0),
            .reference_type = "",
            .event = "",
            .member_id = db_get_u64(rows, 2),
            .code_a = (int16_t)db_get_i64(rows, 3),
            .amount_a = db_get_dec(rows, 4),
            .code_b = (int16_t)(db_is_null(rows, 5) ? 0 : db_get_i64(rows, 5)),
            .amount_b = db_get_dec(rows, 6),
            .created_at = db_get_time_us(rows, 7)};
        db_get_chars(rows, 1, entries[i].currency_id, sizeof(entries[i].currency_id));
    }
    db_result_free(rows);
    if (!entries)
        return err_set(err, ERR_INTERNAL, "no memory for %zu entries", count);
    *ret_entries = entries;
    *ret_count = count;
    return true;
}

/* ---- rows ---- */

static struct pnl_row *row_of(struct pnl_row *rows, size_t count, const struct pnl_key *key)
{
    size_t first = 0, last = count;
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        int order = pnl_key_cmp(&rows[middle].key, key);
        if (order == 0)
            return &rows[middle];
        if (order < 0)
            first = middle + 1;
        else
            last = middle;
    }
    return NULL;
}

bool pnl_rows_read(struct db *db, const char *pnl_currency, struct pnl_row *rows, size_t count,
                   struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    struct db_result *found;
    assert(count > 0 && count <= PNL_ROWS_MAX);
    db_sql(db, &sql,
           "SELECT currency_id, member_id, total_credit, total_credit_fees, total_credit_value,"
           " total_debit, total_debit_fees, total_debit_value, total_balance_value,"
           " average_balance_price FROM stats_member_pnl WHERE pnl_currency_id = ? AND"
           " (currency_id, member_id) IN (",
           DB_ARGS(DB_TEXT(pnl_currency)));
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, &sql, i == 0,
                   DB_ARGS(DB_TEXT(rows[i].key.currency_id), DB_U64(rows[i].key.member_id)));
    db_sql(db, &sql, ")", DB_NONE);
    if (!db_query_str(db, &sql, &found, err))
        return false;
    while (db_row_next(found)) {
        struct pnl_key key = {.member_id = db_get_u64(found, 1)};
        db_get_chars(found, 0, key.currency_id, sizeof(key.currency_id));
        struct pnl_row *row = row_of(rows, count, &key);
        if (row)
            *row = (struct pnl_row){.key = key,
                                    .total_credit = db_get_dec(found, 2),
                                    .total_credit_fees = db_get_dec(found, 3),
                                    .total_credit_value = db_get_dec(found, 4),
                                    .total_debit = db_get_dec(found, 5),
                                    .total_debit_fees = db_get_dec(found, 6),
                                    .total_debit_value = db_get_dec(found, 7),
                                    .total_balance_value = db_get_dec(found, 8),
                                    .average_balance_price = db_get_dec(found, 9)};
    }
    db_result_free(found);
    return true;
}

bool pnl_rows_save(struct db *db, const char *pnl_currency, const struct pnl_row *rows,
                   size_t count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    assert(count > 0 && count <= PNL_ROWS_MAX);
    db_sql(db, &sql,
           "REPLACE INTO stats_member_pnl (pnl_currency_id, currency_id, member_id, total_credit,"
           " total_credit_fees, total_credit_value, total_debit, total_debit_fees,"
           " total_debit_value, total_balance_value, average_balance_price) VALUES ",
           DB_NONE);
    for (size_t i = 0; i < count; i++) {
        const struct pnl_row *row = &rows[i];
        db_sql_row(db, &sql, i == 0,
                   DB_ARGS(DB_TEXT(pnl_currency), DB_TEXT(row->key.currency_id),
                           DB_U64(row->key.member_id), DB_DEC(row->total_credit),
                           DB_DEC(row->total_credit_fees), DB_DEC(row->total_credit_value),
                           DB_DEC(row->total_debit), DB_DEC(row->total_debit_fees),
                           DB_DEC(row->total_debit_value), DB_DEC(row->total_balance_value),
                           DB_DEC(row->average_balance_price)));
    }
    return db_exec_str(db, &sql, NULL, err);
}

bool pnl_members_with_roles(struct db *db, const char *roles, const uint64_t *ids, size_t count,
                            bool *ret_have, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    struct db_result *rows;
    assert(count > 0 && count <= PNL_ROWS_MAX);
    db_sql(db, &sql, "SELECT id FROM members WHERE FIND_IN_SET(role, ?) AND id IN (",
           DB_ARGS(DB_TEXT(roles)));
    for (size_t i = 0; i < count; i++)
        db_sql(db, &sql, i == 0 ? "?" : ", ?", DB_ARGS(DB_U64(ids[i])));
    str_add_char(&sql, ')');
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    for (size_t i = 0; i < count; i++)
        ret_have[i] = false;
    while (db_row_next(rows))
        for (size_t i = 0; i < count; i++)
            ret_have[i] = ret_have[i] || ids[i] == db_get_u64(rows, 0);
    db_result_free(rows);
    return true;
}

bool pnl_price_at(struct db *db, const char *market_id, int64_t time_us, struct dec *ret_price,
                  struct err *err)
{
    uint64_t after;
    struct db_result *rows;
    if (!trades_first_id_at(db, market_id, time_us + 1, &after, err) ||
        !db_query(db,
                  "SELECT price FROM trades WHERE market_id = ? AND id < ?"
                  " ORDER BY id DESC LIMIT 1",
                  DB_ARGS(DB_TEXT(market_id), DB_U64(after)), &rows, err))
        return false;
    *ret_price = db_row_next(rows) ? db_get_dec(rows, 0) : DEC_ZERO;
    db_result_free(rows);
    return true;
}
