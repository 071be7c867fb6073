#include "blockchain/store/custody_sends.h"

#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COLUMNS                                                                                    \
    "s.payout_id, s.tx_id, s.asked, s.refused, s.asked_at, s.transfer_id, s.approval_id, s.said, " \
    "s.failed_since, s.looks, s.next_look_at"

static struct db_value time_or_null(int64_t time_us)
{
    return time_us ? DB_TIME(time_us) : DB_NULL;
}

static void row_read(const struct db_result *rows, struct custody_send_row *row)
{
    db_get_chars(rows, 0, row->payout_id, sizeof(row->payout_id));
    row->tx_id = db_get_u64(rows, 1);
    row->asked = (uint32_t)db_get_u64(rows, 2);
    row->refused = (uint32_t)db_get_u64(rows, 3);
    row->asked_at_us = db_is_null(rows, 4) ? 0 : db_get_time_us(rows, 4);
    db_get_chars(rows, 5, row->transfer_id, sizeof(row->transfer_id));
    db_get_chars(rows, 6, row->approval_id, sizeof(row->approval_id));
    db_get_chars(rows, 7, row->said, sizeof(row->said));
    row->failed_since_us = db_is_null(rows, 8) ? 0 : db_get_time_us(rows, 8);
    row->looks = (uint32_t)db_get_u64(rows, 9);
    row->next_look_us = db_is_null(rows, 10) ? 0 : db_get_time_us(rows, 10);
}

bool custody_send_put(struct db *db, const char *chain_key, const char *payout_id, uint64_t tx_id,
                      struct err *err)
{
    return db_exec(db,
                   "INSERT INTO custody_sends (payout_id, tx_id, chain_key) VALUES (?, ?, ?) "
                   "ON DUPLICATE KEY UPDATE tx_id = VALUES(tx_id), next_look_at = NULL, looks = 0",
                   DB_ARGS(DB_TEXT(payout_id), DB_U64(tx_id), DB_TEXT(chain_key)), NULL, err);
}

bool custody_send_asked(struct db *db, struct custody_send_row *row, int64_t now_us,
                        struct err *err)
{
    uint64_t changed;
    if (!db_exec(db,
                 "UPDATE custody_sends SET asked = asked + 1, asked_at = ? WHERE payout_id = ? AND "
                 "tx_id = ? AND asked = ?",
                 DB_ARGS(DB_TIME(now_us), DB_TEXT(row->payout_id), DB_U64(row->tx_id),
                         DB_U64(row->asked)),
                 &changed, err))
        return false;
    if (changed != 1)
        return err_set(err, ERR_STATE_CONFLICT, "payout %s was asked for by another",
                       row->payout_id);
    row->asked++;
    row->asked_at_us = now_us;
    return true;
}

bool custody_send_save(struct db *db, const struct custody_send_row *row, struct err *err)
{
    return db_exec(db,
                   "UPDATE custody_sends SET refused = ?, transfer_id = ?, approval_id = ?, "
                   "said = ?, failed_since = ?, looks = ?, next_look_at = ? WHERE payout_id = ?",
                   DB_ARGS(DB_U64(row->refused), DB_TEXT(row->transfer_id),
                           DB_TEXT(row->approval_id), DB_TEXT(row->said),
                           time_or_null(row->failed_since_us), DB_U64(row->looks),
                           time_or_null(row->next_look_us), DB_TEXT(row->payout_id)),
                   NULL, err);
}

bool custody_send_find(struct db *db, const char *payout_id, struct custody_send_row *ret_row,
                       struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT " COLUMNS " FROM custody_sends s WHERE s.payout_id = ?",
                  DB_ARGS(DB_TEXT(payout_id)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "payout %.64s was asked of no custodian", payout_id);
    row_read(rows, ret_row);
    return true;
}

bool custody_sends_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                       struct custody_send_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT " COLUMNS " FROM payout_txs t JOIN custody_sends s ON s.tx_id = t.id "
                  "WHERE t.chain_key = ? AND t.state IN (?, ?) AND (s.next_look_at IS NULL OR "
                  "s.next_look_at <= ?) ORDER BY s.next_look_at, t.id LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_TX_BUILDING), DB_I64(PAYOUT_TX_SIGNED),
                          DB_TIME(now_us), DB_I64(CUSTODY_SENDS_MAX)),
                  &rows, err))
        return false;
    struct custody_send_row *found = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*found));
    size_t count = 0;
    if (!found)
        return err_set(err, ERR_INTERNAL, "no memory for what custodians were asked");
    while (db_row_next(rows))
        row_read(rows, &found[count++]);
    *ret_rows = found;
    *ret_count = count;
    return true;
}

bool custody_sends_hasten(struct db *db, const char *chain_key, const char *transfer_id,
                          struct err *err)
{
    return db_exec(db,
                   "UPDATE custody_sends s JOIN payout_txs t ON t.id = s.tx_id SET "
                   "s.next_look_at = NULL, s.looks = 0 WHERE s.chain_key = ? AND (? = '' OR "
                   "s.transfer_id = ?) AND t.state IN (?, ?)",
                   DB_ARGS(DB_TEXT(chain_key), DB_TEXT(transfer_id), DB_TEXT(transfer_id),
                           DB_I64(PAYOUT_TX_BUILDING), DB_I64(PAYOUT_TX_SIGNED)),
                   NULL, err);
}

bool custody_tx_taken(struct db *db, uint64_t tx_id, const char *txid, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_exec(db,
                 "UPDATE payout_txs SET state = ?, txid = COALESCE(NULLIF(?, ''), txid) WHERE "
                 "id = ? AND state IN (?, ?)",
                 DB_ARGS(DB_I64(PAYOUT_TX_SIGNED), DB_TEXT(txid), DB_U64(tx_id),
                         DB_I64(PAYOUT_TX_BUILDING), DB_I64(PAYOUT_TX_SIGNED)),
                 NULL, err) ||
        !db_query(db, "SELECT 1 FROM payout_txs WHERE id = ? AND state = ?",
                  DB_ARGS(DB_U64(tx_id), DB_I64(PAYOUT_TX_SIGNED)), &rows, err))
        return false;
    return db_row_next(rows) || err_set(err, ERR_STATE_CONFLICT, "the transaction is over");
}
