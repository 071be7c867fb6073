#include "blockchain/store/safe_txs.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COLUMNS                                                                                    \
    "s.chain_key, s.safe, s.nonce, s.payout_id, s.from_height, s.digest, s.signatures, "           \
    "s.call_data"

enum { ROWS_MAX = 100 };

static bool row_read(const struct db_result *rows, struct arena *arena, struct safe_row *row,
                     struct err *err)
{
    db_get_chars(rows, 0, row->chain_key, sizeof(row->chain_key));
    db_get_chars(rows, 1, row->safe, sizeof(row->safe));
    row->nonce = db_get_u64(rows, 2);
    db_get_chars(rows, 3, row->payout_id, sizeof(row->payout_id));
    row->from_height = db_get_u64(rows, 4);
    row->digest = row->signatures = row->call = NULL;
    if (db_is_null(rows, 5))
        return true;
    row->digest = arena_strdup(arena, db_get_text(rows, 5));
    if (row->digest && db_is_null(rows, 7))
        return true;
    row->signatures = arena_strdup(arena, db_get_text(rows, 6));
    row->call = arena_strdup(arena, db_get_text(rows, 7));
    return (row->digest && row->signatures && row->call) ||
           err_set(err, ERR_INTERNAL, "no memory for transactions of a Safe");
}

bool safe_tx_insert(struct db *db, const struct safe_row *row, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "INSERT INTO safe_txs (chain_key, safe, nonce, payout_id, from_height, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        DB_ARGS(DB_TEXT(row->chain_key), DB_TEXT(row->safe), DB_U64(row->nonce),
                DB_TEXT(row->payout_id), DB_U64(row->from_height), DB_TIME(now_us)),
        NULL, err);
}

bool safe_tx_of_payout(struct db *db, struct arena *arena, const char *payout_id,
                       struct safe_row *ret_row, bool *ret_found, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT " COLUMNS " FROM safe_txs s WHERE s.payout_id = ?",
                  DB_ARGS(DB_TEXT(payout_id)), &rows, err))
        return false;
    *ret_found = db_row_next(rows);
    return !*ret_found || row_read(rows, arena, ret_row, err);
}

bool safe_tx_begun(struct db *db, const struct safe_row *row, struct err *err)
{
    return db_exec(db, "UPDATE safe_txs SET digest = ? WHERE payout_id = ? AND digest IS NULL",
                   DB_ARGS(DB_TEXT(row->digest), DB_TEXT(row->payout_id)), NULL, err);
}

bool safe_tx_signed(struct db *db, const struct safe_row *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE safe_txs SET signatures = ?, call_data = ?"
                   " WHERE payout_id = ? AND digest = ? AND call_data IS NULL",
                   DB_ARGS(DB_TEXT(row->signatures), DB_TEXT(row->call), DB_TEXT(row->payout_id),
                           DB_TEXT(row->digest)),
                   NULL, err);
}

bool safe_tx_delete(struct db *db, const char *payout_id, struct err *err)
{
    return db_exec(db, "DELETE FROM safe_txs WHERE payout_id = ? AND digest IS NULL",
                   DB_ARGS(DB_TEXT(payout_id)), NULL, err);
}

bool safe_look(struct db *db, const char *chain_key, const char *safe, bool *ret_busy,
               uint64_t *ret_next, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT COALESCE(MAX(s.nonce) + 1, 0), COALESCE(SUM(p.state BETWEEN ? AND ?), 0)"
                  " FROM safe_txs s JOIN payouts p ON p.id = s.payout_id"
                  " WHERE s.chain_key = ? AND s.safe = ?",
                  DB_ARGS(DB_I64(PAYOUT_QUEUED), DB_I64(PAYOUT_UNKNOWN), DB_TEXT(chain_key),
                          DB_TEXT(safe)),
                  &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "a sum without a row");
    *ret_next = db_get_u64(rows, 0);
    *ret_busy = db_get_u64(rows, 1) > 0;
    return true;
}

static bool list_read(struct db_result *rows, struct arena *arena, struct safe_row_list *ret_list,
                      struct err *err)
{
    struct safe_row_list list = {.count = 0};
    list.rows = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*list.rows));
    if (!list.rows)
        return err_set(err, ERR_INTERNAL, "no memory for transactions of a Safe");
    while (db_row_next(rows))
        if (!row_read(rows, arena, &list.rows[list.count++], err))
            return false;
    *ret_list = list;
    return true;
}

#define OPEN                                                                                       \
    "SELECT " COLUMNS " FROM payouts p JOIN safe_txs s ON s.payout_id = p.id"                      \
    " WHERE p.chain_key = ? AND p.state IN (?, ?, ?, ?) AND s.digest IS NOT NULL"
#define OPEN_ARGS                                                                                  \
    DB_TEXT(chain_key), DB_I64(PAYOUT_WAITING), DB_I64(PAYOUT_SIGNED), DB_I64(PAYOUT_BROADCAST),   \
        DB_I64(PAYOUT_UNKNOWN), DB_I64(ROWS_MAX)

bool safe_txs_open(struct db *db, struct arena *arena, const char *chain_key,
                   struct safe_row_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db, OPEN " ORDER BY p.seq LIMIT ?", DB_ARGS(OPEN_ARGS), &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool safe_txs_unseen(struct db *db, struct arena *arena, const char *chain_key,
                     struct safe_row_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    OPEN " AND NOT EXISTS (SELECT 1 FROM payout_payments m JOIN payout_txs x ON "
                         "x.id = m.tx_id JOIN spends b ON b.chain_key = x.chain_key AND b.txid = "
                         "x.txid AND NOT b.is_failed WHERE m.payout_id = p.id)"
                         " ORDER BY p.seq LIMIT ?",
                    DB_ARGS(OPEN_ARGS), &rows, err) &&
           list_read(rows, arena, ret_list, err);
}
