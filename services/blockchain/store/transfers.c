#include "blockchain/store/transfers.h"

#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

enum { UNITS_DIGITS_MAX = 65, TXID_PAGE = 10000 };

/* ---- rows ---- */

#define SELECT_TRANSFER                                                                            \
    "SELECT t.id, t.txid, t.idx, t.contract, t.address, t.address_id, t.units, t.sender, t.state," \
    " t.height, t.block_hash, t.confirmations_need, a.purpose, a.owner"                            \
    " FROM transfers t JOIN addresses a ON a.id = t.address_id"

static void row_read(const struct db_result *result, struct transfer_row *row)
{
    *row = (struct transfer_row){.id = db_get_u64(result, 0),
                                 .index = (uint32_t)db_get_u64(result, 2),
                                 .address_id = db_get_u64(result, 5),
                                 .height = db_get_u64(result, 9),
                                 .confirmations_need = (uint32_t)db_get_u64(result, 11)};
    db_get_chars(result, 1, row->txid, sizeof(row->txid));
    db_get_chars(result, 3, row->contract, sizeof(row->contract));
    db_get_chars(result, 4, row->address, sizeof(row->address));
    db_get_chars(result, 6, row->units, sizeof(row->units));
    db_get_chars(result, 7, row->from, sizeof(row->from));
    db_get_chars(result, 8, row->state, sizeof(row->state));
    db_get_chars(result, 10, row->block_hash, sizeof(row->block_hash));
    db_get_chars(result, 12, row->purpose, sizeof(row->purpose));
    db_get_chars(result, 13, row->owner, sizeof(row->owner));
}

static bool rows_read(struct db_result *result, struct arena *arena, struct transfer_row **ret_rows,
                      size_t *ret_count, struct err *err)
{
    size_t count = 0;
    struct transfer_row *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for transfers");
    while (db_row_next(result))
        row_read(result, &rows[count++]);
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

/* ---- writing ---- */

static bool row_find(struct db *db, const char *chain_key, const struct found_transfer *found,
                     struct transfer_row *ret_row, bool *ret_found, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db,
                  SELECT_TRANSFER " WHERE t.chain_key = ? AND t.txid = ? AND t.idx = ?"
                                  " AND t.contract = ? AND t.address_id = ? FOR UPDATE",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(found->txid), DB_U64(found->index),
                          DB_TEXT(found->contract), DB_U64(found->address_id)),
                  &result, err))
        return false;
    *ret_found = db_row_next(result);
    if (*ret_found)
        row_read(result, ret_row);
    return true;
}

static bool row_insert(struct db *db, const char *chain_key, const struct found_transfer *found,
                       const struct block_head *head, uint32_t need, int64_t now_us,
                       struct err *err)
{
    uint64_t affected;
    if (!db_exec(
            db,
            "INSERT INTO transfers (chain_key, txid, idx, contract, address, address_id, units,"
            " sender, state, height, block_hash, confirmations_need, created_at, updated_at)"
            " SELECT ?, ?, ?, ?, address, id, ?, ?, 'seen', ?, ?, ?, ?, ? FROM addresses"
            " WHERE id = ? AND chain_key = ?",
            DB_ARGS(DB_TEXT(chain_key), DB_TEXT(found->txid), DB_U64(found->index),
                    DB_TEXT(found->contract), DB_TEXT(found->units), DB_TEXT(found->from),
                    DB_U64(head->height), DB_TEXT(head->hash), DB_U64(need), DB_TIME(now_us),
                    DB_TIME(now_us), DB_U64(found->address_id), DB_TEXT(chain_key)),
            &affected, err))
        return false;
    return affected == 1 || err_set(err, ERR_NOT_FOUND, "no address %llu on %s",
                                    (unsigned long long)found->address_id, chain_key);
}

/* In a block again, or in another one. What was credited stays so while its block stays. In another block
 * a contract may have paid something else: the amount is that of now. */
