#include "accounting/store/accounts_read.h"

#include "base/auto.h"

#include <stdlib.h>

enum { SQL_BYTES_MAX = 64 * 1024 };

static int compare_accounts(const void *a, const void *b)
{
    const struct account *left = a, *right = b;
    return account_key_cmp(&left->key, &right->key);
}

bool accounts_of_members(struct db *db, struct arena *arena, const uint64_t *member_ids,
                         size_t members_count, struct account **ret_accounts, size_t *ret_count,
                         struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    assert(members_count <= ACCOUNTS_OF_MEMBERS_MAX);
    db_sql(db, &sql,
           "SELECT member_id, currency_id, balance, locked FROM accounts WHERE member_id"
           " IN (",
           DB_NONE);
    for (size_t i = 0; i < members_count; i++)
        db_sql(db, &sql, i ? ",?" : "?", DB_ARGS(DB_U64(member_ids[i])));
    db_sql(db, &sql, members_count ? ")" : "NULL)", DB_NONE);
    struct db_result *rows;
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    size_t count = db_row_count(rows);
    struct account *accounts = arena_alloc(arena, (count + 1) * sizeof(*accounts));
    if (accounts)
        count = accounts_from_rows(rows, accounts);
    db_result_free(rows);
    if (!accounts)
        return err_set(err, ERR_BUSY, "no memory for %zu accounts", count);
    qsort(accounts, count, sizeof(*accounts), compare_accounts);
    *ret_accounts = accounts;
    *ret_count = count;
    return true;
}

bool pnl_of_member(struct db *db, struct arena *arena, uint64_t member_id,
                   const char *pnl_currency_id, struct member_pnl **ret_rows, size_t *ret_count,
                   struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT currency_id, pnl_currency_id, total_credit, total_debit,"
                  " total_credit_value, total_debit_value, average_balance_price,"
                  " total_balance_value FROM stats_member_pnl WHERE member_id = ? AND"
                  " (? IS NULL OR pnl_currency_id = ?) ORDER BY pnl_currency_id, currency_id",
                  DB_ARGS(DB_U64(member_id), DB_TEXT(pnl_currency_id), DB_TEXT(pnl_currency_id)),
                  &rows, err))
        return false;
    size_t count = db_row_count(rows);
    struct member_pnl *list = arena_alloc(arena, (count + 1) * sizeof(*list));
    for (size_t i = 0; list && db_row_next(rows); i++) {
        list[i] = (struct member_pnl){.total_credit = db_get_dec(rows, 2),
                                      .total_debit = db_get_dec(rows, 3),
                                      .total_credit_value = db_get_dec(rows, 4),
                                      .total_debit_value = db_get_dec(rows, 5),
                                      .average_balance_price = db_get_dec(rows, 6),
                                      .total_balance_value = db_get_dec(rows, 7)};
        db_get_chars(rows, 0, list[i].currency_id, sizeof(list[i].currency_id));
        db_get_chars(rows, 1, list[i].pnl_currency_id, sizeof(list[i].pnl_currency_id));
    }
    db_result_free(rows);
    if (!list)
        return err_set(err, ERR_BUSY, "no memory for statistics");
    *ret_rows = list;
    *ret_count = count;
    return true;
}
