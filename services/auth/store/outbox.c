#include "auth/store/outbox.h"

#include "base/auto.h"

enum { OUTBOX_SQL_BYTES_MAX = 256 * 1024 };

bool outbox_record(struct db *db, const char *name, const char *record, const char *changes,
                   struct err *err)
{
    return db_exec(db,
                   "INSERT INTO events (name, record, changes, created_at)"
                   " VALUES (?, ?, ?, NOW(6))",
                   DB_ARGS(DB_TEXT(name), DB_TEXT(record), DB_TEXT(changes)), NULL, err);
}

static bool copy_row(const struct db_result *result, struct arena *arena, struct outbox_row *row)
{
    const char *changes = db_get_text(result, 3);
    row->id = db_get_u64(result, 0);
    row->name = arena_strdup(arena, db_get_text(result, 1));
    row->record = arena_strdup(arena, db_get_text(result, 2));
    row->changes = changes ? arena_strdup(arena, changes) : NULL;
    row->created_at = db_get_time_us(result, 4);
    return row->name && row->record && (row->changes || !changes);
}

bool outbox_read(struct db *db, struct arena *arena, size_t rows_max, struct outbox_row **ret_rows,
                 size_t *ret_count, struct err *err)
{
    struct db_result *result;
    if (!db_query(db,
                  "SELECT id, name, record, changes, created_at FROM events ORDER BY id LIMIT ?",
                  DB_ARGS(DB_U64(rows_max)), &result, err))
        return false;
    size_t count = 0;
    struct outbox_row *rows = arena_alloc(arena, (db_row_count(result) + 1) * sizeof(*rows));
    /* What does not fit the arena waits for the next round. */
    while (rows && db_row_next(result) && copy_row(result, arena, &rows[count]))
        count++;
    bool fits = rows && (count > 0 || db_row_count(result) == 0);
    db_result_free(result);
    if (!fits)
        return err_set(err, ERR_INTERNAL, "the outbox does not fit the memory of its reader");
    *ret_rows = rows;
    *ret_count = count;
    return true;
}

bool outbox_delete(struct db *db, const uint64_t *ids, size_t count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    assert(count > 0);
    db_sql(db, &sql, "DELETE FROM events WHERE id IN (", DB_NONE);
    for (size_t i = 0; i < count; i++)
        db_sql(db, &sql, i ? ",?" : "?", DB_ARGS(DB_U64(ids[i])));
    db_sql(db, &sql, ")", DB_NONE);
    return db_exec_str(db, &sql, NULL, err);
}

bool outbox_is_ours(struct db *db, bool *ret_is_ours, struct err *err)
{
    struct db_result *result;
    if (!db_query(db,
                  "SELECT IF(IS_USED_LOCK(CONCAT(DATABASE(), '.events')) = CONNECTION_ID(), 1,"
                  " GET_LOCK(CONCAT(DATABASE(), '.events'), 0))",
                  DB_NONE, &result, err))
        return false;
    *ret_is_ours = db_row_next(result) && !db_is_null(result, 0) && db_get_i64(result, 0) == 1;
    db_result_free(result);
    return true;
}
