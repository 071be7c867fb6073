#include "auth/store/used_tokens.h"

bool used_tokens_take(struct db *db, const char *jti, int64_t expires_at, bool *ret_first,
                      struct err *err)
{
    uint64_t count;
    if (!db_exec(db, "INSERT IGNORE INTO used_tokens (jti, expires_at) VALUES (?, ?)",
                 DB_ARGS(DB_TEXT(jti), DB_TIME(expires_at)), &count, err))
        return false;
    *ret_first = count == 1;
    return true;
}
