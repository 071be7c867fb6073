#include "blockchain/store/cold_files.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COLUMNS "f.id, f.from_address, f.nonce, f.digest, f.file, f.txid, f.raw"

static bool row_read(const struct db_result *rows, struct arena *arena, const char *chain_key,
                     struct cold_file_row *row, struct err *err)
{
    *row = (struct cold_file_row){.id = db_get_u64(rows, 0), .chain_key = chain_key};
    db_get_chars(rows, 1, row->from, sizeof(row->from));
    row->nonce = db_get_u64(rows, 2);
    db_get_chars(rows, 3, row->digest, sizeof(row->digest));
    row->file = arena_strdup(arena, db_get_text(rows, 4));
    if (!db_is_null(rows, 5)) {
        db_get_chars(rows, 5, row->txid, sizeof(row->txid));
        row->raw = arena_strdup(arena, db_get_text(rows, 6));
    }
    return (row->file && (row->raw || !row->txid[0])) ||
           err_set(err, ERR_INTERNAL, "no memory for files of cold wallets");
}

bool cold_file_insert(struct db *db, const struct cold_file_row *row, int64_t now_us,
                      struct err *err)
{
    return db_exec(db,
                   "INSERT INTO cold_files (chain_key, from_address, nonce, digest, file, "
                   "created_at) VALUES (?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_TEXT(row->chain_key), DB_TEXT(row->from), DB_U64(row->nonce),
                           DB_TEXT(row->digest), DB_TEXT(row->file), DB_TIME(now_us)),
                   NULL, err);
}

bool cold_file_of_digest(struct db *db, struct arena *arena, const char *chain_key,
                         const char *digest, struct cold_file_row *ret_row, bool *ret_found,
                         struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT " COLUMNS " FROM cold_files f WHERE f.chain_key = ? AND f.digest = ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(digest)), &rows, err))
        return false;
    *ret_found = db_row_next(rows);
    return !*ret_found || row_read(rows, arena, chain_key, ret_row, err);
}

bool cold_files_from(struct db *db, struct arena *arena, const char *chain_key, const char *from,
                     uint64_t nonce, struct cold_file_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    struct cold_file_list list = {.count = 0};
    if (!db_query(db,
                  "SELECT " COLUMNS " FROM cold_files f WHERE f.chain_key = ? AND "
                  "f.from_address = ? AND f.nonce >= ? ORDER BY f.nonce, f.id LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(from), DB_U64(nonce), DB_I64(COLD_FILES_MAX)),
                  &rows, err))
        return false;
    list.rows = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*list.rows));
    if (!list.rows)
        return err_set(err, ERR_INTERNAL, "no memory for files of cold wallets");
    while (db_row_next(rows))
        if (!row_read(rows, arena, chain_key, &list.rows[list.count++], err))
            return false;
    *ret_list = list;
    return true;
}

bool cold_file_signed(struct db *db, uint64_t id, const char *txid, const char *raw, int64_t now_us,
                      bool *ret_first, struct err *err)
{
    uint64_t changed;
    if (!db_exec(db,
                 "UPDATE cold_files SET txid = ?, raw = ?, signed_at = ? WHERE id = ? AND "
                 "txid IS NULL",
                 DB_ARGS(DB_TEXT(txid), DB_TEXT(raw), DB_TIME(now_us), DB_U64(id)), &changed, err))
        return false;
    *ret_first = changed == 1;
    return true;
}
