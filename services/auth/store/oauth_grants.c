#include "auth/store/oauth_grants.h"

#include <string.h>

#include "auth/store/changes.h"
#include "base/auto.h"

#define COLUMNS                                                                                    \
    "g.id, g.grant_id, g.client_id, g.user_id, g.scope, g.resource, g.session_id, g.sid,"          \
    " g.methods, g.authenticated_at, g.jkt, g.created_at, g.used_at, g.expires_at, g.revoked_at"
enum { COLUMNS_COUNT = 15 };

#define HASH(bytes) DB_BYTES((bytes), OAUTH_HASH_SIZE)

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void grant_read(const struct db_result *rows, struct oauth_grant *grant)
{
    *grant = (struct oauth_grant){.row = db_get_u64(rows, 0),
                                  .client = db_get_u64(rows, 2),
                                  .user_id = db_get_u64(rows, 3),
                                  .authenticated_at = db_get_time_us(rows, 9),
                                  .created_at = db_get_time_us(rows, 11),
                                  .used_at = db_get_time_us(rows, 12),
                                  .expires_at = db_get_time_us(rows, 13),
                                  .revoked_at = db_get_time_us(rows, 14)};
    db_get_chars(rows, 1, grant->grant_id, sizeof(grant->grant_id));
    /* A scope that no longer exists opens nothing. */
    if (!scopes_parse(db_get_text(rows, 4), &grant->scopes))
        grant->scopes = 0;
    db_get_chars(rows, 5, grant->resource, sizeof(grant->resource));
    if (!db_is_null(rows, 6)) {
        size_t length;
        const void *bytes = db_get_bytes(rows, 6, &length);
        assert(length == SESSION_ID_SIZE);
        memcpy(grant->session_id, bytes, length);
        grant->has_session = true;
    }
    db_get_chars(rows, 7, grant->sid, sizeof(grant->sid));
    db_get_chars(rows, 8, grant->methods, sizeof(grant->methods));
    db_get_chars(rows, 10, grant->jkt, sizeof(grant->jkt));
}

bool oauth_grants_insert(struct db *db, struct oauth_grant *grant, struct err *err)
{
    char scopes[SCOPES_TEXT_MAX];
    struct db_result *rows;
    if (!db_query(
            db,
            "INSERT INTO oauth_grants (grant_id, client_id, user_id, scope, resource,"
            " session_id, sid, methods, authenticated_at, jkt, created_at, used_at,"
            " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            DB_ARGS(DB_TEXT(grant->grant_id), DB_U64(grant->client),
                    grant->user_id ? DB_U64(grant->user_id) : DB_NULL,
                    DB_TEXT(scopes_text(grant->scopes, scopes)), DB_TEXT(or_null(grant->resource)),
                    grant->has_session ? DB_BYTES(grant->session_id, SESSION_ID_SIZE) : DB_NULL,
                    DB_TEXT(or_null(grant->sid)), DB_TEXT(grant->methods),
                    DB_TIME(grant->authenticated_at), DB_TEXT(or_null(grant->jkt)),
                    DB_TIME(grant->created_at), DB_TIME(grant->created_at),
                    DB_TIME(grant->expires_at)),
            &rows, err))
        return false;
    if (db_row_next(rows))
        grant->row = db_get_u64(rows, 0);
    db_result_free(rows);
    return true;
}

static bool find(struct db *db, const char *sql, const struct db_value *values, size_t count,
                 struct oauth_grant *ret_grant, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found)
        grant_read(rows, ret_grant);
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such grant");
}

bool oauth_grants_lock(struct db *db, uint64_t row, struct oauth_grant *ret_grant, struct err *err)
{
    return find(db, "SELECT " COLUMNS " FROM oauth_grants g WHERE g.id = ? FOR UPDATE",
                DB_ARGS(DB_U64(row)), ret_grant, err);
}

bool oauth_grants_get(struct db *db, uint64_t row, struct oauth_grant *ret_grant, struct err *err)
{
    return find(db, "SELECT " COLUMNS " FROM oauth_grants g WHERE g.id = ?", DB_ARGS(DB_U64(row)),
                ret_grant, err);
}

bool oauth_grants_find(struct db *db, const char *grant_id, struct oauth_grant *ret_grant,
                       struct err *err)
{
    return find(db, "SELECT " COLUMNS " FROM oauth_grants g WHERE g.grant_id = ?",
                DB_ARGS(DB_TEXT(grant_id)), ret_grant, err);
}

bool oauth_grants_set_used(struct db *db, uint64_t row, const char *jkt, int64_t now_us,
                           struct err *err)
{
    return db_exec(db, "UPDATE oauth_grants SET used_at = ?, jkt = COALESCE(jkt, ?) WHERE id = ?",
                   DB_ARGS(DB_TIME(now_us), DB_TEXT(or_null(jkt)), DB_U64(row)), NULL, err);
}