static bool row_move(struct db *db, uint64_t id, const struct found_transfer *found,
                     const struct block_head *head, uint32_t need, int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE transfers SET state = 'seen', units = ?, sender = ?, height = ?,"
                   " block_hash = ?, confirmations_need = ?, updated_at = ? WHERE id = ?",
                   DB_ARGS(DB_TEXT(found->units), DB_TEXT(found->from), DB_U64(head->height),
                           DB_TEXT(head->hash), DB_U64(need), DB_TIME(now_us), DB_U64(id)),
                   NULL, err);
}

bool transfer_put(struct db *db, const char *chain_key, const struct found_transfer *found,
                  const struct block_head *head, uint32_t confirmations_need, int64_t now_us,
                  struct transfer_row *ret_row, bool *ret_change, struct err *err)
{
    struct transfer_row row;
    bool is_there;
    size_t digits = strspn(found->units, "0123456789");
    if (digits == 0 || digits > UNITS_DIGITS_MAX || found->units[digits] != '\0' ||
        found->units[0] == '0')
        return err_set(err, ERR_INVALID, "%s:%u: no amount that can be kept: %.80s", found->txid,
                       found->index, found->units);
    if (!row_find(db, chain_key, found, &row, &is_there, err))
        return false;
    if (is_there && strcmp(row.state, "reverted") != 0 && strcmp(row.block_hash, head->hash) == 0) {
        *ret_change = false;
        return true;
    }
    /* A transaction is in one block of a chain: the other one must have been taken back before. */
    if (is_there && strcmp(row.state, "reverted") != 0)
        return err_set(err, ERR_INVALID, "%s:%u is in block %s already", found->txid, found->index,
                       row.block_hash);
    if (is_there ? !row_move(db, row.id, found, head, confirmations_need, now_us, err)
                 : !row_insert(db, chain_key, found, head, confirmations_need, now_us, err))
        return false;
    if (!row_find(db, chain_key, found, ret_row, &is_there, err))
        return false;
    *ret_change = true;
    return is_there || err_set(err, ERR_INTERNAL, "%s:%u is not there after its insert",
                               found->txid, found->index);
}

bool transfer_is_known(struct db *db, const char *chain_key, const struct found_transfer *found,
                       const char *block_hash, bool *ret_known, struct err *err)
{
    struct transfer_row row;
    bool is_there;
    if (!row_find(db, chain_key, found, &row, &is_there, err))
        return false;
    *ret_known = is_there && strcmp(row.state, "reverted") != 0 &&
                 strcmp(row.block_hash, block_hash) == 0 && strcmp(row.units, found->units) == 0;
    return true;
}

static bool states_set(struct db *db, const struct transfer_row *rows, size_t count,
                       const char *state, int64_t now_us, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!db_exec(db, "UPDATE transfers SET state = ?, updated_at = ? WHERE id = ?",
                     DB_ARGS(DB_TEXT(state), DB_TIME(now_us), DB_U64(rows[i].id)), NULL, err))
            return false;
    return true;
}

bool transfers_confirm(struct db *db, struct arena *arena, const char *chain_key, uint64_t height,
                       int64_t now_us, struct transfer_row **ret_rows, size_t *ret_count,
                       struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db,
                    SELECT_TRANSFER " WHERE t.chain_key = ? AND t.state = 'seen' AND t.height <= ?"
                                    " AND t.height + t.confirmations_need <= ? + 1"
                                    " ORDER BY t.id FOR UPDATE",
                    DB_ARGS(DB_TEXT(chain_key), DB_U64(height), DB_U64(height)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err) &&
           states_set(db, *ret_rows, *ret_count, "confirmed", now_us, err);
}

