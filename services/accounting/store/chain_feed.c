#include "accounting/store/chain_feed.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define SOURCE "blockchain"

static bool number_of(struct db *db, const char *sql, const struct db_value *values, size_t count,
                      uint64_t *ret_number, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, sql, values, count, &rows, err))
        return false;
    *ret_number = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    return true;
}

bool chain_feed_read(struct db *db, uint64_t *ret_seq, struct err *err)
{
    return number_of(db, "SELECT seq FROM chain_feed WHERE source = '" SOURCE "'", DB_NONE, ret_seq,
                     err);
}

bool chain_feed_move(struct db *db, uint64_t seq, int64_t now_us, bool *ret_moved, struct err *err)
{
    uint64_t rows;
    assert(seq > 0);
    if (!db_exec(db,
                 "UPDATE chain_feed SET seq = ?, updated_at = ? WHERE source = '" SOURCE
                 "' AND seq = ?",
                 DB_ARGS(DB_U64(seq), DB_TIME(now_us), DB_U64(seq - 1)), &rows, err))
        return false;
    *ret_moved = rows == 1;
    return true;
}

bool chain_park(struct db *db, uint64_t seq, const char *name, const char *reason,
                const char *event_json, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO chain_parked (source, seq, name, reason, event, created_at,"
                   " updated_at) VALUES ('" SOURCE "', ?, ?, ?, ?, ?, ?)"
                   " ON DUPLICATE KEY UPDATE name = VALUES(name), reason = VALUES(reason),"
                   " event = VALUES(event), state = 'parked', updated_at = VALUES(updated_at)",
                   DB_ARGS(DB_U64(seq), DB_TEXT(name), DB_TEXT(reason), DB_TEXT(event_json),
                           DB_TIME(now_us), DB_TIME(now_us)),
                   NULL, err);
}

static void parked_read(struct row_reader *reader, void *to)
{
    struct chain_parked *row = to;
    row->seq = db_get_u64(reader->result, 0);
    row->name = row_text(reader, 1);
    row->reason = row_text(reader, 2);
    row->event = row_text(reader, 3);
    row->created_at = db_get_time_us(reader->result, 4);
}

static const struct listing_column parked_columns[] = {{"seq", "seq"}, {NULL, NULL}};

static const struct listing_table parked_table = {
    .count = "SELECT COUNT(*) FROM chain_parked WHERE TRUE",
    .select = "SELECT seq, name, reason, event, created_at FROM chain_parked WHERE TRUE",
    .columns = parked_columns,
    .row_size = sizeof(struct chain_parked),
    .read = parked_read,
};

bool chain_parked_list(struct db *db, struct arena *arena, size_t max, struct listed *ret_listed,
                       struct err *err)
{
    struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .limit = max};
    str_add(&listing.where, " AND state = 'parked'");
    bool ok = listing_run(db, &parked_table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool chain_parked_due(struct db *db, struct arena *arena, size_t max, int64_t now_us,
                      struct listed *ret_listed, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    /* `updated_at` is the last try: the pause is as long as it had waited until then. */
    if (!db_query(db,
                  "SELECT seq, name, reason, event, created_at FROM (SELECT * FROM chain_parked "
                  "WHERE source = '" SOURCE "' AND state = 'parked' AND updated_at + INTERVAL "
                  "LEAST(?, TIMESTAMPDIFF(SECOND, created_at, updated_at)) SECOND <= ? "
                  "ORDER BY updated_at, seq LIMIT ?) due ORDER BY seq",
                  DB_ARGS(DB_I64(CHAIN_PARKED_PAUSE_S), DB_TIME(now_us), DB_U64(max)), &result,
                  err))
        return false;
    struct row_reader reader = {.result = result, .arena = arena};
    size_t count = 0;
    struct chain_parked *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for what is parked");
    while (db_row_next(result))
        parked_read(&reader, &rows[count++]);
    if (reader.failed)
        return err_set(err, ERR_BUSY, "no memory for what is parked");
    *ret_listed = (struct listed){.rows = rows, .count = count};
    return true;
}

bool chain_parked_failed(struct db *db, uint64_t seq, const char *reason, int64_t now_us,
                         struct err *err)
{
    return db_exec(db,
                   "UPDATE chain_parked SET reason = LEFT(?, 160), updated_at = ? WHERE source = "
                   "'" SOURCE "' AND seq = ? AND state = 'parked'",
                   DB_ARGS(DB_TEXT(reason), DB_TIME(now_us), DB_U64(seq)), NULL, err);
}

bool chain_parked_before(struct db *db, uint64_t seq, const char *chain, const char *transfer_id,
                         bool *ret_is_there, struct err *err)
{
    uint64_t found;
    if (!number_of(db,
                   "SELECT 1 FROM chain_parked WHERE source = '" SOURCE "' AND state = 'parked'"
                   " AND seq < ? AND name LIKE 'transfer.%' AND JSON_VALUE(event, '$.chain') = ?"
                   " AND JSON_VALUE(event, '$.transfer_id') = ? LIMIT 1",
                   DB_ARGS(DB_U64(seq), DB_TEXT(chain), DB_TEXT(transfer_id)), &found, err))
        return false;
    *ret_is_there = found != 0;
    return true;
}

bool chain_parked_done(struct db *db, uint64_t seq, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "UPDATE chain_parked SET state = 'applied', updated_at = ? WHERE source = '" SOURCE
        "' AND seq = ?",
        DB_ARGS(DB_TIME(now_us), DB_U64(seq)), NULL, err);
}

bool chain_head_set(struct db *db, const char *blockchain_key, int64_t height, int64_t now_us,
                    struct err *err)
{
    return db_exec(db,
                   "INSERT INTO chain_heads (blockchain_key, height, updated_at) VALUES (?, ?, ?)"
                   " ON DUPLICATE KEY UPDATE height = VALUES(height),"
                   " updated_at = VALUES(updated_at)",
                   DB_ARGS(DB_TEXT(blockchain_key), DB_I64(height), DB_TIME(now_us)), NULL, err);
}

bool chain_dust_read(struct db *db, const char *blockchain_key, const char *currency_id,
                     uint64_t *ret_units, struct err *err)
{
    return number_of(db,
                     "SELECT units FROM chain_dust WHERE blockchain_key = ? AND currency_id = ?"
                     " FOR UPDATE",
                     DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(currency_id)), ret_units, err);
}

bool chain_dust_set(struct db *db, const char *blockchain_key, const char *currency_id,
                    uint64_t units, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO chain_dust (blockchain_key, currency_id, units) VALUES (?, ?, ?)"
                   " ON DUPLICATE KEY UPDATE units = VALUES(units)",
                   DB_ARGS(DB_TEXT(blockchain_key), DB_TEXT(currency_id), DB_U64(units)), NULL,
                   err);
}
