/* sql.h: what several statements of the pipeline share. */
#ifndef ACCOUNTING_STORE_SQL_H
#define ACCOUNTING_STORE_SQL_H

#include <stddef.h>

#include "base/str.h"

/*
 * Appends a statement that fails unless the statement before it changed exactly `rows` rows. In a
 * batch that goes out in one round trip nothing after it runs then, COMMIT least of all.
 */
void sql_expect_rows(struct str *sql, size_t rows);

#endif
