#include "auth/store/totp_factors.h"

bool totp_factors_put(struct db *db, uint64_t user_id, const char *seed, int64_t now_us,
                      struct err *err)
{
    return db_exec(db,
                   "INSERT INTO totp_factors (user_id, seed, last_step, created_at)"
                   " VALUES (?, ?, 0, ?) ON DUPLICATE KEY UPDATE seed = VALUES(seed),"
                   " last_step = 0, created_at = VALUES(created_at)",
                   DB_ARGS(DB_U64(user_id), DB_TEXT(seed), DB_TIME(now_us)), NULL, err);
}

bool totp_factors_find(struct db *db, uint64_t user_id, struct str *seed, int64_t *ret_last_step,
                       struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT seed, last_step FROM totp_factors WHERE user_id = ?",
                  DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found) {
        str_add(seed, db_get_text(rows, 0));
        *ret_last_step = db_get_i64(rows, 1);
    }
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "the user has no one-time codes");
}

bool totp_factors_take_step(struct db *db, uint64_t user_id, int64_t step, bool *ret_taken,
                            struct err *err)
{
    uint64_t count;
    if (!db_exec(db, "UPDATE totp_factors SET last_step = ? WHERE user_id = ? AND last_step < ?",
                 DB_ARGS(DB_I64(step), DB_U64(user_id), DB_I64(step)), &count, err))
        return false;
    *ret_taken = count == 1;
    return true;
}

bool totp_factors_delete(struct db *db, uint64_t user_id, struct err *err)
{
    return db_exec(db, "DELETE FROM totp_factors WHERE user_id = ?", DB_ARGS(DB_U64(user_id)), NULL,
                   err);
}
