#include "blockchain/store/payouts.h"

#include <string.h>

#include "base/auto.h"
#include "blockchain/store/stopped_assets.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COLUMNS                                                                                    \
    "p.seq, p.id, p.chain_key, p.contract, p.to_address, p.from_address, p.units, "                \
    "p.fee_cap_units, p.purpose, p.subtract_fee, p.alone, p.owner, p.approvals, p.state, "         \
    "p.reason, p.version, p.not_before, p.paid_tx, p.created_at, p.updated_at"
enum { COLUMNS_COUNT = 20 };

bool payout_insert(struct db *db, const struct payout *payout, const uint8_t digest[static 32],
                   int64_t now_us, struct err *err)
{
    assert(payout->state == PAYOUT_QUEUED || payout->state == PAYOUT_REFUSED);
    return db_exec(
        db,
        "INSERT INTO payouts (id, chain_key, contract, to_address, from_address, units, "
        "fee_cap_units, purpose, subtract_fee, owner, approvals, request_digest, state, reason, "
        "created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_ARGS(DB_TEXT(payout->id), DB_TEXT(payout->chain_key), DB_TEXT(payout->contract),
                DB_TEXT(payout->to), DB_TEXT(payout->from), DB_TEXT(payout->units),
                payout->fee_cap_units[0] ? DB_TEXT(payout->fee_cap_units) : DB_NULL,
                DB_I64(payout->purpose), DB_I64(payout->subtract_fee), DB_TEXT(payout->owner),
                DB_TEXT(payout->approvals), DB_BYTES(digest, 32), DB_I64(payout->state),
                DB_TEXT(payout->reason), DB_TIME(now_us), DB_TIME(now_us)),
        NULL, err);
}

static bool payout_read(const struct db_result *rows, struct arena *arena, struct payout *payout,
                        struct err *err)
{
    payout->seq = db_get_u64(rows, 0);
    db_get_chars(rows, 1, payout->id, sizeof(payout->id));
    db_get_chars(rows, 2, payout->chain_key, sizeof(payout->chain_key));
    db_get_chars(rows, 3, payout->contract, sizeof(payout->contract));
    db_get_chars(rows, 4, payout->to, sizeof(payout->to));
    db_get_chars(rows, 5, payout->from, sizeof(payout->from));
    db_get_chars(rows, 6, payout->units, sizeof(payout->units));
    db_get_chars(rows, 7, payout->fee_cap_units, sizeof(payout->fee_cap_units));
    payout->purpose = (enum payout_purpose)db_get_i64(rows, 8);
    payout->subtract_fee = db_get_bool(rows, 9);
    payout->alone = db_get_bool(rows, 10);
    db_get_chars(rows, 11, payout->owner, sizeof(payout->owner));
    payout->approvals = arena_strdup(arena, db_get_text(rows, 12));
    payout->state = (enum payout_state)db_get_i64(rows, 13);
    db_get_chars(rows, 14, payout->reason, sizeof(payout->reason));
    payout->version = (uint32_t)db_get_u64(rows, 15);
    payout->not_before_us = db_get_time_us(rows, 16);
    payout->paid_tx = db_get_u64(rows, 17);
    payout->created_at_us = db_get_time_us(rows, 18);
    payout->updated_at_us = db_get_time_us(rows, 19);
    return payout->approvals || err_set(err, ERR_INTERNAL, "no memory for payouts");
}

static bool list_read(struct db_result *rows, struct arena *arena, struct payout_list *ret_list,
                      struct err *err)
{
    struct payout_list list = {.count = 0};
    size_t count = db_row_count(rows);
    list.rows = arena_alloc(arena, (count + 1) * sizeof(*list.rows));
    if (!list.rows)
        return err_set(err, ERR_INTERNAL, "no memory for %zu payouts", count);
    while (db_row_next(rows))
        if (!payout_read(rows, arena, &list.rows[list.count++], err))
            return false;
    *ret_list = list;
    return true;
}

bool payout_find(struct db *db, struct arena *arena, const char *id, struct payout *ret_payout,
                 uint8_t *ret_digest, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db, "SELECT " COLUMNS ", p.request_digest FROM payouts p WHERE p.id = ?",
                  DB_ARGS(DB_TEXT(id)), &rows, err))
        return false;
    if (!db_row_next(rows))
        return err_set(err, ERR_NOT_FOUND, "no payout %.64s", id);
    if (ret_digest) {
        size_t length;
        const void *digest = db_get_bytes(rows, COLUMNS_COUNT, &length);
        assert(length == 32);
        memcpy(ret_digest, digest, 32);
    }
    return payout_read(rows, arena, ret_payout, err);
}

/* Of each asset and sender only the first, so that those who wait for one don't hide the others. */
bool payouts_due(struct db *db, struct arena *arena, const char *chain_key, int64_t now_us,
                 struct payout_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS " FROM (SELECT w.*, ROW_NUMBER() OVER (PARTITION BY "
                    "w.contract, w.from_address ORDER BY w.seq) AS place FROM payouts w "
                    "WHERE w.chain_key = ? AND w.state IN (?, ?) AND (w.not_before IS NULL OR "
                    "w.not_before <= ?) AND NOT " PAYOUT_IS_STOPPED(
                        "w") ") p WHERE p.place <= ? ORDER BY p.seq LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_QUEUED), DB_I64(PAYOUT_WAITING),
                            DB_TIME(now_us), DB_I64(PAYOUTS_LIST_MAX / 4),
                            DB_I64(PAYOUTS_LIST_MAX)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payouts_to_stop(struct db *db, struct arena *arena, const char *chain_key,
                     struct payout_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS " FROM payouts p WHERE p.chain_key = ? AND p.state IN (?, ?) "
                    "AND p.reason <> ? AND " PAYOUT_IS_STOPPED("p") " ORDER BY p.seq LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_QUEUED), DB_I64(PAYOUT_WAITING),
                            DB_TEXT(PAYOUT_REASON_STOPPED), DB_I64(PAYOUTS_LIST_MAX)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payouts_first_waiting(struct db *db, const char *chain_key, const char *reason, int64_t now_us,
                           uint64_t *ret_seq, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(
            db,
            "SELECT MIN(seq) FROM payouts WHERE chain_key = ? AND state = ? AND reason = ? "
            "AND not_before > ?",
            DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_WAITING), DB_TEXT(reason), DB_TIME(now_us)),
            &rows, err))
        return false;
    *ret_seq = db_row_next(rows) && !db_is_null(rows, 0) ? db_get_u64(rows, 0) : 0;
    return true;
}

