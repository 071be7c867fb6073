#include "blockchain/store/payout_txs.h"

#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COLUMNS                                                                                    \
    "t.id, t.chain_key, t.state, t.from_address, t.nonce, t.replaces, t.request, t.txid, t.raw, "  \
    "t.fee_units, t.vsize, t.max_fee, t.tip, t.stored_height, t.sent_height, t.mined_height, "     \
    "t.mined_ok, t.void_height, t.fee_told"

static struct db_value number_or_null(uint64_t number)
{
    return number ? DB_U64(number) : DB_NULL;
}

bool payout_tx_insert(struct db *db, const struct payout_tx *tx, int64_t now_us, uint64_t *ret_id,
                      struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    assert(tx->state == PAYOUT_TX_BUILDING);
    if (!db_query(
            db,
            "INSERT INTO payout_txs (chain_key, state, from_address, nonce, replaces, request, "
            "fee_units, vsize, max_fee, tip, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            DB_ARGS(DB_TEXT(tx->chain_key), DB_I64(tx->state), DB_TEXT(tx->from),
                    tx->has_nonce ? DB_U64(tx->nonce) : DB_NULL, number_or_null(tx->replaces),
                    DB_TEXT(tx->request), DB_TEXT(tx->fee_units), DB_U64(tx->vsize),
                    DB_U64(tx->max_fee), DB_U64(tx->tip), DB_TIME(now_us)),
            &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "an INSERT gave no id");
    *ret_id = db_get_u64(rows, 0);
    return true;
}

bool payout_payment_insert(struct db *db, uint64_t tx_id, const char *payout_id, const char *units,
                           struct err *err)
{
    return db_exec(db, "INSERT INTO payout_payments (tx_id, payout_id, units) VALUES (?, ?, ?)",
                   DB_ARGS(DB_U64(tx_id), DB_TEXT(payout_id), DB_TEXT(units)), NULL, err);
}

bool payout_payments_copy(struct db *db, uint64_t from_tx, uint64_t to_tx, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO payout_payments (tx_id, payout_id, units) "
                   "SELECT ?, payout_id, units FROM payout_payments WHERE tx_id = ?",
                   DB_ARGS(DB_U64(to_tx), DB_U64(from_tx)), NULL, err);
}

bool payout_payments_of(struct db *db, uint64_t tx_id, uint64_t *ret_units, size_t max,
                        size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    size_t count = 0;
    if (!db_query(db,
                  "SELECT x.units FROM payout_payments x JOIN payouts p ON p.id = x.payout_id "
                  "WHERE x.tx_id = ? ORDER BY p.seq",
                  DB_ARGS(DB_U64(tx_id)), &rows, err))
        return false;
    if (db_row_count(rows) > max)
        return err_set(err, ERR_INTERNAL, "a transaction with too many payments");
    while (db_row_next(rows))
        ret_units[count++] = db_get_u64(rows, 0);
    *ret_count = count;
    return true;
}

bool payout_payment_units(struct db *db, uint64_t tx_id, const char *payout_id,
                          char ret_units[static PAYOUT_UNITS_SIZE], struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT units FROM payout_payments WHERE tx_id = ? AND payout_id = ?",
                  DB_ARGS(DB_U64(tx_id), DB_TEXT(payout_id)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "no payment of payout %.64s", payout_id);
    db_get_chars(rows, 0, ret_units, PAYOUT_UNITS_SIZE);
    return true;
}

