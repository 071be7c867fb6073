/* sql.h: what several statements of the pipeline share. */
#ifndef ACCOUNTING_STORE_SQL_H
#define ACCOUNTING_STORE_SQL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "db/db.h"

/*
 * Appends a statement that fails unless the statement before it changed exactly `rows` rows. In a
 * batch that goes out in one round trip nothing after it runs then, COMMIT least of all.
 */
void sql_expect_rows(struct str *sql, size_t rows);

/* Whether a text of a client may be compared with a column of ASCII (ids, kinds of references). Any
 * other text is in no such column, and the database fails instead of saying so. */
bool sql_is_ascii(const char *text);
/* Appends a condition on such a column, for a text of a client; NULL: none. */
void sql_where_ascii(struct db *db, struct str *where, const char *condition, const char *text);

#endif
