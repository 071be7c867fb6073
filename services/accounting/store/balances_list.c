#include "accounting/store/balances_list.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static void balance_read(struct row_reader *reader, void *to)
{
    struct owned_balance *row = to;
    row->uid = row_text(reader, 0);
    row->balance = db_get_dec(reader->result, 1);
    row->locked = db_get_dec(reader->result, 2);
}

static const struct listing_column balance_columns[] = {
    {"member_id", "a.member_id"},
    {NULL, NULL},
};

static const struct listing_table balance_table = {
    .count = "SELECT COUNT(*) FROM accounts a WHERE TRUE",
    .select = "SELECT m.uid, a.balance, a.locked FROM accounts a"
              " JOIN members m ON m.id = a.member_id WHERE TRUE",
    .columns = balance_columns,
    .row_size = sizeof(struct owned_balance),
    .read = balance_read,
};

bool balances_of_currency(struct db *db, const char *currency_id, struct listing *listing,
                          struct listed *ret_listed, struct err *err)
{
    db_sql(db, &listing->where, " AND a.currency_id = ? AND (a.balance > 0 OR a.locked > 0)",
           DB_ARGS(DB_TEXT(currency_id)));
    return listing_run(db, &balance_table, listing, ret_listed, err);
}

bool balance_of_member(struct db *db, uint64_t member_id, const char *currency_id,
                       struct dec *ret_balance, struct dec *ret_locked, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT balance, locked FROM accounts WHERE member_id = ?"
                  " AND currency_id = ?",
                  DB_ARGS(DB_U64(member_id), DB_TEXT(currency_id)), &result, err))
        return false;
    bool exists = db_row_next(result);
    *ret_balance = exists ? db_get_dec(result, 0) : DEC_ZERO;
    *ret_locked = exists ? db_get_dec(result, 1) : DEC_ZERO;
    return true;
}
