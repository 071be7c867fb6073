#include "auth/store/api_keys.h"

#include <stdio.h>
#include <string.h>

#include "auth/store/sealed.h"
#include "base/auto.h"
#include "db/listing.h"

#define COLUMNS                                                                                    \
    "id, user_id, service_account_id, kid, algorithm, scope, state, created_at, updated_at"
/* What belongs to a holder; NULL equals no id. */
#define OF_HOLDER "(user_id = ? OR service_account_id = ?)"

static struct db_value id_value(uint64_t id)
{
    return id > 0 ? DB_U64(id) : DB_NULL;
}

static bool from_row(const struct db_result *rows, struct arena *arena, struct api_key *ret_key)
{
    struct api_key key = {.id = db_get_u64(rows, 0),
                          .user_id = db_get_u64(rows, 1),
                          .service_account_id = db_get_u64(rows, 2),
                          .scope = arena_strdup(arena, db_get_text(rows, 5)),
                          .created_at = db_get_time_us(rows, 7),
                          .updated_at = db_get_time_us(rows, 8)};
    db_get_chars(rows, 3, key.kid, sizeof(key.kid));
    db_get_chars(rows, 4, key.algorithm, sizeof(key.algorithm));
    db_get_chars(rows, 6, key.state, sizeof(key.state));
    *ret_key = key;
    return key.scope != NULL;
}

/* ---- lists ---- */

static void read_listed(struct row_reader *reader, void *row)
{
    if (!from_row(reader->result, reader->arena, row))
        reader->failed = true;
}

static const struct listing_column columns[] = {{"id", "id"},
                                                {"kid", "kid"},
                                                {"algorithm", "algorithm"},
                                                {"scope", "scope"},
                                                {"state", "state"},
                                                {"created_at", "created_at"},
                                                {"updated_at", "updated_at"},
                                                {NULL, NULL}};

static const struct listing_table table = {
    .count = "SELECT COUNT(*) FROM api_keys WHERE TRUE",
    .select = "SELECT " COLUMNS " FROM api_keys WHERE TRUE",
    .columns = columns,
    .row_size = sizeof(struct api_key),
    .read = read_listed,
};

bool api_key_column_is_known(const char *name)
{
    for (const struct listing_column *column = columns; column->name; column++)
        if (strcmp(column->name, name) == 0)
            return true;
    return false;
}

bool api_keys_page(struct db *db, struct arena *arena, struct key_holder holder,
                   const struct api_key_page *page, struct api_key **ret_keys, size_t *ret_count,
                   uint64_t *ret_total, struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(LISTING_BYTES_MAX);
    struct listed listed;
    db_sql(db, &where, " AND " OF_HOLDER,
           DB_ARGS(id_value(holder.user_id), id_value(holder.service_account_id)));
    const struct listing listing = {.arena = arena,
                                    .where = where,
                                    .order_by = page->order_by,
                                    .descending = page->descending,
                                    .offset = page->offset,
                                    .limit = page->limit};
    if (!listing_run(db, &table, &listing, &listed, err))
        return false;
    *ret_keys = listed.rows;
    *ret_count = listed.count;
    *ret_total = listed.total;
    return true;
}

bool api_keys_by_kid(struct db *db, struct arena *arena, const char *kid, struct api_key *ret_key,
                     struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT " COLUMNS " FROM api_keys WHERE kid = CONVERT(? USING ascii)",
                  DB_ARGS(DB_TEXT(kid)), &rows, err))
        return false;
    bool found = db_row_next(rows), fits = found && from_row(rows, arena, ret_key);
    db_result_free(rows);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "no such API key");
    return fits || err_set(err, ERR_BUSY, "no memory for an API key");
}

bool api_keys_count(struct db *db, struct key_holder holder, uint64_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT COUNT(*) FROM api_keys WHERE " OF_HOLDER,
                  DB_ARGS(id_value(holder.user_id), id_value(holder.service_account_id)), &rows,
                  err))
        return false;
    *ret_count = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    db_result_free(rows);
    return true;
}

/* ---- secrets ---- */

/* A key keeps its holder, so his id may be a part of the context. */
static struct sealer sealer_of(struct secret_store *secrets, struct arena *arena,
                               const struct api_key *key)
{
    return (struct sealer){.secrets = secrets,
                           .arena = arena,
                           .kind = SECRET_CREDENTIAL,
                           .owner_id = key->user_id ? key->user_id : key->service_account_id};
}

