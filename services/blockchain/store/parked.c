#include "blockchain/store/parked.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

enum { FIRST_TRY_US = 2000000 };

#define SELECT_PARKED                                                                              \
    "SELECT id, chain_key, height, block_hash, txid, idx, reason, state, tries, next_try_at,"      \
    " created_at FROM parked"

static bool rows_read(struct db_result *result, struct arena *arena, struct parked_row **ret_rows,
                      size_t *ret_count, struct err *err)
{
    size_t count = 0;
    struct parked_row *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for what is parked");
    for (; db_row_next(result); count++) {
        struct parked_row *row = &rows[count];
        row->id = db_get_u64(result, 0);
        db_get_chars(result, 1, row->chain_key, sizeof(row->chain_key));
        row->height = db_get_u64(result, 2);
        db_get_chars(result, 3, row->block_hash, sizeof(row->block_hash));
        db_get_chars(result, 4, row->txid, sizeof(row->txid));
        row->index = (uint32_t)db_get_u64(result, 5);
        db_get_chars(result, 6, row->reason, sizeof(row->reason));
        db_get_chars(result, 7, row->state, sizeof(row->state));
        row->tries = (uint32_t)db_get_u64(result, 8);
        row->next_try_at = db_get_time_us(result, 9);
        row->created_at = db_get_time_us(result, 10);
    }
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

bool parked_put(struct db *db, const char *chain_key, const struct found_parked *found,
                const struct block_head *head, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "INSERT INTO parked (chain_key, height, block_hash, txid, idx, reason,"
        " next_try_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, LEFT(?, 160), ?, ?, ?)"
        " ON DUPLICATE KEY UPDATE state = 'waiting'",
        DB_ARGS(DB_TEXT(chain_key), DB_U64(head->height), DB_TEXT(head->hash), DB_TEXT(found->txid),
                DB_U64(found->index), DB_TEXT(found->reason), DB_TIME(now_us + FIRST_TRY_US),
                DB_TIME(now_us), DB_TIME(now_us)),
        NULL, err);
}

bool parked_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                size_t max, struct parked_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db,
                    SELECT_PARKED " WHERE state = 'waiting' AND next_try_at <= ? AND chain_key = ?"
                                  " ORDER BY next_try_at LIMIT ?",
                    DB_ARGS(DB_TIME(now_us), DB_TEXT(chain_key), DB_U64(max)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err);
}

bool parked_of_tx(struct db *db, struct arena *arena, const char *chain_key, const char *txid,
                  struct parked_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db, SELECT_PARKED " WHERE chain_key = ? AND txid = ? ORDER BY id",
                    DB_ARGS(DB_TEXT(chain_key), DB_TEXT(txid)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err);
}

bool parked_list(struct db *db, struct arena *arena, const char *chain_key, size_t max,
                 struct parked_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db,
                    SELECT_PARKED " WHERE (? IS NULL OR chain_key = ?) ORDER BY id DESC LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_TEXT(chain_key), DB_U64(max)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err);
}

bool parked_count(struct db *db, const char *chain_key, uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT COUNT(*) FROM parked WHERE state = 'waiting' AND chain_key = ?",
                  DB_ARGS(DB_TEXT(chain_key)), &result, err))
        return false;
    *ret_count = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return true;
}

bool parked_done(struct db *db, uint64_t id, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE parked SET state = 'done', tries = tries + 1, updated_at = ?"
                   " WHERE id = ? AND state = 'waiting'",
                   DB_ARGS(DB_TIME(now_us), DB_U64(id)), NULL, err);
}

bool parked_failed(struct db *db, uint64_t id, const char *reason, int64_t next_try_at,
                   int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE parked SET reason = LEFT(?, 160), tries = tries + 1, next_try_at = ?,"
                   " updated_at = ? WHERE id = ? AND state = 'waiting'",
                   DB_ARGS(DB_TEXT(reason), DB_TIME(next_try_at), DB_TIME(now_us), DB_U64(id)),
                   NULL, err);
}

bool parked_hasten(struct db *db, uint64_t id, int64_t now_us, struct err *err)
{
    uint64_t affected;
    if (!db_exec(db, "UPDATE parked SET next_try_at = ? WHERE id = ? AND state = 'waiting'",
                 DB_ARGS(DB_TIME(now_us), DB_U64(id)), &affected, err))
        return false;
    return affected == 1 || err_set(err, ERR_NOT_FOUND, "nothing waits under that number");
}

bool parked_revert(struct db *db, const char *chain_key, const char *block_hash, int64_t now_us,
                   struct err *err)
{
    return db_exec(db,
                   "UPDATE parked SET state = 'reverted', updated_at = ?"
                   " WHERE chain_key = ? AND block_hash = ? AND state = 'waiting'",
                   DB_ARGS(DB_TIME(now_us), DB_TEXT(chain_key), DB_TEXT(block_hash)), NULL, err);
}
