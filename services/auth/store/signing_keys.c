#include "auth/store/signing_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"

enum { CONTEXT_SIZE = 128, PEM_BYTES_MAX = 16 * 1024 };

static void context_of(const char *kid, char context[static CONTEXT_SIZE])
{
    snprintf(context, CONTEXT_SIZE, "signing_keys.private_sealed/%s", kid);
}

static bool row_read(const struct db_result *rows, struct arena *arena, struct signing_row *row)
{
    db_get_chars(rows, 0, row->kid, sizeof(row->kid));
    db_get_chars(rows, 1, row->algorithm, sizeof(row->algorithm));
    row->public_pem = arena_strdup(arena, db_get_text(rows, 2));
    row->private_pem = NULL;
    row->signs_at = db_get_time_us(rows, 3);
    row->ends_at = db_get_time_us(rows, 4);
    return row->public_pem != NULL;
}

bool signing_keys_list(struct db *db, struct arena *arena, int64_t now_us,
                       struct signing_row ret_rows[static SIGNING_ROWS_MAX], size_t *ret_count,
                       struct err *err)
{
    struct db_result *rows;
    size_t count = 0;
    if (!db_query(db,
                  "SELECT kid, algorithm, public_pem, signs_at, ends_at FROM signing_keys"
                  " WHERE ends_at IS NULL OR ends_at > ? ORDER BY signs_at, id",
                  DB_ARGS(DB_TIME(now_us)), &rows, err))
        return false;
    bool good = db_row_count(rows) <= SIGNING_ROWS_MAX ||
                err_set(err, ERR_INTERNAL, "more than %d signing keys", SIGNING_ROWS_MAX);
    while (good && db_row_next(rows))
        good = row_read(rows, arena, &ret_rows[count++]) ||
               err_set(err, ERR_BUSY, "no memory for signing keys");
    db_result_free(rows);
    if (good)
        *ret_count = count;
    return good;
}

bool signing_keys_unseal(struct db *db, struct secret_store *secrets, struct arena *arena,
                         struct signing_row *row, struct err *err)
{
    AUTO(str_release) struct str pem = STR_INIT(PEM_BYTES_MAX);
    char context[CONTEXT_SIZE];
    struct db_result *rows;
    context_of(row->kid, context);
    if (!db_query(db, "SELECT private_sealed FROM signing_keys WHERE kid = ?",
                  DB_ARGS(DB_TEXT(row->kid)), &rows, err))
        return false;
    bool good = db_row_next(rows) || err_set(err, ERR_NOT_FOUND, "no signing key %s", row->kid);
    const char *sealed = good ? db_get_text(rows, 0) : "";
    good = good && secret_unseal(secrets, context, sealed, strlen(sealed), &pem, err);
    db_result_free(rows);
    if (good)
        row->private_pem = arena_strdup(arena, str_data(&pem));
    str_wipe(&pem);
    return good && (row->private_pem || err_set(err, ERR_BUSY, "no memory for a key"));
}

bool signing_keys_insert(struct db *db, struct secret_store *secrets, const struct signing_row *row,
                         int64_t older_end_at, int64_t now_us, struct err *err)
{
    AUTO(str_release) struct str sealed = STR_INIT(SECRET_SEALED_MAX);
    char context[CONTEXT_SIZE];
    struct db_result *rows;
    context_of(row->kid, context);
    if (!signing_keys_sweep(db, now_us, err) ||
        !db_query(db, "SELECT id FROM signing_keys FOR UPDATE", DB_NONE, &rows, err))
        return false;
    size_t count = db_row_count(rows);
    db_result_free(rows);
    if (count >= SIGNING_ROWS_MAX)
        return err_set(err, ERR_STATE_CONFLICT,
                       "there are %zu keys already: wait until an old one has ended", count);
    if (!secret_seal(secrets, SECRET_COLUMN, context, row->private_pem, strlen(row->private_pem),
                     &sealed, err))
        return false;
    return db_exec(db, "UPDATE signing_keys SET ends_at = ? WHERE ends_at IS NULL",
                   DB_ARGS(DB_TIME(older_end_at)), NULL, err) &&
           db_exec(db,
                   "INSERT INTO signing_keys (kid, algorithm, public_pem, private_sealed,"
                   " created_at, signs_at) VALUES (?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_TEXT(row->kid), DB_TEXT(row->algorithm), DB_TEXT(row->public_pem),
                           DB_TEXT(str_data(&sealed)), DB_TIME(now_us), DB_TIME(row->signs_at)),
                   NULL, err);
}

bool signing_keys_sweep(struct db *db, int64_t now_us, struct err *err)
{
    return db_exec(db, "DELETE FROM signing_keys WHERE ends_at < ?", DB_ARGS(DB_TIME(now_us)), NULL,
                   err);
}
