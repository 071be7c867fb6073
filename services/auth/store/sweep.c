#include "auth/store/sweep.h"

#include <stddef.h>

enum { SWEEP_ROWS_MAX = 5000 };

/* Each takes the time and a number of rows. */
static const char *const statements[] = {
    "DELETE FROM used_tokens WHERE expires_at < ? LIMIT ?",
    "DELETE FROM password_resets WHERE expires_at < ? LIMIT ?",
    "DELETE FROM whitelinks WHERE expires_at < ? LIMIT ?",
    "DELETE FROM throttles WHERE empty_at < ? LIMIT ?",
    "DELETE FROM mails WHERE created_at < ? - INTERVAL 7 DAY LIMIT ?",
    "DELETE FROM oauth_flows WHERE expires_at < ? LIMIT ?",
    "DELETE FROM oauth_devices WHERE expires_at < ? - INTERVAL 1 HOUR LIMIT ?",
    "DELETE FROM oauth_once WHERE expires_at < ? LIMIT ?",
    "DELETE FROM oauth_codes WHERE expires_at < ? - INTERVAL 1 DAY LIMIT ?",
    "DELETE FROM oauth_refresh_tokens WHERE expires_at < ? LIMIT ?",
    "DELETE FROM oauth_access_tokens WHERE expires_at < ? LIMIT ?",
    "DELETE FROM oauth_grants WHERE expires_at < ? - INTERVAL 30 DAY LIMIT ?",
    "DELETE FROM stranger_sign_ins WHERE created_at < ? - INTERVAL 7 DAY LIMIT ?",
    "DELETE FROM known_devices WHERE last_seen_at < ? - INTERVAL 180 DAY LIMIT ?",
};

bool sweep_all(struct db *db, int64_t now_us, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        if (!db_exec(db, statements[i], DB_ARGS(DB_TIME(now_us), DB_I64(SWEEP_ROWS_MAX)), NULL,
                     err))
            return false;
    return true;
}