static bool tx_read(const struct db_result *rows, struct arena *arena, struct payout_tx *tx,
                    struct err *err)
{
    tx->id = db_get_u64(rows, 0);
    db_get_chars(rows, 1, tx->chain_key, sizeof(tx->chain_key));
    tx->state = (enum payout_tx_state)db_get_i64(rows, 2);
    db_get_chars(rows, 3, tx->from, sizeof(tx->from));
    tx->has_nonce = !db_is_null(rows, 4);
    tx->nonce = db_get_u64(rows, 4);
    tx->replaces = db_get_u64(rows, 5);
    tx->request = arena_strdup(arena, db_get_text(rows, 6));
    db_get_chars(rows, 7, tx->txid, sizeof(tx->txid));
    tx->raw = db_is_null(rows, 8) ? NULL : arena_strdup(arena, db_get_text(rows, 8));
    db_get_chars(rows, 9, tx->fee_units, sizeof(tx->fee_units));
    tx->vsize = (uint32_t)db_get_u64(rows, 10);
    tx->max_fee = db_get_u64(rows, 11);
    tx->tip = db_get_u64(rows, 12);
    tx->stored_height = db_get_u64(rows, 13);
    tx->sent_height = db_get_u64(rows, 14);
    tx->mined_height = db_get_u64(rows, 15);
    tx->mined_ok = db_get_bool(rows, 16);
    tx->void_height = db_get_u64(rows, 17);
    tx->fee_told = db_get_bool(rows, 18);
    if (!tx->request || (!tx->raw && !db_is_null(rows, 8)))
        return err_set(err, ERR_INTERNAL, "no memory for transactions");
    return true;
}

static bool list_read(struct db_result *rows, struct arena *arena, struct payout_tx_list *ret_list,
                      struct err *err)
{
    struct payout_tx_list list = {.count = 0};
    size_t count = db_row_count(rows);
    list.rows = arena_alloc(arena, (count + 1) * sizeof(*list.rows));
    if (!list.rows)
        return err_set(err, ERR_INTERNAL, "no memory for %zu transactions", count);
    while (db_row_next(rows))
        if (!tx_read(rows, arena, &list.rows[list.count++], err))
            return false;
    *ret_list = list;
    return true;
}

bool payout_tx_find(struct db *db, struct arena *arena, uint64_t id, struct payout_tx *ret_tx,
                    struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT " COLUMNS " FROM payout_txs t WHERE t.id = ?", DB_ARGS(DB_U64(id)),
                  &rows, err))
        return false;
    return db_row_next(rows) ? tx_read(rows, arena, ret_tx, err)
                             : err_set(err, ERR_NOT_FOUND, "no such transaction of a payout");
}

bool payout_txs_in(struct db *db, struct arena *arena, const char *chain_key,
                   enum payout_tx_state state, struct payout_tx_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS " FROM payout_txs t WHERE t.chain_key = ? AND t.state = ? "
                    "ORDER BY t.id LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_I64(state), DB_I64(PAYOUT_TXS_MAX)), &rows,
                    err) &&
           list_read(rows, arena, ret_list, err);
}

