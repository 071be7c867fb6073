#include "auth/store/changes.h"

#include <string.h>

static const char *const kind_names[CHANGE_KIND_MAX] = {
    [CHANGE_USER] = "user",
    [CHANGE_SERVICE_ACCOUNT] = "service_account",
    [CHANGE_SESSION] = "session",
    [CHANGE_USER_SESSIONS] = "user_sessions",
    [CHANGE_ALL_SESSIONS] = "all_sessions",
    [CHANGE_API_KEY] = "api_key",
    [CHANGE_PERMISSIONS] = "permissions",
    [CHANGE_RESTRICTIONS] = "restrictions",
    [CHANGE_LEVELS] = "levels",
    [CHANGE_OAUTH_CLIENT] = "oauth_client",
    [CHANGE_OAUTH_GRANT] = "oauth_grant",
    [CHANGE_SIGNING_KEYS] = "signing_keys",
};

enum { SWEEP_ROWS_MAX = 10000 };

bool change_announce(struct db *db, enum change_kind kind, const char *key, struct err *err)
{
    assert((unsigned)kind < CHANGE_KIND_MAX);
    return db_exec(db, "INSERT INTO changes (kind, `key`, created_at) VALUES (?, ?, NOW(6))",
                   DB_ARGS(DB_TEXT(kind_names[kind]), DB_TEXT(key)), NULL, err);
}

static bool kind_parse(const char *name, enum change_kind *ret_kind)
{
    for (size_t i = 0; i < CHANGE_KIND_MAX; i++)
        if (strcmp(kind_names[i], name) == 0) {
            *ret_kind = (enum change_kind)i;
            return true;
        }
    return false;
}

bool changes_read(struct db *db, uint64_t after, size_t max,
                  void (*take)(void *arg, const struct change_row *row), void *arg, bool *ret_all,
                  struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT seq, kind, `key` FROM changes WHERE seq > ?"
                  " AND created_at > NOW(6) - INTERVAL ? SECOND ORDER BY seq LIMIT ?",
                  DB_ARGS(DB_U64(after), DB_I64(CHANGES_LOOK_BACK_S), DB_U64(max)), &rows, err))
        return false;
    *ret_all = db_row_count(rows) < max;
    while (db_row_next(rows)) {
        struct change_row row = {.seq = db_get_u64(rows, 0)};
        if (!kind_parse(db_get_text(rows, 1), &row.kind))
            continue;
        db_get_chars(rows, 2, row.key, sizeof(row.key));
        take(arg, &row);
    }
    db_result_free(rows);
    return true;
}

bool changes_last(struct db *db, uint64_t *ret_seq, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT COALESCE(MAX(seq), 0) FROM changes", DB_NONE, &rows, err))
        return false;
    *ret_seq = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    db_result_free(rows);
    return true;
}

bool changes_sweep(struct db *db, struct err *err)
{
    /* The last row stays: AUTO_INCREMENT of a table without rows may begin anew. */
    return db_exec(db,
                   "DELETE FROM changes WHERE created_at < NOW(6) - INTERVAL ? SECOND"
                   " AND seq < (SELECT seq FROM (SELECT MAX(seq) AS seq FROM changes) last)"
                   " LIMIT ?",
                   DB_ARGS(DB_I64(4 * CHANGES_LOOK_BACK_S), DB_I64(SWEEP_ROWS_MAX)), NULL, err);
}