static void column_of(const struct api_key *key, char ret_column[static 64])
{
    snprintf(ret_column, 64, "api_keys.secret/%s/%s", key->kid,
             key->user_id ? "user" : "service_account");
}

bool api_keys_secret(struct db *db, struct secret_store *secrets, struct arena *arena,
                     const struct api_key *key, char ret_secret[static API_KEY_SECRET_SIZE],
                     struct err *err)
{
    struct sealer sealer = sealer_of(secrets, arena, key);
    struct db_result *rows;
    const char *secret = NULL;
    char column[64];
    column_of(key, column);
    if (!db_query(db, "SELECT secret FROM api_keys WHERE id = ?", DB_ARGS(DB_U64(key->id)), &rows,
                  err))
        return false;
    bool found = db_row_next(rows);
    if (!found)
        err_set(err, ERR_NOT_FOUND, "no such API key");
    bool read = found && unseal_column(&sealer, column, rows, 0, &secret, err);
    db_result_free(rows);
    if (!read)
        return false;
    if (strlen(secret) >= API_KEY_SECRET_SIZE)
        return err_set(err, ERR_INTERNAL, "the secret of an API key is too long");
    memcpy(ret_secret, secret, strlen(secret) + 1);
    return true;
}

bool api_keys_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                     struct api_key *key, const char *secret, int64_t now_us, struct err *err)
{
    struct sealer sealer = sealer_of(secrets, arena, key);
    const char *sealed;
    struct db_result *rows;
    char column[64];
    column_of(key, column);
    if (!seal_text(&sealer, column, secret, &sealed, err) ||
        !db_query(
            db,
            "INSERT INTO api_keys (user_id, service_account_id, kid, algorithm, scope, secret,"
            " state, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            DB_ARGS(id_value(key->user_id), id_value(key->service_account_id), DB_TEXT(key->kid),
                    DB_TEXT(key->algorithm), DB_TEXT(key->scope), DB_TEXT(sealed),
                    DB_TEXT(key->state), DB_TIME(now_us), DB_TIME(now_us)),
            &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        key->id = db_get_u64(rows, 0);
        key->created_at = key->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "an API key without an id");
}

/* ---- changes ---- */

bool api_keys_update(struct db *db, struct api_key *key, int64_t now_us, struct err *err)
{
    if (!db_exec(
            db, "UPDATE api_keys SET scope = ?, state = ?, updated_at = ? WHERE id = ?",
            DB_ARGS(DB_TEXT(key->scope), DB_TEXT(key->state), DB_TIME(now_us), DB_U64(key->id)),
            NULL, err))
        return false;
    key->updated_at = now_us;
    return true;
}

bool api_keys_delete(struct db *db, uint64_t id, struct err *err)
{
    return db_exec(db, "DELETE FROM api_keys WHERE id = ?", DB_ARGS(DB_U64(id)), NULL, err);
}

bool api_keys_deactivate(struct db *db, struct arena *arena, struct key_holder holder,
                         int64_t now_us, const char *const **ret_kids, size_t *ret_count,
                         struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT kid, id FROM api_keys WHERE state = 'active' AND (" OF_HOLDER
                  " OR service_account_id IN (SELECT id FROM service_accounts WHERE owner_id = ?))"
                  " FOR UPDATE",
                  DB_ARGS(id_value(holder.user_id), id_value(holder.service_account_id),
                          id_value(holder.user_id)),
                  &rows, err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    const char **kids = arena_alloc(arena, (count + 1) * sizeof(*kids));
    uint64_t *ids = arena_alloc(arena, (count + 1) * sizeof(*ids));
    bool fits = kids && ids;
    while (fits && db_row_next(rows)) {
        ids[filled] = db_get_u64(rows, 1);
        kids[filled] = arena_strdup(arena, db_get_text(rows, 0));
        fits = kids[filled++] != NULL;
    }
    db_result_free(rows);
    if (!fits)
        return err_set(err, ERR_BUSY, "no memory for API keys");
    for (size_t i = 0; i < count; i++)
        if (!db_exec(db, "UPDATE api_keys SET state = 'inactive', updated_at = ? WHERE id = ?",
                     DB_ARGS(DB_TIME(now_us), DB_U64(ids[i])), NULL, err))
            return false;
    *ret_kids = kids;
    *ret_count = count;
    return true;
}
