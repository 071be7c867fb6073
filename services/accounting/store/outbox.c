#include "accounting/store/outbox.h"

#include "base/auto.h"

enum { OUTBOX_SQL_BYTES_MAX = 256 * 1024 };

static void add_ids(struct str *sql, const uint64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        str_add(sql, i == 0 ? "(" : ",");
        str_add_u64(sql, ids[i]);
    }
    str_add_char(sql, ')');
}

/* How many of the first rows fit: their lengths are read first, which costs no blob. */
static bool count_fitting(struct db *db, size_t rows_max, size_t bytes_max, const struct str *where,
                          size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    str_add(&sql, "SELECT LENGTH(events) FROM outbox");
    str_add(&sql, str_data(where));
    db_sql(db, &sql, " ORDER BY id LIMIT ?", DB_ARGS(DB_U64(rows_max)));
    struct db_result *result;
    if (!db_query_str(db, &sql, &result, err))
        return false;
    size_t count = 0, bytes = 0;
    while (db_row_next(result)) {
        bytes += (size_t)db_get_u64(result, 0);
        if (count > 0 && bytes > bytes_max)
            break;
        count++;
    }
    db_result_free(result);
    *ret_count = count;
    return true;
}

bool outbox_read(struct db *db, size_t rows_max, size_t bytes_max, const uint64_t *skip,
                 size_t skip_count, struct outbox_row *ret_rows, size_t *ret_count,
                 struct db_result **ret_result, struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    AUTO(str_release) struct str sql = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    size_t fitting;
    if (skip_count > 0) {
        str_add(&where, " WHERE id NOT IN ");
        add_ids(&where, skip, skip_count);
    }
    if (!count_fitting(db, rows_max, bytes_max, &where, &fitting, err))
        return false;
    *ret_count = 0;
    *ret_result = NULL;
    if (fitting == 0)
        return true;
    str_add(&sql, "SELECT id, events FROM outbox");
    str_add(&sql, str_data(&where));
    db_sql(db, &sql, " ORDER BY id LIMIT ?", DB_ARGS(DB_U64(fitting)));
    struct db_result *result;
    if (!db_query_str(db, &sql, &result, err))
        return false;
    size_t count = 0;
    while (count < fitting && db_row_next(result)) {
        struct outbox_row *row = &ret_rows[count++];
        row->id = db_get_u64(result, 0);
        row->events = db_get_bytes(result, 1, &row->length);
    }
    *ret_count = count;
    *ret_result = result;
    return true;
}

bool outbox_delete(struct db *db, const uint64_t *ids, size_t count, struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    assert(count > 0);
    str_add(&sql, "DELETE FROM outbox WHERE id IN ");
    add_ids(&sql, ids, count);
    return db_exec_str(db, &sql, NULL, err);
}

bool outbox_mark_read(struct db *db, struct outbox_mark *ret_mark, struct err *err)
{
    struct db_result *rows;
    if (!db_query(db,
                  "SELECT COALESCE(MAX(id), 0) FROM outbox;"
                  "SELECT id + 1, next - 1 FROM"
                  " (SELECT id, LEAD(id) OVER (ORDER BY id) AS next FROM outbox) pairs"
                  " WHERE next > id + 1 ORDER BY id LIMIT ?",
                  DB_ARGS(DB_I64(OUTBOX_GAPS_MAX + 1)), &rows, err))
        return false;
    struct outbox_mark *mark = ret_mark;
    mark->gaps_count = 0;
    mark->last = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    bool fits = true, has_gaps = db_result_next(rows);
    while (fits && has_gaps && db_row_next(rows)) {
        fits = mark->gaps_count < OUTBOX_GAPS_MAX;
        if (fits) {
            mark->gaps[mark->gaps_count].first = db_get_u64(rows, 0);
            mark->gaps[mark->gaps_count++].last = db_get_u64(rows, 1);
        }
    }
    db_result_free(rows);
    return fits || err_set(err, ERR_INTERNAL, "more than %d gaps in the outbox", OUTBOX_GAPS_MAX);
}

bool outbox_mark_has(const struct outbox_mark *mark, uint64_t id)
{
    if (id > mark->last)
        return false;
    for (size_t i = 0; i < mark->gaps_count; i++)
        if (id >= mark->gaps[i].first && id <= mark->gaps[i].last)
            return false;
    return true;
}
