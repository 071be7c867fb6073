#include "accounting/store/settlements.h"

#include "accounting/store/sql.h"

void settled_update_sql(struct db *db, struct str *sql, const struct settled *settled,
                        int64_t now_us)
{
    db_sql(db, sql,
           "UPDATE market_settlements SET settled_seq = ?, last_price = ?, halted = ?, "
           "state_hash = ?, updated_at = ? WHERE market_id = ? AND settled_seq = ?;",
           DB_ARGS(DB_U64(settled->to_seq), DB_DEC(settled->last_price), DB_U64(settled->halted),
                   DB_U64(settled->state_hash), DB_TIME(now_us), DB_TEXT(settled->market_id),
                   DB_U64(settled->from_seq)));
    sql_expect_rows(sql, 1);
}
