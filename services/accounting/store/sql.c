#include "accounting/store/sql.h"

void sql_expect_rows(struct str *sql, size_t rows)
{
    /* One more than the largest BIGINT is an error, here: DO would make a warning of it. */
    str_add(sql, "SET @rows = 9223372036854775807 + IF(ROW_COUNT() = ");
    str_add_u64(sql, rows);
    str_add(sql, ", 0, 1);");
}

/* ---- rows that are inserted together ---- */

enum { COLUMNS_MAX = 32 };

/* The columns that some row needs. */
struct written {
    size_t columns[COLUMNS_MAX];
    size_t count;
    int64_t now_us; /* of the statement; 0: its times are written */
};

/* A statement's own time ends with 32 bits of seconds. */
static bool is_statement_time(const struct db_value *value)
{
    return value->kind == DB_KIND_TIME && value->number > 0 && value->number / 1000000 < INT32_MAX;
}

static bool is_default(const struct sql_column *column, const struct db_value *value,
                       const struct db_value *first)
{
    switch (column->unless) {
    case SQL_NULL:
        return value->kind == DB_KIND_NULL;
    case SQL_NUMBER:
        if (value->kind == DB_KIND_DEC)
            return column->number == 0 && dec_is_zero(value->dec);
        return value->number == column->number;
    case SQL_NOW:
        return is_statement_time(value) && value->number == first->number;
    case SQL_REQUIRED:
        break;
    }
    return false;
}

static void find_written(const struct sql_column *columns, size_t columns_count, sql_row *row,
                         const void *rows, size_t rows_count, struct written *ret_written)
{
    struct db_value first[COLUMNS_MAX], values[COLUMNS_MAX];
    const struct db_value *now = NULL;
    bool needed[COLUMNS_MAX] = {false};
    row(rows, 0, first);
    for (size_t c = 0; c < columns_count; c++)
        if (columns[c].unless == SQL_NOW && !now)
            now = &first[c];
    for (size_t i = 0; i < rows_count; i++) {
        row(rows, i, values);
        for (size_t c = 0; c < columns_count; c++)
            needed[c] = needed[c] || !is_default(&columns[c], &values[c], now);
    }
    *ret_written = (struct written){0};
    for (size_t c = 0; c < columns_count; c++)
        if (needed[c])
            ret_written->columns[ret_written->count++] = c;
        else if (columns[c].unless == SQL_NOW)
            ret_written->now_us = now->number;
}

void sql_insert(struct db *db, struct str *sql, const char *table, const struct sql_column *columns,
                size_t columns_count, sql_row *row, const void *rows, size_t rows_count)
{
    struct written written;
    struct db_value all[COLUMNS_MAX], values[COLUMNS_MAX];
    assert(columns_count <= COLUMNS_MAX);
    if (rows_count == 0)
        return;
    find_written(columns, columns_count, row, rows, rows_count, &written);
    /* The variable is a floating number that is cut down to microseconds: half of one more. */
    if (written.now_us)
        str_add_format(sql, "SET STATEMENT timestamp = %lld.%06u5 FOR ",
                       (long long)(written.now_us / 1000000), (unsigned)(written.now_us % 1000000));
    str_add(sql, "INSERT INTO ");
    str_add(sql, table);
    for (size_t c = 0; c < written.count; c++) {
        str_add(sql, c == 0 ? " (" : ", ");
        str_add(sql, columns[written.columns[c]].name);
    }
    str_add(sql, ") VALUES ");
    for (size_t i = 0; i < rows_count; i++) {
        row(rows, i, all);
        for (size_t c = 0; c < written.count; c++)
            values[c] = all[written.columns[c]];
        db_sql_row(db, sql, i == 0, values, written.count);
    }
    str_add(sql, ";");
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
