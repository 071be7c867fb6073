#include "auth/store/oauth_clients.h"

#include <string.h>

#include "base/auto.h"

#define COLUMNS                                                                                    \
    "id, client_id, enabled, metadata, secret_hash, former_secret_hash, former_secret_until,"      \
    " registration_hash, created_at, updated_at"

/* A value that is stored only if it is there. */
#define HASH(has, hash) ((has) ? DB_BYTES((hash), OAUTH_HASH_SIZE) : DB_NULL)

static bool hash_get(const struct db_result *rows, unsigned column, uint8_t *ret_hash)
{
    size_t length;
    if (db_is_null(rows, column))
        return false;
    const void *bytes = db_get_bytes(rows, column, &length);
    assert(length == OAUTH_HASH_SIZE);
    memcpy(ret_hash, bytes, length);
    return true;
}

static bool row_read(const struct db_result *rows, struct arena *arena,
                     struct oauth_client_row *ret_row, struct err *err)
{
    /* What is stored was checked when it came; the rules of then may have been other ones. */
    static const struct oauth_client_rules lenient = {.trusted = true, .insecure = true};
    struct oauth_client_row row = {.client = {.row = db_get_u64(rows, 0)}};
    const char *metadata = db_get_text(rows, 3);
    db_get_chars(rows, 1, row.client.client_id, sizeof(row.client.client_id));
    row.client.is_enabled = db_get_bool(rows, 2);
    row.secrets.has_secret = hash_get(rows, 4, row.secrets.secret);
    row.secrets.has_former = hash_get(rows, 5, row.secrets.former);
    row.secrets.former_until = db_get_time_us(rows, 6);
    row.secrets.has_registration = hash_get(rows, 7, row.secrets.registration);
    row.created_at = db_get_time_us(rows, 8);
    row.updated_at = db_get_time_us(rows, 9);
    if (!oauth_client_read(arena, metadata, strlen(metadata), &lenient, &row.client, err))
        return err_set(err, ERR_INTERNAL, "the stored metadata of client %s are broken",
                       row.client.client_id);
    *ret_row = row;
    return true;
}

static bool find(struct db *db, struct arena *arena, const char *sql, struct db_value key,
                 struct oauth_client_row *ret_row, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, sql, DB_ARGS(key), &rows, err))
        return false;
    bool good = db_row_next(rows) ? row_read(rows, arena, ret_row, err)
                                  : err_set(err, ERR_NOT_FOUND, "no such client");
    db_result_free(rows);
    return good;
}

bool oauth_clients_find(struct db *db, struct arena *arena, const char *client_id,
                        struct oauth_client_row *ret_row, struct err *err)
{
    return find(db, arena, "SELECT " COLUMNS " FROM oauth_clients WHERE client_id = ?",
                DB_TEXT(client_id), ret_row, err);
}

bool oauth_clients_get(struct db *db, struct arena *arena, uint64_t id,
                       struct oauth_client_row *ret_row, struct err *err)
{
    return find(db, arena, "SELECT " COLUMNS " FROM oauth_clients WHERE id = ?", DB_U64(id),
                ret_row, err);
}

bool oauth_clients_list(struct db *db, struct arena *arena, size_t offset, size_t limit,
                        struct oauth_client_row **ret_rows, size_t *ret_count, uint64_t *ret_total,
                        struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM oauth_clients;"
                  "SELECT " COLUMNS " FROM oauth_clients ORDER BY id DESC LIMIT ? OFFSET ?",
                  DB_ARGS(DB_U64(limit), DB_U64(offset)), &rows, err))
        return false;
    uint64_t total = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    size_t count = db_result_next(rows) ? db_row_count(rows) : 0, filled = 0;
    struct oauth_client_row *list = arena_alloc(arena, (count + 1) * sizeof(*list));
    bool good = list || err_set(err, ERR_BUSY, "no memory for a list");
    while (good && db_row_next(rows))
        good = row_read(rows, arena, &list[filled++], err);
    db_result_free(rows);
    if (!good)
        return false;
    *ret_rows = list;
    *ret_count = filled;
    *ret_total = total;
    return true;
}

