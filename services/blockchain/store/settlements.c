#include "blockchain/store/settlements.h"

#include <string.h>

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

static struct db_value text_or_null(const char *text)
{
    return text[0] ? DB_TEXT(text) : DB_NULL;
}

static struct db_value time_or_null(int64_t time_us)
{
    return time_us ? DB_TIME(time_us) : DB_NULL;
}

bool settlement_insert(struct db *db, const struct settlement_row *row, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO payout_settlements (payout_id, outcome, evidence, note, state, "
                   "found, proposed_by, proposed_at, confirmed_by, done_at) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_TEXT(row->payout_id), DB_TEXT(row->outcome), DB_TEXT(row->evidence),
                           DB_TEXT(row->note), DB_TEXT(row->state), DB_TEXT(row->found),
                           DB_TEXT(row->proposed_by), DB_TIME(row->proposed_at),
                           text_or_null(row->confirmed_by), time_or_null(row->done_at)),
                   NULL, err);
}

bool settlement_save(struct db *db, const struct settlement_row *row, struct err *err)
{
    uint64_t changed;
    if (!db_exec(db,
                 "UPDATE payout_settlements SET state = ?, found = ?, confirmed_by = ?, "
                 "done_at = ? WHERE id = ? AND state = 'open'",
                 DB_ARGS(DB_TEXT(row->state), DB_TEXT(row->found), text_or_null(row->confirmed_by),
                         time_or_null(row->done_at), DB_U64(row->id)),
                 &changed, err))
        return false;
    return changed == 1 ||
           err_set(err, ERR_STATE_CONFLICT, "the settlement was changed by somebody else");
}

bool settlements_of(struct db *db, struct arena *arena, const char *payout_id,
                    struct settlement_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    struct settlement_list list = {.count = 0};
    if (!db_query(db,
                  "SELECT id, payout_id, outcome, evidence, note, state, found, proposed_by, "
                  "confirmed_by, proposed_at, done_at FROM payout_settlements "
                  "WHERE payout_id = ? ORDER BY id DESC LIMIT ?",
                  DB_ARGS(DB_TEXT(payout_id), DB_I64(SETTLEMENTS_SHOWN_MAX)), &rows, err))
        return false;
    list.rows = arena_alloc(arena, (db_row_count(rows) + 1) * sizeof(*list.rows));
    if (!list.rows)
        return err_set(err, ERR_BUSY, "no memory for settlements");
    for (; db_row_next(rows); list.count++) {
        struct settlement_row *row = &list.rows[list.count];
        row->id = db_get_u64(rows, 0);
        db_get_chars(rows, 1, row->payout_id, sizeof(row->payout_id));
        db_get_chars(rows, 2, row->outcome, sizeof(row->outcome));
        db_get_chars(rows, 3, row->evidence, sizeof(row->evidence));
        row->note = arena_strdup(arena, db_get_text(rows, 4));
        db_get_chars(rows, 5, row->state, sizeof(row->state));
        db_get_chars(rows, 6, row->found, sizeof(row->found));
        db_get_chars(rows, 7, row->proposed_by, sizeof(row->proposed_by));
        row->confirmed_by[0] = '\0';
        if (!db_is_null(rows, 8))
            db_get_chars(rows, 8, row->confirmed_by, sizeof(row->confirmed_by));
        row->proposed_at = db_get_time_us(rows, 9);
        row->done_at = db_is_null(rows, 10) ? 0 : db_get_time_us(rows, 10);
        if (!row->note)
            return err_set(err, ERR_BUSY, "no memory for settlements");
    }
    *ret_list = list;
    return true;
}

/* ---- what is in blocks ---- */

static void spend_read(struct db_result *rows, struct settlement_spend *spend)
{
    *spend = (struct settlement_spend){.height = 0};
    if (!db_row_next(rows))
        return;
    db_get_chars(rows, 0, spend->txid, sizeof(spend->txid));
    spend->height = db_get_u64(rows, 1);
    spend->is_failed = db_get_bool(rows, 2);
}

bool settlement_spend_of(struct db *db, const char *chain_key, const struct settlement_used *used,
                         struct settlement_spend *ret_spend, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    bool ok =
        used->is_nonce
            ? db_query(db,
                       "SELECT s.txid, s.height, s.is_failed FROM addresses a JOIN spends s ON "
                       "s.chain_key = a.chain_key AND s.address_id = a.id AND s.nonce = ? WHERE "
                       "a.chain_key = ? AND a.account = ? AND a.idx = ? LIMIT 1",
                       DB_ARGS(DB_U64(used->nonce), DB_TEXT(chain_key), DB_U64(used->account),
                               DB_U64(used->index)),
                       &rows, err)
            : db_query(db,
                       "SELECT txid, height, is_failed FROM spends WHERE chain_key = ? AND "
                       "prev_txid = ? AND prev_idx = ? LIMIT 1",
                       DB_ARGS(DB_TEXT(chain_key), DB_TEXT(used->txid), DB_U64(used->vout)), &rows,
                       err);
    if (ok)
        spend_read(rows, ret_spend);
    return ok;
}

bool settlement_spend_by(struct db *db, const char *chain_key, const char *txid,
                         struct settlement_spend *ret_spend, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT txid, height, is_failed FROM spends WHERE chain_key = ? AND txid = ? "
                  "LIMIT 1",
                  DB_ARGS(DB_TEXT(chain_key), DB_TEXT(txid)), &rows, err))
        return false;
    spend_read(rows, ret_spend);
    return true;
}

bool settlement_booked(struct db *db, const struct payout *payout, const char *txid,
                       const char *units, uint64_t *ret_tx_id, uint64_t *ret_count,
                       bool *ret_is_its_own, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *row = NULL;
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    *ret_tx_id = *ret_count = 0;
    *ret_is_its_own = false;
    if (!db_query(db, "SELECT id FROM payout_txs WHERE chain_key = ? AND txid = ? FOR UPDATE",
                  DB_ARGS(DB_TEXT(payout->chain_key), DB_TEXT(txid)), &row, err))
        return false;
    if (!db_row_next(row))
        return true;
    *ret_tx_id = db_get_u64(row, 0);
    if (!db_query(db,
                  "SELECT p.id FROM payout_payments x JOIN payouts p ON p.id = x.payout_id WHERE "
                  "x.tx_id = ? AND p.to_address = ? AND p.contract = ? AND x.units = ?",
                  DB_ARGS(DB_U64(*ret_tx_id), DB_TEXT(payout->to), DB_TEXT(payout->contract),
                          DB_TEXT(units)),
                  &rows, err))
        return false;
    while (db_row_next(rows)) {
        bool is_its_own = strcmp(db_get_text(rows, 0), payout->id) == 0;
        *ret_is_its_own = *ret_is_its_own || is_its_own;
        *ret_count += !is_its_own;
    }
    return true;
}
