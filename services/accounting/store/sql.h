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

/*
 * A column of rows that are inserted together. What is not written is not parsed: it is left out while
 * every row has its DEFAULT.
 */
enum sql_default {
    SQL_REQUIRED, /* always written */
    SQL_NULL,
    SQL_NUMBER,
    SQL_NOW /* CURRENT_TIMESTAMP(6): the statement gets the time of its first row */
};
struct sql_column {
    const char *name;
    enum sql_default unless;
    int64_t number; /* SQL_NUMBER */
};
/* Gives the values of one row, in the order of its columns. */
typedef void sql_row(const void *rows, size_t at, struct db_value *ret_values);

/* Appends "INSERT INTO ... VALUES ...;" for all rows; nothing for none. */
void sql_insert(struct db *db, struct str *sql, const char *table, const struct sql_column *columns,
                size_t columns_count, sql_row *row, const void *rows, size_t rows_count);

/* Whether a text of a client may be compared with a column of ASCII (ids, kinds of references). Any
 * other text is in no such column, and the database fails instead of saying so. */
bool sql_is_ascii(const char *text);
/* Appends a condition on such a column, for a text of a client; NULL: none. */
void sql_where_ascii(struct db *db, struct str *where, const char *condition, const char *text);

#endif
