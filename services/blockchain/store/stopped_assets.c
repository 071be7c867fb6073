#include "blockchain/store/stopped_assets.h"

#include <assert.h>

#include "base/auto.h"
#include "blockchain/domain/payout.h"

DEFINE_AUTO(struct db_result, db_result_free);

_Static_assert(PAYOUT_WITHDRAWAL == 0 && PAYOUT_REFUND == 1, "PAYOUT_IS_STOPPED has their numbers");

bool stopped_assets_save(struct db *db, const struct stopped_list *list, int64_t now_us,
                         struct err *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (!db_exec(db,
                     "INSERT INTO stopped_assets (chain_key, contract, told_at, created_at) VALUES "
                     "(?, LOWER(?), ?, ?) ON DUPLICATE KEY UPDATE told_at = GREATEST(told_at, "
                     "VALUES(told_at))",
                     DB_ARGS(DB_TEXT(list->rows[i].chain_key), DB_TEXT(list->rows[i].contract),
                             DB_U64(list->told_at), DB_TIME(now_us)),
                     NULL, err))
            return false;
    return db_exec(db, "DELETE FROM stopped_assets WHERE told_at < ?",
                   DB_ARGS(DB_U64(list->told_at)), NULL, err) &&
           db_exec(db,
                   "INSERT INTO stopped_assets_heard (id, heard_at) VALUES (1, ?) ON DUPLICATE KEY "
                   "UPDATE heard_at = VALUES(heard_at)",
                   DB_ARGS(DB_TIME(now_us)), NULL, err);
}

bool stopped_assets_heard(struct db *db, int64_t *ret_us, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT heard_at FROM stopped_assets_heard WHERE id = ?", DB_ARGS(DB_I64(1)),
                  &rows, err))
        return false;
    *ret_us = db_row_next(rows) ? db_get_time_us(rows, 0) : 0;
    return true;
}

static bool count(struct db *db, const char *sql, struct db_value value, uint64_t *ret_count,
                  struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, sql, DB_ARGS(value), &rows, err))
        return false;
    *ret_count = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    return true;
}

bool stopped_assets_hold_tx(struct db *db, uint64_t tx_id, bool *ret_held, struct err *err)
{
    uint64_t found;
    if (!count(db,
               "SELECT COUNT(*) FROM payout_payments m JOIN payouts p ON p.id = m.payout_id WHERE "
               "m.tx_id = ? AND " PAYOUT_IS_STOPPED("p"),
               DB_U64(tx_id), &found, err))
        return false;
    *ret_held = found > 0;
    return true;
}

bool stopped_payouts_count(struct db *db, const char *chain_key, uint64_t *ret_count,
                           struct err *err)
{
    /* queued, waiting, building: the states in which a signature is not there yet */
    return count(db,
                 "SELECT COUNT(*) FROM payouts p WHERE p.chain_key = ? AND p.state IN (0, 10, 20) "
                 "AND " PAYOUT_IS_STOPPED("p"),
                 DB_TEXT(chain_key), ret_count, err);
}
