#include "auth/store/list_filter.h"

#define MICROSECONDS INT64_C(1000000)
#define LAST_S INT64_C(253402300799) /* of the year 9999 */

void filter_text(struct db *db, struct str *where, const char *condition, const char *text)
{
    if (text && text[0])
        db_sql(db, where, condition, DB_ARGS(DB_TEXT(text)));
}

/* Seconds that no row has a time for are cut to ones that it could have. */
static int64_t clamp(int64_t seconds)
{
    return seconds < 1 ? 1 : seconds > LAST_S ? LAST_S : seconds;
}

void filter_from(struct db *db, struct str *where, const char *condition, struct param_i64 from_s)
{
    if (from_s.given)
        db_sql(db, where, condition, DB_ARGS(DB_TIME(clamp(from_s.value) * MICROSECONDS)));
}

void filter_to(struct db *db, struct str *where, const char *condition, struct param_i64 to_s)
{
    if (to_s.given) /* the whole of that second */
        db_sql(db, where, condition,
               DB_ARGS(DB_TIME(clamp(to_s.value) * MICROSECONDS + MICROSECONDS - 1)));
}
