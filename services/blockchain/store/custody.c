#include "blockchain/store/custody.h"

#include <string.h>

#include "base/auto.h"
#include "crypto/crypto.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool custody_notice_put(struct db *db, const char *chain_key, const char *transfer_id,
                        const char *state, int64_t now_us, bool *ret_news, struct err *err)
{
    uint64_t added;
    if (!db_exec(db,
                 "INSERT IGNORE INTO custody_notices (chain_key, transfer_id, state, created_at, "
                 "next_try_at) "
                 "VALUES (?, ?, ?, ?, ?)",
                 DB_ARGS(DB_TEXT(chain_key), DB_TEXT(transfer_id), DB_TEXT(state), DB_TIME(now_us),
                         DB_TIME(now_us)),
                 &added, err))
        return false;
    *ret_news = added == 1;
    return true;
}

bool custody_notices_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                         size_t max, struct custody_notice **ret_rows, size_t *ret_count,
                         struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT id, transfer_id, state, tries FROM custody_notices WHERE chain_key = ? "
                  "AND next_try_at <= ? "
                  "ORDER BY id LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TIME(now_us), DB_U64(max)), &result, err))
        return false;
    struct custody_notice *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    size_t count = 0;
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for notices");
    for (; db_row_next(result); count++) {
        rows[count].id = db_get_u64(result, 0);
        db_get_chars(result, 1, rows[count].transfer_id, sizeof(rows[count].transfer_id));
        db_get_chars(result, 2, rows[count].state, sizeof(rows[count].state));
        rows[count].tries = (uint32_t)db_get_u64(result, 3);
    }
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

bool custody_notice_done(struct db *db, uint64_t id, const char *reason, struct err *err)
{
    return db_exec(
        db,
        "UPDATE custody_notices SET next_try_at = NULL, reason = ?, tries = tries + 1 WHERE id = ?",
        DB_ARGS(DB_TEXT(reason), DB_U64(id)), NULL, err);
}

bool custody_notice_later(struct db *db, uint64_t id, const char *reason, int64_t next_try_us,
                          struct err *err)
{
    return db_exec(
        db,
        "UPDATE custody_notices SET next_try_at = ?, reason = ?, tries = tries + 1 WHERE id = ?",
        DB_ARGS(DB_TIME(next_try_us), DB_TEXT(reason), DB_U64(id)), NULL, err);
}

bool custody_notice_is_done(struct db *db, const char *chain_key, const char *transfer_id,
                            const char *state, uint32_t tries, bool *ret_done, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT EXISTS (SELECT 1 FROM custody_notices WHERE chain_key = ? AND "
                  "transfer_id = ? AND state = ? AND (next_try_at IS NULL OR tries >= ?))",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(transfer_id), DB_TEXT(state), DB_U64(tries)),
                  &result, err))
        return false;
    *ret_done = db_row_next(result) && db_get_bool(result, 0);
    return true;
}

bool custody_address_add(struct db *db, const char *chain_key, const char *address,
                         uint64_t *ret_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    uint8_t key[SHA256_SIZE];
    sha256(address, strlen(address), key);
    if (!db_query(db,
                  "INSERT INTO addresses (chain_key, address, watch_kind, watch_key, account, idx, "
                  "purpose) SELECT ?, ?, ?, ?, 0, COALESCE(MAX(idx) + 1, 0), 'deposit' FROM "
                  "addresses WHERE chain_key = ? AND account = 0; SELECT LAST_INSERT_ID()",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(address), DB_U64(WATCH_CUSTODY),
                          DB_BYTES(key, sizeof(key)), DB_TEXT(chain_key)),
                  &result, err))
        return false;
    *ret_id = db_row_next(result) ? db_get_u64(result, 0) : 0;
    return *ret_id != 0 || err_set(err, ERR_INTERNAL, "an address without id");
}

bool custody_late_put(struct db *db, const char *chain_key, const char *remote_id, struct err *err)
{
    return db_exec(db,
                   "INSERT IGNORE INTO custody_late_addresses (chain_key, remote_id) VALUES (?, ?)",
                   DB_ARGS(DB_TEXT(chain_key), DB_TEXT(remote_id)), NULL, err);
}

bool custody_late_first(struct db *db, const char *chain_key, char ret_id[static CUSTODY_ID_SIZE],
                        struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT remote_id FROM custody_late_addresses WHERE chain_key = ? LIMIT 1",
                  DB_ARGS(DB_TEXT(chain_key)), &result, err))
        return false;
    ret_id[0] = '\0';
    if (db_row_next(result))
        db_get_chars(result, 0, ret_id, CUSTODY_ID_SIZE);
    return true;
}

bool custody_late_drop(struct db *db, const char *chain_key, const char *remote_id, struct err *err)
{
    return db_exec(db, "DELETE FROM custody_late_addresses WHERE chain_key = ? AND remote_id = ?",
                   DB_ARGS(DB_TEXT(chain_key), DB_TEXT(remote_id)), NULL, err);
}

bool custody_transfer_move(struct db *db, uint64_t transfer_row_id, const char *from,
                           const char *to, int64_t now_us, bool *ret_moved, struct err *err)
{
    uint64_t affected;
    if (!db_exec(db, "UPDATE transfers SET state = ?, updated_at = ? WHERE id = ? AND state = ?",
                 DB_ARGS(DB_TEXT(to), DB_TIME(now_us), DB_U64(transfer_row_id), DB_TEXT(from)),
                 &affected, err))
        return false;
    *ret_moved = affected == 1;
    return true;
}
