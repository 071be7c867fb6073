#include "auth/store/factor_resets.h"

#define COLUMNS "id, user_id, created_at, due_at, reminded_at"
#define HASH(hash) DB_BYTES((hash), FACTOR_RESET_HASH_SIZE)

static struct factor_reset reset_from_row(const struct db_result *rows)
{
    return (struct factor_reset){.id = db_get_u64(rows, 0),
                                 .user_id = db_get_u64(rows, 1),
                                 .created_at = db_get_time_us(rows, 2),
                                 .due_at = db_get_time_us(rows, 3),
                                 .reminded_at = db_get_time_us(rows, 4)};
}

bool factor_resets_insert(struct db *db, struct factor_reset *reset,
                          const uint8_t cancel_hash[static FACTOR_RESET_HASH_SIZE],
                          const char *started_by, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "INSERT INTO factor_resets (user_id, cancel_hash, started_by, created_at, due_at,"
                  " reminded_at) VALUES (?, ?, ?, ?, ?, ?); SELECT LAST_INSERT_ID()",
                  DB_ARGS(DB_U64(reset->user_id), HASH(cancel_hash), DB_TEXT(started_by),
                          DB_TIME(reset->created_at), DB_TIME(reset->due_at),
                          DB_TIME(reset->reminded_at)),
                  &rows, err))
        return false;
    bool found = db_row_next(rows);
    assert(found);
    reset->id = db_get_u64(rows, 0);
    db_result_free(rows);
    return true;
}

static bool one(struct db_result *rows, struct factor_reset *ret_reset, struct err *err)
{
    bool found = db_row_next(rows);
    if (found)
        *ret_reset = reset_from_row(rows);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no reset of factors waits");
}

bool factor_resets_find(struct db *db, uint64_t user_id, struct factor_reset *ret_reset,
                        struct err *err)
{
    struct db_result *rows;
    return db_query(db, "SELECT " COLUMNS " FROM factor_resets WHERE user_id = ? AND open_mark = 1",
                    DB_ARGS(DB_U64(user_id)), &rows, err) &&
           one(rows, ret_reset, err);
}

bool factor_resets_by_cancel(struct db *db, const uint8_t hash[static FACTOR_RESET_HASH_SIZE],
                             struct factor_reset *ret_reset, struct err *err)
{
    struct db_result *rows;
    return db_query(db,
                    "SELECT " COLUMNS " FROM factor_resets WHERE cancel_hash = ? AND open_mark = 1",
                    DB_ARGS(HASH(hash)), &rows, err) &&
           one(rows, ret_reset, err);
}

bool factor_resets_end(struct db *db, uint64_t id, const char *state, const char *cancelled_by,
                       int64_t now_us, bool *ret_ended, struct err *err)
{
    uint64_t count;
    if (!db_exec(db,
                 "UPDATE factor_resets SET open_mark = NULL, state = ?, cancelled_by = ?,"
                 " ended_at = ? WHERE id = ? AND open_mark = 1",
                 DB_ARGS(DB_TEXT(state), DB_TEXT(cancelled_by), DB_TIME(now_us), DB_U64(id)),
                 &count, err))
        return false;
    *ret_ended = count == 1;
    return true;
}

bool factor_resets_set_reminded(struct db *db, uint64_t id, int64_t now_us, struct err *err)
{
    return db_exec(db, "UPDATE factor_resets SET reminded_at = ? WHERE id = ?",
                   DB_ARGS(DB_TIME(now_us), DB_U64(id)), NULL, err);
}

bool factor_resets_pending(struct db *db, int64_t now_us, int64_t reminded_before, size_t max,
                           struct factor_reset *ret_resets, size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    size_t count = 0;
    if (!db_query(db,
                  "SELECT " COLUMNS " FROM factor_resets WHERE open_mark = 1"
                  " AND (due_at <= ? OR reminded_at < ?) ORDER BY due_at LIMIT ?",
                  DB_ARGS(DB_TIME(now_us), DB_TIME(reminded_before), DB_U64(max)), &rows, err))
        return false;
    while (count < max && db_row_next(rows))
        ret_resets[count++] = reset_from_row(rows);
    db_result_free(rows);
    *ret_count = count;
    return true;
}
