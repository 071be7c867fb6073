#include "accounting/store/sql.h"

void sql_expect_rows(struct str *sql, size_t rows)
{
    /* A scalar subquery of two rows is the one expression that fails only when it is evaluated. */
    str_add(sql, "DO IF(ROW_COUNT() = ");
    str_add_u64(sql, rows);
    str_add(sql, ", 0, (SELECT 1 UNION SELECT 2));");
}

bool sql_is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}