bool payouts_from(struct db *db, struct arena *arena, const char *chain_key, const char *from,
                  struct payout_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS " FROM payouts p WHERE p.chain_key = ? AND p.state IN (?, ?) "
                    "AND p.from_address = ? ORDER BY p.seq LIMIT ?",
                    DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_QUEUED), DB_I64(PAYOUT_WAITING),
                            DB_TEXT(from), DB_I64(PAYOUTS_LIST_MAX)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payouts_of_tx(struct db *db, struct arena *arena, uint64_t tx_id, struct payout_list *ret_list,
                   struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS
                    " FROM payout_payments x JOIN payouts p ON p.id = x.payout_id "
                    "WHERE x.tx_id = ? ORDER BY p.seq",
                    DB_ARGS(DB_U64(tx_id)), &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payouts_unsettled(struct db *db, struct arena *arena, const char *chain_key,
                       struct payout_list *ret_list, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    return db_query(db,
                    "SELECT " COLUMNS " FROM payouts p WHERE (p.state = ? OR (p.state = ? AND "
                    "p.reason IN (?, ?))) AND (? = '' OR p.chain_key = ?) ORDER BY p.seq LIMIT ?",
                    DB_ARGS(DB_I64(PAYOUT_UNKNOWN), DB_I64(PAYOUT_CONFIRMED),
                            DB_TEXT(PAYOUT_REASON_UNDONE), DB_TEXT(PAYOUT_REASON_GONE),
                            DB_TEXT(chain_key), DB_TEXT(chain_key), DB_I64(PAYOUTS_LIST_MAX)),
                    &rows, err) &&
           list_read(rows, arena, ret_list, err);
}

bool payout_save(struct db *db, struct payout *payout, int64_t now_us, struct err *err)
{
    uint64_t changed;
    if (!db_exec(
            db,
            "UPDATE payouts SET state = ?, reason = ?, not_before = ?, alone = ?, paid_tx = ?, "
            "version = version + 1, updated_at = ? WHERE seq = ? AND version = ?",
            DB_ARGS(DB_I64(payout->state), DB_TEXT(payout->reason), DB_TIME(payout->not_before_us),
                    DB_I64(payout->alone), payout->paid_tx ? DB_U64(payout->paid_tx) : DB_NULL,
                    DB_TIME(now_us), DB_U64(payout->seq), DB_U64(payout->version)),
            &changed, err))
        return false;
    if (changed != 1)
        return err_set(err, ERR_STATE_CONFLICT, "payout %s was changed by somebody else",
                       payout->id);
    payout->version++;
    payout->updated_at_us = now_us;
    return true;
}

bool payout_approvals_set(struct db *db, struct payout *payout, const char *approvals,
                          int64_t now_us, struct err *err)
{
    uint64_t changed;
    if (!db_exec(db,
                 "UPDATE payouts SET approvals = ?, not_before = NULL, version = version + 1, "
                 "updated_at = ? WHERE seq = ? AND version = ?",
                 DB_ARGS(DB_TEXT(approvals), DB_TIME(now_us), DB_U64(payout->seq),
                         DB_U64(payout->version)),
                 &changed, err))
        return false;
    if (changed != 1)
        return err_set(err, ERR_STATE_CONFLICT, "payout %s was changed by somebody else",
                       payout->id);
    payout->version++;
    payout->approvals = approvals;
    return true;
}

static bool undone_count(struct db *db, const char *chain_key, uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM payouts WHERE state = ? AND reason IN (?, ?) AND "
                  "chain_key = ?",
                  DB_ARGS(DB_I64(PAYOUT_CONFIRMED), DB_TEXT(PAYOUT_REASON_UNDONE),
                          DB_TEXT(PAYOUT_REASON_GONE), DB_TEXT(chain_key)),
                  &rows, err))
        return false;
    *ret_count = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    return true;
}

bool payouts_count(struct db *db, const char *chain_key, struct payout_counts *ret_counts,
                   struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    struct payout_counts counts = {.queued = 0};
    if (!db_query(
            db,
            "SELECT state, COUNT(*) FROM payouts WHERE chain_key = ? AND state BETWEEN ? AND ? "
            "GROUP BY state",
            DB_ARGS(DB_TEXT(chain_key), DB_I64(PAYOUT_QUEUED), DB_I64(PAYOUT_UNKNOWN)), &rows, err))
        return false;
    while (db_row_next(rows)) {
        int64_t state = db_get_i64(rows, 0);
        uint64_t count = db_get_u64(rows, 1);
        *(state == PAYOUT_QUEUED    ? &counts.queued
          : state == PAYOUT_WAITING ? &counts.waiting
          : state == PAYOUT_UNKNOWN ? &counts.unknown
                                    : &counts.under_way) += count;
    }
    *ret_counts = counts;
    return undone_count(db, chain_key, &ret_counts->undone, err);
}
