#include "auth/store/documents.h"

#include <string.h>

#include "auth/store/sealed.h"

#define SELECT                                                                                     \
    "SELECT id, user_id, upload, doc_type, doc_number, doc_expire, doc_issue, doc_category,"       \
    " identificator, metadata, created_at, updated_at FROM documents WHERE "

static const char *copy(struct arena *arena, const struct db_result *rows, unsigned column,
                        bool *failed)
{
    const char *text = db_get_text(rows, column);
    const char *kept = text ? arena_strdup(arena, text) : NULL;
    *failed = *failed || (text && !kept);
    return kept;
}

static bool from_row(const struct db_result *rows, struct secret_store *secrets,
                     struct arena *arena, struct document *ret_document, struct err *err)
{
    bool failed = false;
    struct document document = {.id = db_get_u64(rows, 0),
                                .user_id = db_get_u64(rows, 1),
                                .doc_type = copy(arena, rows, 3, &failed),
                                .doc_category = copy(arena, rows, 7, &failed),
                                .identificator = copy(arena, rows, 8, &failed),
                                .metadata = copy(arena, rows, 9, &failed),
                                .created_at = db_get_time_us(rows, 10),
                                .updated_at = db_get_time_us(rows, 11)};
    struct sealer sealer = {
        .secrets = secrets, .arena = arena, .kind = SECRET_COLUMN, .owner_id = document.user_id};
    db_get_chars(rows, 2, document.upload, sizeof(document.upload));
    db_get_chars(rows, 5, document.doc_expire, sizeof(document.doc_expire));
    db_get_chars(rows, 6, document.doc_issue, sizeof(document.doc_issue));
    if (failed)
        return err_set(err, ERR_BUSY, "no memory for a document");
    if (!unseal_column(&sealer, "documents.doc_number", rows, 4, &document.doc_number, err))
        return false;
    *ret_document = document;
    return true;
}

bool documents_of_user(struct db *db, struct secret_store *secrets, struct arena *arena,
                       uint64_t user_id, const char *identificator, struct document **ret_documents,
                       size_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, SELECT "user_id = ? AND (? IS NULL OR identificator = ?) ORDER BY id",
                  DB_ARGS(DB_U64(user_id), DB_TEXT(identificator), DB_TEXT(identificator)), &rows,
                  err))
        return false;
    size_t count = db_row_count(rows), filled = 0;
    struct document *documents = arena_alloc(arena, (count + 1) * sizeof(*documents));
    bool read = documents || err_set(err, ERR_BUSY, "no memory for documents");
    while (read && db_row_next(rows))
        read = from_row(rows, secrets, arena, &documents[filled++], err);
    db_result_free(rows);
    if (!read)
        return false;
    *ret_documents = documents;
    *ret_count = count;
    return true;
}

bool documents_count(struct db *db, uint64_t user_id, uint64_t *ret_count, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db, "SELECT COUNT(*) FROM documents WHERE user_id = ?", DB_ARGS(DB_U64(user_id)),
                  &rows, err))
        return false;
    *ret_count = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    db_result_free(rows);
    return true;
}

static struct db_value date_value(const char *date)
{
    return date[0] ? DB_TEXT(date) : DB_NULL;
}

bool documents_insert(struct db *db, struct secret_store *secrets, struct arena *arena,
                      struct document *document, int64_t now_us, struct err *err)
{
    struct sealer sealer = {
        .secrets = secrets, .arena = arena, .kind = SECRET_COLUMN, .owner_id = document->user_id};
    char index[KEYRING_INDEX_SIZE];
    const char *number, *clear = document->doc_number;
    struct db_result *rows;
    if (!seal_text(&sealer, "documents.doc_number", clear, &number, err) ||
        (clear &&
         !secret_index(secrets, "documents.doc_number", clear, strlen(clear), index, err)) ||
        !db_query(db,
                  "INSERT INTO documents (user_id, upload, doc_type, doc_number, doc_number_index,"
                  " doc_expire, doc_issue, doc_category, identificator, metadata, created_at,"
                  " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                  DB_ARGS(DB_U64(document->user_id), DB_TEXT(document->upload),
                          DB_TEXT(document->doc_type), DB_TEXT(number),
                          clear ? DB_TEXT(index) : DB_NULL, date_value(document->doc_expire),
                          date_value(document->doc_issue), DB_TEXT(document->doc_category),
                          DB_TEXT(document->identificator), DB_TEXT(document->metadata),
                          DB_TIME(now_us), DB_TIME(now_us)),
                  &rows, err))
        return false;
    bool inserted = db_row_next(rows);
    if (inserted) {
        document->id = db_get_u64(rows, 0);
        document->created_at = document->updated_at = now_us;
    }
    db_result_free(rows);
    return inserted || err_set(err, ERR_INTERNAL, "a document without an id");
}

bool documents_set_metadata(struct db *db, uint64_t id, const char *metadata, int64_t now_us,
                            struct err *err)
{
    return db_exec(db, "UPDATE documents SET metadata = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(metadata), DB_TIME(now_us), DB_U64(id)), NULL, err);
}
