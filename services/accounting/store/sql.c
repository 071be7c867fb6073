#include "accounting/store/sql.h"

void sql_expect_rows(struct str *sql, size_t rows)
{
    /* One more than the largest BIGINT is an error, here: DO would make a warning of it. */
    str_add(sql, "SET @rows = 9223372036854775807 + IF(ROW_COUNT() = ");
    str_add_u64(sql, rows);
    str_add(sql, ", 0, 1);");
}

bool sql_is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

void sql_where_ascii(struct db *db, struct str *where, const char *condition, const char *text)
{
    if (!text)
        return;
    if (sql_is_ascii(text))
        db_sql(db, where, condition, DB_ARGS(DB_TEXT(text)));
    else
        str_add(where, " AND FALSE");
}