bool payout_txs_mined_above(struct db *db, struct arena *arena, const char *chain_key,
                            uint64_t height, uint64_t after, struct payout_tx_list *ret_list,
                            struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS
                    " FROM payout_txs t WHERE t.chain_key = ? AND t.state = ? AND "
                    "(t.mined_height > ? OR t.mined_height IS NULL) AND t.id > ? "
                    "ORDER BY t.id LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_TX_MINED), DB_U64(height),
                            DB_U64(after), DB_I64(PAYOUT_TXS_MAX)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payout_txs_of(struct db *db, struct arena *arena, const char *payout_id,
                   struct payout_tx_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS " FROM payout_payments x JOIN payout_txs t ON t.id = x.tx_id "
                    "WHERE x.payout_id = ? ORDER BY t.id LIMIT ?",
                    DB_ARGS(DB_TEXT(payout_id), DB_I64(PAYOUT_TXS_MAX)), &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payout_txs_at_nonce(struct db *db, struct arena *arena, const struct payout_tx *like,
                         struct payout_tx_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    assert(like->has_nonce);
    return db_query(db,
                    "SELECT " COLUMNS " FROM payout_txs t WHERE t.chain_key = ? AND "
                    "t.from_address = ? AND t.nonce = ? ORDER BY t.id",
                    DB_ARGS(DB_TEXT(like->chain_key), DB_TEXT(like->from), DB_U64(like->nonce)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payout_tx_is_paid(struct db *db, uint64_t id, bool *ret_paid, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT 1 FROM payout_payments x JOIN payout_payments y ON "
                  "y.payout_id = x.payout_id JOIN payout_txs t ON t.id = y.tx_id JOIN spends s ON "
                  "s.chain_key = t.chain_key AND s.txid = t.txid WHERE x.tx_id = ? LIMIT 1",
                  DB_ARGS(DB_U64(id)), &rows, err))
        return false;
    *ret_paid = db_row_next(rows);
    return true;
}

bool payout_tx_replacement(struct db *db, uint64_t id, uint64_t *ret_id, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT id FROM payout_txs WHERE replaces = ? AND state <> ? ORDER BY id LIMIT 1",
                  DB_ARGS(DB_U64(id), DB_I64(PAYOUT_TX_DROPPED)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "it was not replaced");
    *ret_id = db_get_u64(rows, 0);
    return true;
}

bool payout_tx_signed(struct db *db, uint64_t id, const char *txid, const char *raw,
                      uint64_t height, struct err *err)
{
    uint64_t changed;
    if (!db_exec(db,
                 "UPDATE payout_txs SET state = ?, txid = ?, raw = ?, stored_height = ? "
                 "WHERE id = ? AND state = ?",
                 DB_ARGS(DB_I64(PAYOUT_TX_SIGNED), DB_TEXT(txid), DB_TEXT(raw), DB_U64(height),
                         DB_U64(id), DB_I64(PAYOUT_TX_BUILDING)),
                 &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_STATE_CONFLICT, "the transaction was stored before");
}

bool payout_tx_save(struct db *db, const struct payout_tx *tx, enum payout_tx_state from,
                    struct err *err)
{
    uint64_t changed;
    if (!db_exec(
            db,
            "UPDATE payout_txs SET state = ?, fee_units = ?, sent_height = ?, mined_height = ?, "
            "mined_ok = ?, void_height = ?, fee_told = ? WHERE id = ? AND state = ?",
            DB_ARGS(DB_I64(tx->state), DB_TEXT(tx->fee_units), DB_U64(tx->sent_height),
                    number_or_null(tx->mined_height), DB_I64(tx->mined_ok),
                    number_or_null(tx->void_height), DB_I64(tx->fee_told), DB_U64(tx->id),
                    DB_I64(from)),
            &changed, err))
        return false;
    return changed == 1 ||
           err_set(err, ERR_STATE_CONFLICT, "the transaction was changed by another");
}

bool payouts_outgoing(struct db *db, const char *chain_key, const char *from, const char *contract,
                      char ret_units[static PAYOUT_UNITS_SIZE], struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(
            db,
            "SELECT CAST(COALESCE(SUM(o.fee + o.paid), 0) AS DECIMAL(65,0)) FROM ("
            "SELECT IF(? = '', t.fee_units, 0) AS fee, "
            "(SELECT COALESCE(SUM(x.units), 0) FROM payout_payments x JOIN payouts p ON "
            "p.id = x.payout_id WHERE x.tx_id = t.id AND p.contract = ? AND NOT EXISTS "
            "(SELECT 1 FROM safe_txs s WHERE s.payout_id = p.id)) AS paid " /* a Safe pays those */
            "FROM payout_txs t WHERE t.chain_key = ? AND t.state IN (?, ?) AND "
            "t.from_address = ? AND t.mined_height IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM payout_txs n WHERE n.replaces = t.id AND n.state IN (?, ?))) o",
            DB_ARGS(DB_TEXT(contract), DB_TEXT(contract), DB_TEXT(chain_key),
                    DB_I64(PAYOUT_TX_BUILDING), DB_I64(PAYOUT_TX_SIGNED), DB_TEXT(from),
                    DB_I64(PAYOUT_TX_BUILDING), DB_I64(PAYOUT_TX_SIGNED)),
            &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "a sum without a row");
    db_get_chars(rows, 0, ret_units, PAYOUT_UNITS_SIZE);
    return true;
}

bool payout_senders(struct db *db, struct arena *arena, const char *chain_key,
                    struct payout_sender **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  "SELECT from_address, MAX(nonce) FROM payout_txs WHERE chain_key = ? AND "
                  "state = ? AND nonce IS NOT NULL AND mined_height IS NULL "
                  "GROUP BY from_address LIMIT ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_TX_SIGNED), DB_I64(PAYOUT_SENDERS_MAX)),
                  &result, err))
        return false;
    struct payout_sender *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_INTERNAL, "no memory for senders");
    for (*ret_count = 0; db_row_next(result); ++*ret_count) {
        db_get_chars(result, 0, rows[*ret_count].address, sizeof(rows->address));
        rows[*ret_count].last_nonce = db_get_u64(result, 1);
    }
    *ret_rows = rows;
    return true;
}

bool nonces_held(struct db *db, const char *chain_key, const char *address, uint64_t first,
                 uint64_t last, uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT COUNT(DISTINCT nonce) FROM payout_txs WHERE chain_key = ? AND "
                  "from_address = ? AND nonce BETWEEN ? AND ? AND state <> ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(address), DB_U64(first), DB_U64(last),
                          DB_I64(PAYOUT_TX_DROPPED)),
                  &rows, err))
        return false;
    *ret_count = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    return true;
}