static bool metadata_write(struct str *out, const struct oauth_client *client, struct err *err)
{
    str_add_char(out, '{');
    oauth_client_write(out, client);
    str_add_char(out, '}');
    return str_ok(out) || err_set(err, ERR_INTERNAL, "metadata of a client are too long");
}

bool oauth_clients_insert(struct db *db, struct oauth_client *client,
                          const struct oauth_client_secrets *secrets, int64_t now_us,
                          struct err *err)
{
    AUTO(str_release) struct str metadata = STR_INIT(2 * OAUTH_METADATA_BYTES_MAX);
    struct db_result *rows;
    if (!metadata_write(&metadata, client, err) ||
        !db_query(db,
                  "INSERT INTO oauth_clients (client_id, enabled, metadata, secret_hash,"
                  " registration_hash, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
                  " RETURNING id",
                  DB_ARGS(DB_TEXT(client->client_id), DB_I64(client->is_enabled),
                          DB_TEXT(metadata.data), HASH(secrets->has_secret, secrets->secret),
                          HASH(secrets->has_registration, secrets->registration), DB_TIME(now_us),
                          DB_TIME(now_us)),
                  &rows, err))
        return false;
    if (db_row_next(rows))
        client->row = db_get_u64(rows, 0);
    db_result_free(rows);
    return true;
}

bool oauth_clients_update(struct db *db, const struct oauth_client *client,
                          const struct oauth_client_secrets *secrets, int64_t now_us,
                          struct err *err)
{
    AUTO(str_release) struct str metadata = STR_INIT(2 * OAUTH_METADATA_BYTES_MAX);
    return metadata_write(&metadata, client, err) &&
           db_exec(db,
                   "UPDATE oauth_clients SET enabled = ?, metadata = ?, secret_hash = ?,"
                   " former_secret_hash = ?, former_secret_until = ?, registration_hash = ?,"
                   " updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_I64(client->is_enabled), DB_TEXT(metadata.data),
                           HASH(secrets->has_secret, secrets->secret),
                           HASH(secrets->has_former, secrets->former),
                           DB_TIME(secrets->former_until),
                           HASH(secrets->has_registration, secrets->registration), DB_TIME(now_us),
                           DB_U64(client->row)),
                   NULL, err);
}

bool oauth_clients_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM oauth_clients WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}

bool oauth_consents_find(struct db *db, uint64_t user_id, uint64_t client, scope_set *ret_scopes,
                         struct err *err)
{
    struct db_result *rows;
    scope_set scopes = 0;
    if (!db_query(db, "SELECT scope FROM oauth_consents WHERE user_id = ? AND client_id = ?",
                  DB_ARGS(DB_U64(user_id), DB_U64(client)), &rows, err))
        return false;
    /* A scope that no longer exists: as if nothing had been agreed to. */
    if (db_row_next(rows) && !scopes_parse(db_get_text(rows, 0), &scopes))
        scopes = 0;
    db_result_free(rows);
    *ret_scopes = scopes;
    return true;
}

bool oauth_consents_save(struct db *db, uint64_t user_id, uint64_t client, scope_set scopes,
                         int64_t now_us, struct err *err)
{
    char text[SCOPES_TEXT_MAX];
    return db_exec(db,
                   "INSERT INTO oauth_consents (user_id, client_id, scope, created_at, updated_at)"
                   " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE scope = VALUES(scope),"
                   " updated_at = VALUES(updated_at)",
                   DB_ARGS(DB_U64(user_id), DB_U64(client), DB_TEXT(scopes_text(scopes, text)),
                           DB_TIME(now_us), DB_TIME(now_us)),
                   NULL, err);
}

bool oauth_consents_delete(struct db *db, uint64_t user_id, uint64_t client, struct err *err)
{
    return db_exec(db, "DELETE FROM oauth_consents WHERE user_id = ? AND client_id = ?",
                   DB_ARGS(DB_U64(user_id), DB_U64(client)), NULL, err);
}
