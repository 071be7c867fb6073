#include "accounting/store/outbox.h"

#include <string.h>

#include "base/auto.h"

enum {
    OUTBOX_SQL_BYTES_MAX = 256 * 1024,
    RUN_MAX = 255,
    PACKED_PART = 4 /* how many times shorter a packed row usually is */
};

/* ---- packing ---- */

void outbox_pack(struct str *out, const void *bytes, size_t length)
{
    const uint8_t *from = bytes, *end = from + length;
    char *begin = str_reserve(out, 2 * length + 1), *to = begin;
    if (!begin)
        return;
    while (from < end) {
        const uint8_t *zero = memchr(from, 0, (size_t)(end - from));
        size_t plain = (size_t)((zero ? zero : end) - from), run = 0;
        memcpy(to, from, plain);
        to += plain;
        for (from += plain; from < end && *from == 0 && run < RUN_MAX; from++)
            run++;
        if (run > 0) {
            *to++ = '\0';
            *to++ = (char)run;
        }
    }
    out->length += (size_t)(to - begin);
    *to = '\0';
}

bool outbox_unpack(struct str *out, const void *bytes, size_t length)
{
    static const char zeros[RUN_MAX];
    const uint8_t *from = bytes, *end = from + length;
    size_t begin = out->length;
    while (from < end && str_ok(out)) {
        const uint8_t *zero = memchr(from, 0, (size_t)(end - from));
        size_t plain = (size_t)((zero ? zero : end) - from);
        str_add_bytes(out, from, plain);
        from += plain;
        if (from == end)
            break;
        if (end - from < 2 || from[1] == 0) {
            out->length = begin;
            return false;
        }
        str_add_bytes(out, zeros, from[1]);
        from += 2;
    }
    if (str_ok(out))
        return true;
    out->failed = false;
    out->length = begin;
    return false;
}

/* ---- reading ---- */

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

/* Unpacks rows until the room is used; their places are known when it has its final address. */
static size_t unpack_rows(struct db_result *result, size_t rows_max, size_t bytes_max,
                          struct str *room, struct outbox_row *ret_rows)
{
    size_t count = 0;
    while (count < rows_max && (count == 0 || room->length < bytes_max) && db_row_next(result)) {
        struct outbox_row *row = &ret_rows[count++];
        size_t length, begin = room->length;
        const void *packed = db_get_bytes(result, 1, &length);
        row->id = db_get_u64(result, 0);
        row->length = outbox_unpack(room, packed, length) ? room->length - begin : 0;
    }
    const char *at = str_data(room);
    for (size_t i = 0; i < count; i++) {
        ret_rows[i].events = at;
        at += ret_rows[i].length;
    }
    return count;
}

bool outbox_read(struct db *db, size_t rows_max, size_t bytes_max, const uint64_t *skip,
                 size_t skip_count, struct str *room, struct outbox_row *ret_rows,
                 size_t *ret_count, struct err *err)
{
    AUTO(str_release) struct str where = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    AUTO(str_release) struct str sql = STR_INIT(OUTBOX_SQL_BYTES_MAX);
    size_t fitting;
    if (skip_count > 0) {
        str_add(&where, " WHERE id NOT IN ");
        add_ids(&where, skip, skip_count);
    }
    if (!count_fitting(db, rows_max, bytes_max / PACKED_PART, &where, &fitting, err))
        return false;
    *ret_count = 0;
    str_clear(room);
    if (fitting == 0)
        return true;
    str_add(&sql, "SELECT id, events FROM outbox");
    str_add(&sql, str_data(&where));
    db_sql(db, &sql, " ORDER BY id LIMIT ?", DB_ARGS(DB_U64(fitting)));
    struct db_result *result;
    if (!db_query_str(db, &sql, &result, err))
        return false;
    *ret_count = unpack_rows(result, fitting, bytes_max, room, ret_rows);
    db_result_free(result);
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
