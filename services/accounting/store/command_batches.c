#include "accounting/store/command_batches.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool command_batches_read(struct db *db, const char *market_id, uint64_t from_seq,
                          command_batch_take *take, void *arg, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT first_seq, last_seq, batch FROM command_batches WHERE market_id = ? AND "
                  "last_seq >= ? ORDER BY last_seq LIMIT ?",
                  DB_ARGS(DB_TEXT(market_id), DB_U64(from_seq), DB_U64(COMMAND_BATCHES_READ_MAX)),
                  &rows, err))
        return false;
    while (db_row_next(rows)) {
        size_t length;
        const void *bytes = db_get_bytes(rows, 2, &length);
        if (!take(arg, db_get_u64(rows, 0), db_get_u64(rows, 1), bytes, length, err))
            return false;
    }
    return true;
}

bool market_progress_read(struct db *db, market_progress_take *take, void *arg, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT c.market_id, c.command_seq, s.settled_seq FROM market_commands c JOIN "
                  "market_settlements s ON s.market_id = c.market_id",
                  DB_NONE, &rows, err))
        return false;
    while (db_row_next(rows))
        if (!take(arg, db_get_text(rows, 0), db_get_u64(rows, 1), db_get_u64(rows, 2), err))
            return false;
    return true;
}

/* How many of the oldest batches may go, where the last of them ends, and what comes after it. The
 * rows are read by the primary key, without their blobs; created_at grows with it. */
static bool find_prunable(struct db *db, const char *market_id, uint64_t up_to_seq,
                          int64_t before_us, uint64_t *ret_last_seq,
                          struct command_batches_pruned *ret_pruned, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    struct command_batches_pruned pruned = {0};
    uint64_t last_seq = 0;
    if (!db_query(db,
                  "SELECT first_seq, last_seq, created_at FROM command_batches WHERE market_id = ? "
                  "ORDER BY last_seq LIMIT ?",
                  DB_ARGS(DB_TEXT(market_id), DB_U64(COMMAND_BATCHES_PRUNE_MAX + 1)), &rows, err))
        return false;
    while (db_row_next(rows)) {
        bool is_old = db_get_u64(rows, 1) <= up_to_seq && db_get_time_us(rows, 2) < before_us;
        if (!is_old || pruned.count == COMMAND_BATCHES_PRUNE_MAX) {
            pruned.first_seq = db_get_u64(rows, 0);
            break;
        }
        last_seq = db_get_u64(rows, 1);
        pruned.count++;
    }
    *ret_last_seq = last_seq;
    *ret_pruned = pruned;
    return true;
}

bool command_batches_prune(struct db *db, const char *market_id, uint64_t up_to_seq,
                           int64_t before_us, struct command_batches_pruned *ret_pruned,
                           struct err *err)
{
    uint64_t last_seq;
    if (!find_prunable(db, market_id, up_to_seq, before_us, &last_seq, ret_pruned, err))
        return false;
    return ret_pruned->count == 0 ||
           db_exec(db, "DELETE FROM command_batches WHERE market_id = ? AND last_seq <= ?",
                   DB_ARGS(DB_TEXT(market_id), DB_U64(last_seq)), NULL, err);
}
