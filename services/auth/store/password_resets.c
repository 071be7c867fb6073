#include "auth/store/password_resets.h"

bool password_resets_set(struct db *db, uint64_t user_id,
                         const uint8_t hash[static RESET_HASH_SIZE], int64_t expires_at,
                         struct err *err)
{
    return db_exec(db,
                   "INSERT INTO password_resets (user_id, token_hash, expires_at)"
                   " VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " token_hash = VALUES(token_hash), expires_at = VALUES(expires_at)",
                   DB_ARGS(DB_U64(user_id), DB_BYTES(hash, RESET_HASH_SIZE), DB_TIME(expires_at)),
                   NULL, err);
}

bool password_resets_take(struct db *db, uint64_t user_id,
                          const uint8_t hash[static RESET_HASH_SIZE], int64_t now_us,
                          bool *ret_was_latest, struct err *err)
{
    uint64_t count;
    if (!db_exec(db,
                 "DELETE FROM password_resets"
                 " WHERE user_id = ? AND token_hash = ? AND expires_at > ?",
                 DB_ARGS(DB_U64(user_id), DB_BYTES(hash, RESET_HASH_SIZE), DB_TIME(now_us)), &count,
                 err))
        return false;
    *ret_was_latest = count > 0;
    return true;
}

bool password_resets_drop(struct db *db, uint64_t user_id, struct err *err)
{
    return db_exec(db, "DELETE FROM password_resets WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                   NULL, err);
}