bool nonce_take(struct db *db, const char *chain_key, const char *address, uint64_t at_least,
                uint64_t *ret_nonce, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "INSERT IGNORE INTO account_nonces (chain_key, address, next_nonce) "
                  "VALUES (?, ?, ?); SELECT next_nonce, stopped FROM account_nonces "
                  "WHERE chain_key = ? AND address = ? FOR UPDATE",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(address), DB_U64(at_least),
                          DB_TEXT(chain_key), DB_TEXT(address)),
                  &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_INTERNAL, "no row of nonces");
    if (db_get_text(rows, 1)[0] != '\0')
        return err_set(err, ERR_STATE_CONFLICT, "stopped: %.150s", db_get_text(rows, 1));
    uint64_t nonce = db_get_u64(rows, 0);
    if (!db_exec(db, "UPDATE account_nonces SET next_nonce = ? WHERE chain_key = ? AND address = ?",
                 DB_ARGS(DB_U64(nonce + 1), DB_TEXT(chain_key), DB_TEXT(address)), NULL, err))
        return false;
    *ret_nonce = nonce;
    return true;
}

bool nonce_give_back(struct db *db, const char *chain_key, const char *address, uint64_t nonce,
                     struct err *err)
{
    uint64_t changed;
    if (!db_exec(db,
                 "UPDATE account_nonces SET next_nonce = ? WHERE chain_key = ? AND address = ? "
                 "AND next_nonce = ?",
                 DB_ARGS(DB_U64(nonce), DB_TEXT(chain_key), DB_TEXT(address), DB_U64(nonce + 1)),
                 &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_STATE_CONFLICT, "a later nonce was given out");
}

bool nonce_find(struct db *db, const char *chain_key, const char *address, uint64_t *ret_next,
                char ret_stopped[static PAYOUT_REASON_SIZE], struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(
            db,
            "SELECT next_nonce, stopped FROM account_nonces WHERE chain_key = ? AND address = ?",
            DB_ARGS(DB_TEXT(chain_key), DB_TEXT(address)), &rows, err))
        return false;
    bool is_there = db_row_next(rows);
    *ret_next = is_there ? db_get_u64(rows, 0) : 0;
    ret_stopped[0] = '\0';
    if (is_there)
        db_get_chars(rows, 1, ret_stopped, PAYOUT_REASON_SIZE);
    return true;
}

bool nonce_stop(struct db *db, const char *chain_key, const char *address, const char *reason,
                struct err *err)
{
    return db_exec(db, "UPDATE account_nonces SET stopped = ? WHERE chain_key = ? AND address = ?",
                   DB_ARGS(DB_TEXT(reason), DB_TEXT(chain_key), DB_TEXT(address)), NULL, err);
}