bool transfers_revert(struct db *db, struct arena *arena, const char *chain_key, uint64_t height,
                      const char *block_hash, int64_t now_us, struct transfer_row **ret_rows,
                      size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db,
                    SELECT_TRANSFER " WHERE t.chain_key = ? AND t.state IN ('seen', 'confirmed')"
                                    " AND t.height = ? AND t.block_hash = ? ORDER BY t.id"
                                    " FOR UPDATE",
                    DB_ARGS(DB_TEXT(chain_key), DB_U64(height), DB_TEXT(block_hash)), &result,
                    err) &&
           rows_read(result, arena, ret_rows, ret_count, err) &&
           states_set(db, *ret_rows, *ret_count, "reverted", now_us, err);
}

/* ---- reading ---- */

bool transfers_of_tx(struct db *db, struct arena *arena, const char *chain_key, const char *txid,
                     struct transfer_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db, SELECT_TRANSFER " WHERE t.chain_key = ? AND t.txid = ? ORDER BY t.idx",
                    DB_ARGS(DB_TEXT(chain_key), DB_TEXT(txid)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err);
}

bool transfers_of_address(struct db *db, struct arena *arena, uint64_t address_id, size_t max,
                          struct transfer_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db, SELECT_TRANSFER " WHERE t.address_id = ? ORDER BY t.id DESC LIMIT ?",
                    DB_ARGS(DB_U64(address_id), DB_U64(max)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err);
}

bool transfers_after(struct db *db, struct arena *arena, const char *chain_key, uint64_t after,
                     size_t max, struct transfer_row **ret_rows, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    return db_query(db, SELECT_TRANSFER " WHERE t.chain_key = ? AND t.id > ? ORDER BY t.id LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_U64(after), DB_U64(max)), &result, err) &&
           rows_read(result, arena, ret_rows, ret_count, err);
}

bool transfers_each_txid(struct db *db, const char *chain_key,
                         bool (*each)(void *arg, const char *txid, struct err *err), void *arg,
                         struct err *err)
{
    uint64_t after = 0;
    for (size_t count = TXID_PAGE; count == TXID_PAGE;) {
        AUTO_FREE(db_result_free) struct db_result *result = NULL;
        if (!db_query(db,
                      "SELECT id, txid FROM transfers WHERE chain_key = ? AND id > ?"
                      " ORDER BY id LIMIT ?",
                      DB_ARGS(DB_TEXT(chain_key), DB_U64(after), DB_U64(TXID_PAGE)), &result, err))
            return false;
        for (count = 0; db_row_next(result); count++) {
            after = db_get_u64(result, 0);
            if (!each(arg, db_get_text(result, 1), err))
                return false;
        }
    }
    return true;
}

/* ---- spends ---- */

bool spend_put(struct db *db, const char *chain_key, const struct found_spend *found,
               const struct block_head *head, int64_t now_us, struct err *err)
{
    return db_exec(
        db,
        "INSERT INTO spends (chain_key, txid, prev_txid, prev_idx, address_id, nonce,"
        " is_failed, fee_units, height, block_hash, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON DUPLICATE KEY UPDATE height = VALUES(height),"
        " block_hash = VALUES(block_hash), is_failed = VALUES(is_failed),"
        " fee_units = VALUES(fee_units)",
        DB_ARGS(DB_TEXT(chain_key), DB_TEXT(found->txid), DB_TEXT(found->prev_txid),
                DB_U64(found->prev_index), found->address_id ? DB_U64(found->address_id) : DB_NULL,
                found->address_id ? DB_U64(found->nonce) : DB_NULL, DB_I64(found->is_failed),
                found->fee_units[0] != '\0' ? DB_TEXT(found->fee_units) : DB_NULL,
                DB_U64(head->height), DB_TEXT(head->hash), DB_TIME(now_us)),
        NULL, err);
}

bool spends_revert(struct db *db, const char *chain_key, uint64_t height, const char *block_hash,
                   struct err *err)
{
    return db_exec(db, "DELETE FROM spends WHERE chain_key = ? AND height = ? AND block_hash = ?",
                   DB_ARGS(DB_TEXT(chain_key), DB_U64(height), DB_TEXT(block_hash)), NULL, err);
}