bool oauth_grants_revoke(struct db *db, const struct oauth_grant *grant, const char *why,
                         int64_t now_us, struct err *err)
{
    uint64_t count;
    if (!db_exec(db,
                 "UPDATE oauth_grants SET revoked_at = ?, revoked_why = ?"
                 " WHERE id = ? AND revoked_at IS NULL",
                 DB_ARGS(DB_TIME(now_us), DB_TEXT(why), DB_U64(grant->row)), &count, err))
        return false;
    return count == 0 || change_announce(db, CHANGE_OAUTH_GRANT, grant->grant_id, err);
}

bool oauth_grants_list(struct db *db, struct arena *arena, const struct oauth_grant_filter *filter,
                       int64_t now_us, struct oauth_grant **ret_grants, size_t *ret_count,
                       struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(4096);
    struct db_result *rows;
    db_sql(db, &sql,
           "SELECT " COLUMNS " FROM oauth_grants g WHERE g.revoked_at IS NULL AND g.expires_at > ?",
           DB_ARGS(DB_TIME(now_us)));
    if (filter->user_id)
        db_sql(db, &sql, " AND g.user_id = ?", DB_ARGS(DB_U64(filter->user_id)));
    if (filter->client)
        db_sql(db, &sql, " AND g.client_id = ?", DB_ARGS(DB_U64(filter->client)));
    if (filter->session_id)
        db_sql(db, &sql, " AND g.session_id = ?",
               DB_ARGS(DB_BYTES(filter->session_id, SESSION_ID_SIZE)));
    if (filter->online)
        db_sql(db, &sql, " AND NOT FIND_IN_SET('offline_access', REPLACE(g.scope, ' ', ','))",
               DB_NONE);
    db_sql(db, &sql, " FOR UPDATE", DB_NONE);
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct oauth_grant *grants = arena_alloc(arena, (count + 1) * sizeof(*grants));
    while (grants && db_row_next(rows))
        grant_read(rows, &grants[filled++]);
    db_result_free(rows);
    if (!grants)
        return err_set(err, ERR_BUSY, "no memory for grants");
    *ret_grants = grants;
    *ret_count = filled;
    return true;
}

bool oauth_grants_page(struct db *db, struct arena *arena, uint64_t user_id, uint64_t client,
                       int64_t now_us, size_t offset, size_t limit,
                       struct oauth_grant_row **ret_rows, size_t *ret_count, uint64_t *ret_total,
                       struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM oauth_grants g WHERE g.revoked_at IS NULL"
                  " AND g.expires_at > ? AND (? = 0 OR g.user_id = ?)"
                  " AND (? = 0 OR g.client_id = ?);"
                  "SELECT " COLUMNS ", c.client_id, u.uid,"
                  " COALESCE(JSON_UNQUOTE(JSON_EXTRACT(c.metadata, '$.client_name')), '')"
                  " FROM oauth_grants g JOIN oauth_clients c ON c.id = g.client_id"
                  " LEFT JOIN users u ON u.id = g.user_id WHERE g.revoked_at IS NULL"
                  " AND g.expires_at > ? AND (? = 0 OR g.user_id = ?)"
                  " AND (? = 0 OR g.client_id = ?) ORDER BY g.id DESC LIMIT ? OFFSET ?",
                  DB_ARGS(DB_TIME(now_us), DB_U64(user_id), DB_U64(user_id), DB_U64(client),
                          DB_U64(client), DB_TIME(now_us), DB_U64(user_id), DB_U64(user_id),
                          DB_U64(client), DB_U64(client), DB_U64(limit), DB_U64(offset)),
                  &rows, err))
        return false;
    uint64_t total = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    size_t count = db_result_next(rows) ? db_row_count(rows) : 0, filled = 0;
    struct oauth_grant_row *list = arena_alloc(arena, (count + 1) * sizeof(*list));
    while (list && db_row_next(rows)) {
        struct oauth_grant_row *row = &list[filled++];
        grant_read(rows, &row->grant);
        db_get_chars(rows, COLUMNS_COUNT, row->client_id, sizeof(row->client_id));
        db_get_chars(rows, COLUMNS_COUNT + 1, row->uid, sizeof(row->uid));
        row->client_name = arena_strdup(arena, db_get_text(rows, COLUMNS_COUNT + 2));
        if (!row->client_name)
            list = NULL;
    }
    db_result_free(rows);
    if (!list)
        return err_set(err, ERR_BUSY, "no memory for grants");
    *ret_rows = list;
    *ret_count = filled;
    *ret_total = total;
    return true;
}

/* ---- codes ---- */

bool oauth_codes_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        const struct oauth_code_row *row, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO oauth_codes (code_hash, grant_id, redirect_uri, challenge, nonce,"
                   " jkt, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(HASH(hash), DB_U64(row->grant), DB_TEXT(row->redirect_uri),
                           DB_TEXT(row->challenge), DB_TEXT(row->nonce), DB_TEXT(or_null(row->jkt)),
                           DB_TIME(row->expires_at)),
                   NULL, err);
}

