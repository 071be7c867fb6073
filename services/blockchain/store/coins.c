#include "blockchain/store/coins.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/store/payout_txs.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COIN_COLUMNS "t.txid, t.idx, t.units, t.address, a.account, a.idx"

static bool list_read(struct db_result *rows, struct arena *arena, struct coin_list *ret_list,
                      struct err *err)
{
    struct coin_list list = {.rows =
                                 arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*list.rows))};
    if (!list.rows)
        return err_set(err, ERR_INTERNAL, "no memory for coins");
    while (db_row_next(rows)) {
        struct coin *coin = &list.rows[list.count++];
        db_get_chars(rows, 0, coin->txid, sizeof(coin->txid));
        coin->vout = (uint32_t)db_get_u64(rows, 1);
        coin->units = db_get_u64(rows, 2);
        db_get_chars(rows, 3, coin->address, sizeof(coin->address));
        coin->account = (uint32_t)db_get_u64(rows, 4);
        coin->index = (uint32_t)db_get_u64(rows, 5);
    }
    *ret_list = list;
    return true;
}

bool coins_free_of(struct db *db, struct arena *arena, const char *chain_key, const char *purpose,
                   const char *address, struct coin_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COIN_COLUMNS
                    " FROM addresses a JOIN transfers t ON t.address_id = a.id "
                    "LEFT JOIN spends s ON s.chain_key = t.chain_key AND s.prev_txid = t.txid AND "
                    "s.prev_idx = t.idx LEFT JOIN coin_locks l ON l.chain_key = t.chain_key AND "
                    "l.txid = t.txid AND l.vout = t.idx LEFT JOIN payout_txs o ON "
                    "o.chain_key = t.chain_key AND o.txid = t.txid "
                    "WHERE a.chain_key = ? AND a.account IS NOT NULL AND (a.address = ? OR "
                    "(? = '' AND a.purpose = ?)) AND t.contract = '' AND s.id IS NULL AND l.tx_id "
                    "IS NULL "
                    "AND (t.state = 'confirmed' OR (t.state = 'seen' AND o.id IS NOT NULL)) "
                    "ORDER BY t.units DESC, t.id LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_TEXT(address), DB_TEXT(address),
                            DB_TEXT(purpose), DB_I64(COINS_LIST_MAX)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool coin_lock(struct db *db, const char *chain_key, const struct coin *coin, uint64_t tx_id,
               struct err *err)
{
    return db_exec(
        db, "INSERT INTO coin_locks (chain_key, txid, vout, tx_id) VALUES (?, ?, ?, ?)",
        DB_ARGS(DB_TEXT(chain_key), DB_TEXT(coin->txid), DB_U64(coin->vout), DB_U64(tx_id)), NULL,
        err);
}

bool coin_locks_move(struct db *db, uint64_t from_tx, uint64_t to_tx, struct err *err)
{
    return db_exec(db, "UPDATE coin_locks SET tx_id = ? WHERE tx_id = ?",
                   DB_ARGS(DB_U64(to_tx), DB_U64(from_tx)), NULL, err);
}

bool coin_locks_drop(struct db *db, uint64_t tx_id, struct err *err)
{
    return db_exec(db, "DELETE FROM coin_locks WHERE tx_id = ?", DB_ARGS(DB_U64(tx_id)), NULL, err);
}

bool coins_of_tx(struct db *db, struct arena *arena, const char *chain_key, uint64_t tx_id,
                 struct coin_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COIN_COLUMNS " FROM coin_locks l JOIN transfers t ON "
                    "t.chain_key = l.chain_key AND t.txid = l.txid AND t.idx = l.vout AND "
                    "t.contract = '' JOIN addresses a ON a.id = t.address_id "
                    "WHERE l.chain_key = ? AND l.tx_id = ? ORDER BY t.units DESC, t.id",
                    DB_ARGS(DB_TEXT(chain_key), DB_U64(tx_id)), &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool coins_may_return(struct db *db, const char *chain_key, uint64_t tx_id, bool *ret_may,
                      struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT 1 FROM coin_locks l JOIN transfers t ON t.chain_key = l.chain_key AND "
                  "t.txid = l.txid AND t.idx = l.vout AND t.contract = '' LEFT JOIN payout_txs o "
                  "ON o.chain_key = t.chain_key AND o.txid = t.txid WHERE l.chain_key = ? AND "
                  "l.tx_id = ? AND t.state = 'reverted' AND (o.id IS NULL OR o.state <> ?) LIMIT 1",
                  DB_ARGS(DB_TEXT(chain_key), DB_U64(tx_id), DB_I64(PAYOUT_TX_VOID)), &rows, err))
        return false;
    *ret_may = db_row_next(rows);
    return true;
}

static void own_read(struct db_result *rows, struct own_address *own)
{
    memset(own, 0, sizeof(*own));
    if (!db_row_next(rows))
        return;
    db_get_chars(rows, 0, own->address, sizeof(own->address));
    db_get_chars(rows, 1, own->purpose, sizeof(own->purpose));
    own->is_derived = !db_is_null(rows, 2) && !db_is_null(rows, 3);
    own->account = (uint32_t)db_get_u64(rows, 2);
    own->index = (uint32_t)db_get_u64(rows, 3);
}

bool coins_spent_by(struct db *db, const char *chain_key, const char *txid, uint64_t *ret_units,
                    uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    *ret_units = *ret_count = 0;
    if (!db_query(db,
                  "SELECT t.units FROM spends s JOIN transfers t ON t.chain_key = s.chain_key AND "
                  "t.txid = s.prev_txid AND t.idx = s.prev_idx WHERE s.chain_key = ? AND "
                  "s.txid = ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(txid)), &rows, err))
        return false;
    for (; db_row_next(rows); (*ret_count)++)
        *ret_units += db_get_u64(rows, 0);
    return true;
}

bool own_address_find(struct db *db, const char *chain_key, const char *address,
                      struct own_address *ret_address, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT address, purpose, account, idx FROM addresses WHERE chain_key = ? AND "
                  "address = ?",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(address)), &rows, err))
        return false;
    own_read(rows, ret_address);
    return true;
}

bool own_address_first(struct db *db, const char *chain_key, const char *purpose,
                       struct own_address *ret_address, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT address, purpose, account, idx FROM addresses WHERE chain_key = ? AND "
                  "purpose = ? AND assigned_at IS NOT NULL AND account IS NOT NULL "
                  "ORDER BY idx LIMIT 1",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(purpose)), &rows, err))
        return false;
    own_read(rows, ret_address);
    return true;
}
