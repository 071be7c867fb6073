/*
 * listing.h: rows of one table as the administrators ask for them: filtered, ordered, paged,
 * counted.
 *
 * The SQL is put together from constant pieces alone: a table names the columns that a list may be
 * ordered by; a name that is not there means the first one. Conditions are added with db_sql() to
 * `where`, which follows "WHERE TRUE".
 *
 *     struct listing listing = {.arena = arena, .where = STR_INIT(LISTING_BYTES_MAX)};
 *     if (filter->type)
 *         db_sql(db, &listing.where, " AND type = ?", DB_ARGS(DB_TEXT(filter->type)));
 *     if (!listing_run(db, &currency_table, &listing, &listed, err)) ...
 *
 * The caller releases `where`; rows and their text belong to the arena.
 */
#ifndef DB_LISTING_H
#define DB_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

enum { LISTING_BYTES_MAX = 256 * 1024, LISTING_ROWS_MAX = 10000 };

struct listing {
    struct arena *arena;
    struct str where;
    const char *order_by; /* as the request names it; NULL: the first column of the table */
    bool descending;
    bool uncounted;         /* leave `total` at 0: counting a big table is no page's business */
    bool locked;            /* listing_find(): FOR UPDATE */
    uint64_t limit, offset; /* limit 0: LISTING_ROWS_MAX */
};

/* Reads columns of a row; running out of memory is sticky. */
struct row_reader {
    const struct db_result *result;
    struct arena *arena;
    bool failed;
};
const char *row_text(struct row_reader *reader, unsigned column); /* NULL: NULL */

struct listing_column {
    const char *name; /* "id" */
    const char *sql;  /* "a.id" */
};

struct listing_table {
    const char *count;                    /* "SELECT COUNT(*) FROM engines WHERE TRUE" */
    const char *select;                   /* "SELECT id, name FROM engines WHERE TRUE" */
    const struct listing_column *columns; /* ends with name NULL; at least one */
    size_t row_size;
    void (*read)(struct row_reader *reader, void *row);
};

struct listed {
    void *rows;
    size_t count;
    uint64_t total; /* before paging */
};

bool listing_run(struct db *db, const struct listing_table *table, const struct listing *listing,
                 struct listed *ret_listed, struct err *err) MUST_CHECK;

/* The first row that meets the condition. ERR_NOT_FOUND. */
bool listing_find(struct db *db, const struct listing_table *table, const struct listing *listing,
                  void *ret_row, struct err *err) MUST_CHECK;

/* Runs "INSERT ...; SELECT LAST_INSERT_ID()". */
bool row_insert(struct db *db, const char *sql, const struct db_value *values, size_t count,
                int64_t *ret_id, struct err *err) MUST_CHECK;

/* Whether the statement has a row. */
bool row_exists(struct db *db, const char *sql, const struct db_value *values, size_t count,
                bool *ret_exists, struct err *err) MUST_CHECK;

#endif
