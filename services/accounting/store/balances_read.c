#include "accounting/store/balances_read.h"

#include "base/auto.h"

enum { BALANCES_SQL_BYTES_MAX = 64 * 1024 };

bool balances_read(struct db *db, const struct account_key *keys, size_t count,
                   struct account *ret_accounts, size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(BALANCES_SQL_BYTES_MAX);
    assert(count > 0 && count <= BALANCES_READ_MAX);
    str_add(&sql, "SELECT a.member_id, a.currency_id, a.balance, a.locked FROM (WITH k (m, c) AS"
                  " (VALUES ");
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, &sql, i == 0,
                   DB_ARGS(DB_U64(keys[i].member_id), DB_TEXT(keys[i].currency_id)));
    str_add(&sql, ") SELECT * FROM k) n STRAIGHT_JOIN accounts a ON a.member_id = n.m AND"
                  " a.currency_id = CONVERT(n.c USING ascii) COLLATE ascii_bin");
    struct db_result *rows;
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    size_t found = 0;
    while (found < count && db_row_next(rows)) {
        struct account *account = &ret_accounts[found++];
        account->key = account_key(db_get_u64(rows, 0), db_get_text(rows, 1));
        account->balance = db_get_dec(rows, 2);
        account->locked = db_get_dec(rows, 3);
    }
    db_result_free(rows);
    *ret_count = found;
    return true;
}
