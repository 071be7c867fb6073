#include "blockchain/store/chains.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool chain_row_get(struct db *db, const char *key, const char *client, int64_t now_us,
                   struct chain_row *ret_row, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    struct chain_row row = {.has_height = false};
    if (!db_query(db,
                  "INSERT IGNORE INTO chains (chain_key, client, updated_at) VALUES (?, ?, ?);"
                  "SELECT client, network, height, hash, is_paused, first_height FROM chains WHERE "
                  "chain_key = ?",
                  DB_ARGS(DB_TEXT(key), DB_TEXT(client), DB_TIME(now_us), DB_TEXT(key)), &result,
                  err))
        return false;
    if (!db_row_next(result))
        return err_set(err, ERR_INTERNAL, "chain %s has no row", key);
    db_get_chars(result, 0, row.client, sizeof(row.client));
    db_get_chars(result, 1, row.network, sizeof(row.network));
    row.has_height = !db_is_null(result, 2);
    row.height = db_get_u64(result, 2);
    db_get_chars(result, 3, row.hash, sizeof(row.hash));
    row.is_paused = db_get_bool(result, 4);
    row.first_height = db_get_u64(result, 5);
    *ret_row = row;
    return true;
}

bool chain_network_set(struct db *db, const char *key, const char *network, struct err *err)
{
    uint64_t affected;
    if (!db_exec(db,
                 "UPDATE chains SET network = ? WHERE chain_key = ?"
                 " AND (network IS NULL OR network = ?)",
                 DB_ARGS(DB_TEXT(network), DB_TEXT(key), DB_TEXT(network)), &affected, err))
        return false;
    return affected == 1 ||
           err_set(err, ERR_STATE_CONFLICT, "chain %s is of another network than %s", key, network);
}

bool chain_pause_get(struct db *db, const char *key, bool *ret_is_paused, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT is_paused FROM chains WHERE chain_key = ?", DB_ARGS(DB_TEXT(key)),
                  &result, err))
        return false;
    *ret_is_paused = db_row_next(result) && db_get_bool(result, 0);
    return true;
}

bool chain_pause_set(struct db *db, const char *key, bool is_paused, struct err *err)
{
    return db_exec(db, "UPDATE chains SET is_paused = ? WHERE chain_key = ?",
                   DB_ARGS(DB_I64(is_paused), DB_TEXT(key)), NULL, err);
}

bool chain_looked_at(struct db *db, const char *key, uint64_t *ret_height, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT payouts_looked_at FROM chains WHERE chain_key = ?",
                  DB_ARGS(DB_TEXT(key)), &result, err))
        return false;
    *ret_height = db_row_next(result) && !db_is_null(result, 0) ? db_get_u64(result, 0) : 0;
    return true;
}

bool chain_looked_at_set(struct db *db, const char *key, uint64_t height, struct err *err)
{
    return db_exec(db, "UPDATE chains SET payouts_looked_at = ? WHERE chain_key = ?",
                   DB_ARGS(DB_U64(height), DB_TEXT(key)), NULL, err);
}

bool block_hash_find(struct db *db, const char *key, uint64_t height,
                     char ret_hash[static CHAIN_HASH_SIZE], bool *ret_found, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT hash FROM blocks WHERE chain_key = ? AND height = ?",
                  DB_ARGS(DB_TEXT(key), DB_U64(height)), &result, err))
        return false;
    *ret_found = db_row_next(result);
    if (*ret_found)
        db_get_chars(result, 0, ret_hash, CHAIN_HASH_SIZE);
    return true;
}

static bool moved(uint64_t affected, const char *key, struct err *err)
{
    return affected == 1 ||
           err_set(err, ERR_STATE_CONFLICT, "chain %s was moved by somebody else", key);
}

static struct db_value height_of(const struct chain_row *row)
{
    return row->has_height ? DB_U64(row->height) : DB_NULL;
}

static struct db_value hash_of(const struct chain_row *row)
{
    return row->has_height ? DB_TEXT(row->hash) : DB_NULL;
}

bool chain_advance(struct db *db, const char *key, const struct chain_row *before,
                   const struct block_head *head, uint64_t kept, int64_t now_us, struct err *err)
{
    uint64_t affected;
    assert(!before->has_height || head->height == before->height + 1);
    if (!db_exec(db,
                 "UPDATE chains SET height = ?, hash = ?, first_height = COALESCE(first_height, ?),"
                 " updated_at = ? WHERE chain_key = ? AND height <=> ? AND hash <=> ?",
                 DB_ARGS(DB_U64(head->height), DB_TEXT(head->hash), DB_U64(head->height),
                         DB_TIME(now_us), DB_TEXT(key), height_of(before), hash_of(before)),
                 &affected, err) ||
        !moved(affected, key, err))
        return false;
    uint64_t oldest = head->height > kept ? head->height - kept : 0;
    return db_exec(db,
                   "INSERT INTO blocks (chain_key, height, hash, parent) VALUES (?, ?, ?, ?);"
                   "DELETE FROM blocks WHERE chain_key = ? AND height < ?",
                   DB_ARGS(DB_TEXT(key), DB_U64(head->height), DB_TEXT(head->hash),
                           DB_TEXT(head->parent), DB_TEXT(key), DB_U64(oldest)),
                   NULL, err);
}

bool chain_retreat(struct db *db, const char *key, const struct chain_row *before, int64_t now_us,
                   struct chain_row *ret_now, struct err *err)
{
    struct chain_row now = *before;
    uint64_t affected;
    assert(before->has_height);
    now.height = before->height == 0 ? 0 : before->height - 1;
    now.has_height = false;
    if (before->height > 0 && !block_hash_find(db, key, now.height, now.hash, &now.has_height, err))
        return false;
    /* Below the first block there is nothing to go back to: following begins again. */
    if (!now.has_height && before->height != before->first_height)
        return err_set(
            err, ERR_STATE_CONFLICT,
            "chain %s: a reorganisation below %llu, deeper than the hashes that are kept", key,
            (unsigned long long)before->height);
    if (!db_exec(db,
                 "UPDATE chains SET height = ?, hash = ?, updated_at = ? WHERE chain_key = ?"
                 " AND height = ? AND hash = ?",
                 DB_ARGS(height_of(&now), hash_of(&now), DB_TIME(now_us), DB_TEXT(key),
                         DB_U64(before->height), DB_TEXT(before->hash)),
                 &affected, err) ||
        !moved(affected, key, err))
        return false;
    *ret_now = now;
    return db_exec(db, "DELETE FROM blocks WHERE chain_key = ? AND height = ?",
                   DB_ARGS(DB_TEXT(key), DB_U64(before->height)), NULL, err);
}
