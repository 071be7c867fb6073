#include "auth/store/whitelinks.h"

#include "db/listing.h"

bool whitelinks_insert(struct db *db, const uint8_t hash[static SHA256_SIZE], int64_t now_us,
                       int64_t expires_at, struct err *err)
{
    return db_exec(
        db, "INSERT INTO whitelinks (token_hash, created_at, expires_at) VALUES (?, ?, ?)",
        DB_ARGS(DB_BYTES(hash, SHA256_SIZE), DB_TIME(now_us), DB_TIME(expires_at)), NULL, err);
}

bool whitelinks_is_good(struct db *db, const uint8_t hash[static SHA256_SIZE], int64_t now_us,
                        bool *ret_good, struct err *err)
{
    return row_exists(db, "SELECT 1 FROM whitelinks WHERE token_hash = ? AND expires_at > ?",
                      DB_ARGS(DB_BYTES(hash, SHA256_SIZE), DB_TIME(now_us)), ret_good, err);
}
