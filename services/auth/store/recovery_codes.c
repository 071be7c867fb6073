#include "auth/store/recovery_codes.h"

#include "base/auto.h"

enum { SQL_BYTES_MAX = 16 * 1024 };

#define HASH(hash) DB_BYTES((hash), RECOVERY_HASH_SIZE)

bool recovery_codes_delete(struct db *db, uint64_t user_id, struct err *err)
{
    return db_exec(db, "DELETE FROM recovery_codes WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                   NULL, err);
}

bool recovery_codes_replace(struct db *db, uint64_t user_id,
                            const uint8_t (*hashes)[RECOVERY_HASH_SIZE], size_t count,
                            int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    assert(count > 0);
    db_sql(db, &sql, "INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES ",
           DB_NONE);
    for (size_t i = 0; i < count; i++)
        db_sql_row(db, &sql, i == 0, DB_ARGS(DB_U64(user_id), HASH(hashes[i]), DB_TIME(now_us)));
    return recovery_codes_delete(db, user_id, err) && db_exec_str(db, &sql, NULL, err);
}

bool recovery_codes_use(struct db *db, uint64_t user_id,
                        const uint8_t hash[static RECOVERY_HASH_SIZE], int64_t now_us,
                        bool *ret_used, struct err *err)
{
    uint64_t count;
    if (!db_exec(db,
                 "UPDATE recovery_codes SET used_at = ?"
                 " WHERE user_id = ? AND code_hash = ? AND used_at IS NULL",
                 DB_ARGS(DB_TIME(now_us), DB_U64(user_id), HASH(hash)), &count, err))
        return false;
    *ret_used = count == 1;
    return true;
}

bool recovery_codes_count(struct db *db, uint64_t user_id, size_t *ret_left,
                          int64_t *ret_created_at, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT COUNT(*) - COUNT(used_at), MIN(created_at) FROM recovery_codes"
                  " WHERE user_id = ?",
                  DB_ARGS(DB_U64(user_id)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    assert(found);
    *ret_left = (size_t)db_get_u64(rows, 0);
    *ret_created_at = db_get_time_us(rows, 1);
    db_result_free(rows);
    return true;
}
