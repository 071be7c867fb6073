#include "accounting/store/sql.h"

void sql_expect_rows(struct str *sql, size_t rows)
{
    /* A scalar subquery of two rows is the one expression that fails only when it is evaluated. */
    str_add(sql, "DO IF(ROW_COUNT() = ");
    str_add_u64(sql, rows);
    str_add(sql, ", 0, (SELECT 1 UNION SELECT 2));");
}
