#include "auth/store/sessions.h"

#include "base/auto.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "id, user_id, csrf_hash, user_ip, user_agent_hash, methods, authenticated_at, created_at,"     \
    " expires_at, ends_at"

enum { AGENT_CHARS_MAX = 512, TOUCH_SQL_BYTES_MAX = 1 << 20 };

#define ID(id) DB_BYTES((id), SESSION_ID_SIZE)

static void get_hash(const struct db_result *rows, unsigned column, uint8_t *hash)
{
    size_t length;
    const void *bytes = db_get_bytes(rows, column, &length);
    assert(length == SESSION_ID_SIZE);
    memcpy(hash, bytes, SESSION_ID_SIZE);
}

static void session_from_row(const struct db_result *rows, struct session *ret_session)
{
    *ret_session = (struct session){.user_id = db_get_u64(rows, 1),
                                    .authenticated_at = db_get_time_us(rows, 6),
                                    .created_at = db_get_time_us(rows, 7),
                                    .expires_at = db_get_time_us(rows, 8),
                                    .ends_at = db_get_time_us(rows, 9)};
    get_hash(rows, 0, ret_session->id);
    get_hash(rows, 2, ret_session->csrf_hash);
    get_hash(rows, 4, ret_session->user_agent_hash);
    db_get_chars(rows, 3, ret_session->user_ip, sizeof(ret_session->user_ip));
    db_get_chars(rows, 5, ret_session->methods, sizeof(ret_session->methods));
}

bool sessions_insert(struct db *db, const struct session *session, const char *user_agent,
                     struct err *err)
{
    return db_exec(db,
                   "INSERT INTO sessions (" COLUMNS ", user_agent)"
                   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, LEFT(?, ?))",
                   DB_ARGS(ID(session->id), DB_U64(session->user_id), ID(session->csrf_hash),
                           DB_TEXT(session->user_ip), ID(session->user_agent_hash),
                           DB_TEXT(session->methods), DB_TIME(session->authenticated_at),
                           DB_TIME(session->created_at), DB_TIME(session->expires_at),
                           DB_TIME(session->ends_at), DB_TEXT(user_agent), DB_I64(AGENT_CHARS_MAX)),
                   NULL, err);
}

bool sessions_find(struct db *db, const uint8_t id[static SESSION_ID_SIZE], int64_t now_us,
                   struct session *ret_session, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT " COLUMNS " FROM sessions WHERE id = ? AND expires_at > ?",
                  DB_ARGS(ID(id), DB_TIME(now_us)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        session_from_row(rows, ret_session);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such session");
}

bool sessions_delete(struct db *db, const uint8_t id[static SESSION_ID_SIZE], bool *ret_was_there,
                     struct err *err)
{
    uint64_t count;
    if (!db_exec(db, "DELETE FROM sessions WHERE id = ?", DB_ARGS(ID(id)), &count, err))
        return false;
    *ret_was_there = count > 0;
    return true;
}

bool sessions_delete_of_user(struct db *db, uint64_t user_id, const uint8_t *except,
                             uint64_t *ret_count, struct err *err)
{
    return except ? db_exec(db, "DELETE FROM sessions WHERE user_id = ? AND id <> ?",
                            DB_ARGS(DB_U64(user_id), ID(except)), ret_count, err)
                  : db_exec(db, "DELETE FROM sessions WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                            ret_count, err);
}

bool sessions_delete_all(struct db *db, uint64_t *ret_count, struct err *err)
{
    return db_exec(db, "DELETE FROM sessions", DB_NONE, ret_count, err);
}

static bool read_ids(struct db *db, const char *sql, const struct db_value *values, size_t count,
                     struct session_ids *ret_ids, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    ret_ids->count = 0;
    while (db_row_next(rows))
        get_hash(rows, 0, ret_ids->id[ret_ids->count++]);
    db_result_free(rows);
    return true;
}

bool sessions_oldest(struct db *db, uint64_t user_id, size_t keep, struct session_ids *ret_ids,
                     struct err *err)
{
    const struct db_value values[] = {DB_U64(user_id), DB_I64(SESSION_IDS_MAX), DB_U64(keep)};
    return read_ids(db,
                    "SELECT id FROM sessions WHERE user_id = ?"
                    " ORDER BY created_at DESC, id LIMIT ? OFFSET ? FOR UPDATE",
                    values, ARRAY_LEN(values), ret_ids, err);
}

bool sessions_over(struct db *db, int64_t now_us, struct session_ids *ret_ids, struct err *err)
{
    const struct db_value values[] = {DB_TIME(now_us), DB_I64(SESSION_IDS_MAX)};
    return read_ids(db, "SELECT id FROM sessions WHERE expires_at < ? LIMIT ? FOR UPDATE", values,
                    ARRAY_LEN(values), ret_ids, err);
}

bool sessions_touch(struct db *db, const struct session_use *uses, size_t count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(TOUCH_SQL_BYTES_MAX);
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        db_sql(db, &sql,
               i == 0 ? "UPDATE sessions JOIN (SELECT ? AS used, ? AS until"
                      : " UNION ALL SELECT ?, ?",
               DB_ARGS(ID(uses[i].id), DB_TIME(uses[i].expires_at)));
    db_sql(
        db, &sql,
        ") uses ON sessions.id = uses.used"
        " SET expires_at = LEAST(ends_at, GREATEST(expires_at, CAST(uses.until AS DATETIME(6))))",
        DB_NONE);
    return db_exec_str(db, &sql, NULL, err);
}

bool sessions_set_methods(struct db *db, const uint8_t id[static SESSION_ID_SIZE],
                          const char *methods, int64_t authenticated_at, struct err *err)
{
    return db_exec(db, "UPDATE sessions SET methods = ?, authenticated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(methods), DB_TIME(authenticated_at), ID(id)), NULL, err);
}

bool sessions_of_user(struct db *db, struct arena *arena, uint64_t user_id, int64_t now_us,
                      struct session_row **ret_rows, size_t *ret_count, struct err *err)
{
    struct db_result *result;
    if (!db_query(db,
                  "SELECT " COLUMNS ", user_agent FROM sessions"
                  " WHERE user_id = ? AND expires_at > ? ORDER BY created_at DESC",
                  DB_ARGS(DB_U64(user_id), DB_TIME(now_us)), &result, err))
        return false;
    size_t count = db_row_count(result), filled = 0;
    struct session_row *rows = arena_alloc(arena, (count + 1) * sizeof(*rows));
    while (rows && db_row_next(result)) {
        session_from_row(result, &rows[filled].session);
        if (!(rows[filled].user_agent = arena_strdup(arena, db_get_text(result, 10))))
            break;
        filled++;
    }
    db_result_free(result);
    if (!rows || filled < count)
        return err_set(err, ERR_BUSY, "no memory for sessions");
    *ret_rows = rows;
    *ret_count = count;
    return true;
}
