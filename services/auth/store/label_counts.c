#include "auth/store/label_counts.h"

#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

bool label_counts(struct db *db, struct arena *arena, struct label_count **ret_counts,
                  size_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT `key`, value, COUNT(*) FROM labels WHERE scope = 'private'"
                  " GROUP BY `key`, value ORDER BY `key`, value LIMIT ?",
                  DB_ARGS(DB_I64(LABEL_COUNTS_MAX)), &rows, err))
        return false;
    size_t room = db_row_count(rows), count = 0;
    struct label_count *counts = arena_alloc(arena, (room + 1) * sizeof(*counts));
    if (!counts)
        return err_set(err, ERR_BUSY, "no memory for %zu labels", room);
    while (db_row_next(rows)) {
        struct label_count *row = &counts[count++];
        db_get_chars(rows, 0, row->key, sizeof(row->key));
        db_get_chars(rows, 1, row->value, sizeof(row->value));
        row->count = db_get_u64(rows, 2);
    }
    *ret_counts = counts;
    *ret_count = count;
    return true;
}
