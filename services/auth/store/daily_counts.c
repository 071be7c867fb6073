#include "auth/store/daily_counts.h"

#include "auth/store/list_filter.h"
#include "base/auto.h"

DEFINE_AUTO(struct db_result, db_result_free);

enum { SQL_BYTES_MAX = 4096 };

static const char *const conditions[DAILY_KIND_MAX] = {
    [DAILY_SIGNUPS] = "topic = 'account' AND action = 'signup' AND result = 'succeed'",
    [DAILY_LOGINS] = "topic = 'session' AND action IN ('login', 'login::2fa') AND"
                     " result = 'succeed'",
    [DAILY_FAILED_LOGINS] = "topic = 'session' AND action IN ('login', 'login::2fa') AND"
                            " result = 'failed'",
};

bool daily_counts(struct db *db, struct arena *arena, enum daily_kind kind, struct param_i64 from_s,
                  struct param_i64 to_s, struct daily_count **ret_days, size_t *ret_count,
                  struct err *err)
{
    AUTO(str_release) struct str sql = STR_INIT(SQL_BYTES_MAX);
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    str_add(&sql, "SELECT DATE(created_at), COUNT(*) FROM activities"
                  " WHERE category = 'user' AND ");
    str_add(&sql, conditions[kind]);
    filter_from(db, &sql, " AND created_at >= ?", from_s);
    filter_to(db, &sql, " AND created_at <= ?", to_s);
    db_sql(db, &sql, " GROUP BY 1 ORDER BY 1 DESC LIMIT ?", DB_ARGS(DB_I64(DAYS_MAX)));
    if (!db_query_str(db, &sql, &rows, err))
        return false;
    size_t count = db_row_count(rows), left = count;
    struct daily_count *days = arena_alloc(arena, (count + 1) * sizeof(*days));
    if (!days)
        return err_set(err, ERR_BUSY, "no memory for %zu days", count);
    while (db_row_next(rows)) {
        struct daily_count *day = &days[--left];
        db_get_chars(rows, 0, day->date, sizeof(day->date));
        day->count = db_get_u64(rows, 1);
    }
    *ret_days = days;
    *ret_count = count;
    return true;
}

bool pending_documents_count(struct db *db, uint64_t *ret_count, struct err *err)
{
    AUTO_FREE(db_result_free) struct db_result *rows = NULL;
    if (!db_query(db,
                  "SELECT COUNT(*) FROM labels WHERE `key` = 'document' AND value = 'pending'"
                  " AND scope = 'private'",
                  DB_NONE, &rows, err))
        return false;
    *ret_count = db_row_next(rows) ? db_get_u64(rows, 0) : 0;
    return true;
}