bool oauth_codes_find(struct db *db, struct arena *arena,
                      const uint8_t hash[static OAUTH_HASH_SIZE], struct oauth_code_row *ret_row,
                      struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT grant_id, redirect_uri, challenge, jkt, nonce, expires_at, used_at"
                  " FROM oauth_codes WHERE code_hash = ?",
                  DB_ARGS(HASH(hash)), &rows, err))
        return false;
    bool found = db_row_next(rows), good = found;
    if (found) {
        const char *nonce = db_get_text(rows, 4);
        *ret_row = (struct oauth_code_row){.grant = db_get_u64(rows, 0),
                                           .expires_at = db_get_time_us(rows, 5),
                                           .used_at = db_get_time_us(rows, 6),
                                           .nonce = nonce ? arena_strdup(arena, nonce) : NULL};
        db_get_chars(rows, 1, ret_row->redirect_uri, sizeof(ret_row->redirect_uri));
        db_get_chars(rows, 2, ret_row->challenge, sizeof(ret_row->challenge));
        db_get_chars(rows, 3, ret_row->jkt, sizeof(ret_row->jkt));
        good = !nonce || ret_row->nonce;
    }
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no such code");
    return good || err_set(err, ERR_BUSY, "no memory for a code");
}

static bool use(struct db *db, const char *sql, const uint8_t *hash, int64_t now_us,
                bool *ret_first, struct err *err)
{
    uint64_t count;
    if (!db_exec(db, sql, DB_ARGS(DB_TIME(now_us), HASH(hash)), &count, err))
        return false;
    *ret_first = count > 0;
    return true;
}

bool oauth_codes_use(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE], int64_t now_us,
                     bool *ret_first, struct err *err)
{
    return use(db, "UPDATE oauth_codes SET used_at = ? WHERE code_hash = ? AND used_at IS NULL",
               hash, now_us, ret_first, err);
}

/* ---- refresh tokens ---- */

bool oauth_refresh_insert(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                          const struct oauth_refresh_row *row, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO oauth_refresh_tokens (token_hash, grant_id, seed, created_at,"
                   " expires_at) VALUES (?, ?, ?, ?, ?)",
                   DB_ARGS(HASH(hash), DB_U64(row->grant), HASH(row->seed),
                           DB_TIME(row->created_at), DB_TIME(row->expires_at)),
                   NULL, err);
}

bool oauth_refresh_find(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE],
                        struct oauth_refresh_row *ret_row, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT grant_id, created_at, expires_at, used_at, seed"
                  " FROM oauth_refresh_tokens WHERE token_hash = ?",
                  DB_ARGS(HASH(hash)), &rows, err))
        return false;
    bool found = db_row_next(rows);
    if (found) {
        size_t length;
        const void *seed = db_get_bytes(rows, 4, &length);
        *ret_row = (struct oauth_refresh_row){.grant = db_get_u64(rows, 0),
                                              .created_at = db_get_time_us(rows, 1),
                                              .expires_at = db_get_time_us(rows, 2),
                                              .used_at = db_get_time_us(rows, 3)};
        assert(length == OAUTH_HASH_SIZE);
        memcpy(ret_row->seed, seed, length);
    }
    db_result_free(rows);
    return found || err_set(err, ERR_NOT_FOUND, "no such refresh token");
}

bool oauth_refresh_use(struct db *db, const uint8_t hash[static OAUTH_HASH_SIZE], int64_t now_us,
                       bool *ret_first, struct err *err)
{
    return use(
        db, "UPDATE oauth_refresh_tokens SET used_at = ? WHERE token_hash = ? AND used_at IS NULL",
        hash, now_us, ret_first, err);
}

/* ---- access tokens ---- */

bool oauth_access_insert(struct db *db, const char *jti, uint64_t grant, int64_t expires_at,
                         struct err *err)
{
    return db_exec(db,
                   "INSERT INTO oauth_access_tokens (jti, grant_id, expires_at) VALUES (?, ?, ?)",
                   DB_ARGS(DB_TEXT(jti), DB_U64(grant), DB_TIME(expires_at)), NULL, err);
}

bool oauth_access_find(struct db *db, const char *jti, int64_t now_us,
                       struct oauth_grant *ret_grant, struct err *err)
{
    return find(db,
                "SELECT " COLUMNS " FROM oauth_access_tokens t JOIN oauth_grants g"
                " ON g.id = t.grant_id WHERE t.jti = ? AND t.revoked_at IS NULL"
                " AND t.expires_at > ? AND g.revoked_at IS NULL",
                DB_ARGS(DB_TEXT(jti), DB_TIME(now_us)), ret_grant, err);
}

bool oauth_access_revoke(struct db *db, const char *jti, int64_t now_us, struct err *err)
{
    return db_exec(db, "UPDATE oauth_access_tokens SET revoked_at = ? WHERE jti = ?",
                   DB_ARGS(DB_TIME(now_us), DB_TEXT(jti)), NULL, err);
}
