#include "accounting/store/payout_requests.h"

#include "accounting/store/reconcile.h"
#include "base/auto.h"
#include "db/listing.h"

DEFINE_AUTO(struct db_result, db_result_free);

#define COLUMNS                                                                                    \
    "withdraw_id, state, body, payout_state, attempts, error, next_at, created_at, updated_at"

static bool request_read(const struct db_result *result, struct arena *arena,
                         struct payout_request *row, struct err *err)
{
    struct row_reader reader = {.result = result, .arena = arena};
    row->withdraw_id = db_get_u64(result, 0);
    row->state = row_text(&reader, 1);
    row->body = row_text(&reader, 2);
    row->payout_state = row_text(&reader, 3);
    row->attempts = db_get_u64(result, 4);
    row->error = row_text(&reader, 5);
    row->next_at = db_get_time_us(result, 6);
    row->created_at = db_get_time_us(result, 7);
    row->updated_at = db_get_time_us(result, 8);
    return !reader.failed || err_set(err, ERR_BUSY, "no memory for payouts");
}

bool payout_request_put(struct db *db, uint64_t withdraw_id, const char *body, int64_t now_us,
                        struct err *err)
{
    return db_exec(db,
                   "INSERT INTO payout_requests (withdraw_id, state, body, next_at, created_at,"
                   " updated_at) VALUES (?, 'pending', ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " state = 'pending', next_at = VALUES(next_at),"
                   " updated_at = VALUES(updated_at)",
                   DB_ARGS(DB_U64(withdraw_id), DB_TEXT(body), DB_TIME(now_us), DB_TIME(now_us),
                           DB_TIME(now_us)),
                   NULL, err);
}

bool payout_request_find(struct db *db, struct arena *arena, uint64_t withdraw_id,
                         struct payout_request *ret_request, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(db, "SELECT " COLUMNS " FROM payout_requests WHERE withdraw_id = ?",
                  DB_ARGS(DB_U64(withdraw_id)), &result, err))
        return false;
    if (!db_row_next(result))
        return err_set(err, ERR_NOT_FOUND, "no payout of withdraw %lu", (unsigned long)withdraw_id);
    return request_read(result, arena, ret_request, err);
}

bool payout_requests_due(struct db *db, struct arena *arena, int64_t now_us, size_t limit,
                         struct payout_request **ret_requests, size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *result = NULL;
    if (!db_query(
            db,
            "SELECT " COLUMNS " FROM payout_requests WHERE state = 'pending'"
            " AND next_at <= ? AND " RECONCILE_NOT_STOPPED(
                "(SELECT w.currency_id FROM withdraws w WHERE w.id = withdraw_id)") " ORDER BY "
                                                                                    "next_at LIMIT "
                                                                                    "?",
            DB_ARGS(DB_TIME(now_us), DB_U64(limit)), &result, err))
        return false;
    size_t count = 0;
    struct payout_request *rows = arena_alloc(arena, (limit + 1) * sizeof(*rows));
    if (!rows)
        return err_set(err, ERR_BUSY, "no memory for payouts");
    while (count < limit && db_row_next(result))
        if (!request_read(result, arena, &rows[count++], err))
            return false;
    *ret_requests = rows;
    *ret_count = count;
    return true;
}

bool payout_request_renew(struct db *db, uint64_t withdraw_id, const char *body, int64_t now_us,
                          struct err *err)
{
    return db_exec(
        db,
        "UPDATE payout_requests SET body = ?, state = 'pending', attempts = attempts + 1,"
        " next_at = ?, updated_at = ? WHERE withdraw_id = ?"
        " AND state IN ('pending', 'accepted')",
        DB_ARGS(DB_TEXT(body), DB_TIME(now_us), DB_TIME(now_us), DB_U64(withdraw_id)), NULL, err);
}

bool payout_request_tried(struct db *db, const struct payout_request *request, struct err *err)
{
    return db_exec(db,
                   "UPDATE payout_requests SET state = ?, attempts = ?, error = ?, next_at = ?,"
                   " updated_at = ? WHERE withdraw_id = ? AND state = 'pending' AND attempts = ?",
                   DB_ARGS(DB_TEXT(request->state), DB_U64(request->attempts),
                           DB_TEXT(request->error), DB_TIME(request->next_at),
                           DB_TIME(request->updated_at), DB_U64(request->withdraw_id),
                           DB_U64(request->attempts - 1)),
                   NULL, err);
}

bool payout_request_set_state(struct db *db, uint64_t withdraw_id, const char *state,
                              int64_t now_us, struct err *err)
{
    return db_exec(db, "UPDATE payout_requests SET state = ?, updated_at = ? WHERE withdraw_id = ?",
                   DB_ARGS(DB_TEXT(state), DB_TIME(now_us), DB_U64(withdraw_id)), NULL, err);
}

bool payout_request_set_payout_state(struct db *db, uint64_t withdraw_id, const char *payout_state,
                                     int64_t now_us, struct err *err)
{
    return db_exec(db,
                   "UPDATE payout_requests SET payout_state = ?, updated_at = ?"
                   " WHERE withdraw_id = ?",
                   DB_ARGS(DB_TEXT(payout_state), DB_TIME(now_us), DB_U64(withdraw_id)), NULL, err);
}
