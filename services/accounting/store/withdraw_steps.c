/* What hangs on a withdrawal: its steps and its approvals (withdraws.h). */
#include "accounting/store/withdraws.h"

#include <string.h>

enum { ROWS_MAX = 1000 };

/* ---- steps ---- */

static void step_read(struct row_reader *reader, void *to)
{
    struct withdraw_step_row *row = to;
    row->event = row_text(reader, 0);
    row->from = row_text(reader, 1);
    row->to = row_text(reader, 2);
    row->actor = row_text(reader, 3);
    row->reason = row_text(reader, 4);
    row->created_at = db_get_time_us(reader->result, 5);
}

static const struct listing_column step_columns[] = {{"id", "id"}, {NULL, NULL}};

static const struct listing_table step_table = {
    .count = "SELECT COUNT(*) FROM withdraw_steps WHERE TRUE",
    .select = "SELECT event, from_state, to_state, actor, reason, created_at FROM withdraw_steps"
              " WHERE TRUE",
    .columns = step_columns,
    .row_size = sizeof(struct withdraw_step_row),
    .read = step_read,
};

bool withdraw_step_insert(struct db *db, uint64_t withdraw_id, const struct withdraw_step_row *step,
                          struct err *err)
{
    return db_exec(db,
                   "INSERT INTO withdraw_steps (withdraw_id, event, from_state, to_state, actor,"
                   " reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   DB_ARGS(DB_U64(withdraw_id), DB_TEXT(step->event), DB_TEXT(step->from),
                           DB_TEXT(step->to), DB_TEXT(step->actor), DB_TEXT(step->reason),
                           DB_TIME(step->created_at)),
                   NULL, err);
}

static bool list_of(struct db *db, struct arena *arena, const struct listing_table *table,
                    uint64_t withdraw_id, struct listed *ret_listed, struct err *err)
{
    struct listing listing = {
        .arena = arena, .where = STR_INIT(LISTING_BYTES_MAX), .uncounted = true, .limit = ROWS_MAX};
    db_sql(db, &listing.where, " AND withdraw_id = ?", DB_ARGS(DB_U64(withdraw_id)));
    bool ok = listing_run(db, table, &listing, ret_listed, err);
    str_release(&listing.where);
    return ok;
}

bool withdraw_steps(struct db *db, struct arena *arena, uint64_t withdraw_id,
                    struct listed *ret_steps, struct err *err)
{
    return list_of(db, arena, &step_table, withdraw_id, ret_steps, err);
}

/* ---- approvals ---- */

static void approval_read(struct row_reader *reader, void *to)
{
    struct withdraw_approval *row = to;
    row->member_id = db_get_u64(reader->result, 0);
    row->uid = row_text(reader, 1);
    row->digest = row_text(reader, 2);
    row->created_at = db_get_time_us(reader->result, 3);
    row->expires_at = db_get_time_us(reader->result, 4);
    row->document = row_text(reader, 5);
}

static const struct listing_column approval_columns[] = {{"created_at", "created_at"},
                                                         {NULL, NULL}};

static const struct listing_table approval_table = {
    .count = "SELECT COUNT(*) FROM withdraw_approvals WHERE TRUE",
    .select = "SELECT member_id, (SELECT uid FROM members m WHERE m.id = member_id), digest,"
              " created_at, expires_at, document FROM withdraw_approvals WHERE TRUE",
    .columns = approval_columns,
    .row_size = sizeof(struct withdraw_approval),
    .read = approval_read,
};

bool withdraw_approval_put(struct db *db, uint64_t withdraw_id,
                           const struct withdraw_approval *approval, struct err *err)
{
    return db_exec(db,
                   "INSERT INTO withdraw_approvals (withdraw_id, member_id, digest, created_at,"
                   " expires_at, document) VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                   " digest = VALUES(digest), created_at = VALUES(created_at),"
                   " expires_at = VALUES(expires_at), document = VALUES(document)",
                   DB_ARGS(DB_U64(withdraw_id), DB_U64(approval->member_id),
                           DB_TEXT(approval->digest), DB_TIME(approval->created_at),
                           DB_TIME(approval->expires_at), DB_TEXT(approval->document)),
                   NULL, err);
}

bool withdraw_approvals(struct db *db, struct arena *arena, uint64_t withdraw_id,
                        struct listed *ret_approvals, struct err *err)
{
    return list_of(db, arena, &approval_table, withdraw_id, ret_approvals, err);
}
