#include "auth/store/oauth_endings.h"

#include <string.h>

#include "base/auto.h"

/* Which grants: a condition on `g` with its values. */
struct which {
    const char *sql;
    const struct db_value *values;
    size_t count;
};

#define LIVING " FROM oauth_grants g WHERE g.revoked_at IS NULL AND g.user_id IS NOT NULL"
#define ONLINE " AND NOT FIND_IN_SET('offline_access', REPLACE(g.scope, ' ', ','))"

/* Grants first, as whoever gives tokens of one does: so what is told and announced is what is ended, and
 * two that end the same ones wait for each other instead of blocking each other. */
static bool lock(struct db *db, const struct which *which, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(8192);
    struct db_result *rows;
    db_sql(db, &sql, "SELECT COUNT(*) FROM oauth_grants g WHERE g.user_id IS NOT NULL", DB_NONE);
    db_sql(db, &sql, which->sql, which->values, which->count);
    db_sql(db, &sql, " FOR UPDATE", DB_NONE);
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    db_result_free(rows);
    return true;
}

/* `online`: those with offline_access live on. Their clients are told all the same. */
static bool end(struct db *db, const struct which *which, bool online, const char *why,
                int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(8192);
    if (!lock(db, which, err))
        return false;
    db_sql(db, &sql,
           "INSERT INTO oauth_logouts (client_id, uid, sid, next_at)"
           " SELECT DISTINCT g.client_id, u.uid, g.sid, ? FROM oauth_grants g"
           " JOIN users u ON u.id = g.user_id WHERE g.sid IS NOT NULL AND g.expires_at > ?",
           DB_ARGS(DB_TIME(now_us), DB_TIME(now_us)));
    db_sql(db, &sql, which->sql, which->values, which->count);
    db_sql(db, &sql, "; INSERT INTO changes (kind, `key`) SELECT 'oauth_grant', g.grant_id" LIVING,
           DB_NONE);
    db_sql(db, &sql, which->sql, which->values, which->count);
    db_sql(db, &sql, online ? ONLINE : "", DB_NONE);
    db_sql(db, &sql,
           "; UPDATE oauth_grants g SET g.revoked_at = ?, g.revoked_why = ?"
           " WHERE g.revoked_at IS NULL AND g.user_id IS NOT NULL",
           DB_ARGS(DB_TIME(now_us), DB_TEXT(why)));
    db_sql(db, &sql, which->sql, which->values, which->count);
    db_sql(db, &sql, online ? ONLINE : "", DB_NONE);
    /* A client is told once that a session is over. */
    db_sql(db, &sql, "; UPDATE oauth_grants g SET g.sid = NULL WHERE g.sid IS NOT NULL", DB_NONE);
    db_sql(db, &sql, which->sql, which->values, which->count);
    return db_exec_str(db, &sql, NULL, err);
}

bool oauth_end_session(struct db *db, const uint8_t id[static SESSION_ID_SIZE], int64_t now_us,
                       struct err *err)
{
    const struct db_value values[] = {DB_BYTES(id, SESSION_ID_SIZE)};
    return end(db, &(struct which){" AND g.session_id = ?", values, 1}, true, "session", now_us,
               err);
}

bool oauth_end_sessions(struct db *db, uint64_t user_id, const uint8_t *except, int64_t now_us,
                        struct err *err)
{
    const struct db_value values[] = {DB_U64(user_id), DB_BYTES(except, SESSION_ID_SIZE)};
    struct which which = {" AND g.user_id = ? AND g.session_id IS NOT NULL", values, 1};
    if (except)
        which = (struct which){" AND g.user_id = ? AND g.session_id <> ?", values, 2};
    return end(db, &which, false, "session", now_us, err);
}

bool oauth_end_user(struct db *db, uint64_t user_id, const char *why, int64_t now_us,
                    struct err *err)
{
    const struct db_value values[] = {DB_U64(user_id)};
    return end(db, &(struct which){" AND g.user_id = ?", values, 1}, false, why, now_us, err);
}

bool oauth_end_all(struct db *db, const char *why, int64_t now_us, struct err *err)
{
    return end(db, &(struct which){"", NULL, 0}, false, why, now_us, err);
}
