#include "auth/store/known_devices.h"

bool known_devices_have(struct db *db, uint64_t user_id,
                        const uint8_t hash[static DEVICE_HASH_SIZE], bool *ret_known,
                        struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT 1 FROM known_devices WHERE user_id = ? AND device_hash = ?",
                  DB_ARGS(DB_U64(user_id), DB_BYTES(hash, DEVICE_HASH_SIZE)), &rows, err))
        return false;
    *ret_known = db_row_next(rows);
    db_result_free(rows);
    return true;
}

bool known_devices_add(struct db *db, uint64_t user_id, const uint8_t hash[static DEVICE_HASH_SIZE],
                       int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO known_devices (user_id, device_hash, last_seen_at) VALUES (?, ?, ?)"
                   " ON DUPLICATE KEY UPDATE last_seen_at = VALUES(last_seen_at);"
                   "DELETE FROM known_devices WHERE user_id = ? AND device_hash NOT IN"
                   " (SELECT device_hash FROM (SELECT device_hash FROM known_devices"
                   " WHERE user_id = ? ORDER BY last_seen_at DESC LIMIT ?) newest)",
                   DB_ARGS(DB_U64(user_id), DB_BYTES(hash, DEVICE_HASH_SIZE), DB_TIME(now_us),
                           DB_U64(user_id), DB_U64(user_id), DB_I64(DEVICES_MAX)),
                   NULL, err);
}

bool known_devices_drop(struct db *db, uint64_t user_id, struct err *err)
{
    return db_exec(db, "DELETE FROM known_devices WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                   NULL, err);
}
