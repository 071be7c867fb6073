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
