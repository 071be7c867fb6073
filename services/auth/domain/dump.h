/*
 * dump.h: the rows of a dump of a database, one after the other, in bounded
 * memory however long the dump is. Pure: bytes come from a callback, rows go to one.
 *
 *     struct dump_source source = {.read = read_file, .arg = file};
 *     if (!dump_read(&source, take_row, importer, err)) ...      // "line 120: ..."
 *
 * Understood: CREATE TABLE (for the order of columns), INSERT INTO ... VALUES with or without a list
 * of columns, strings with backslash escapes and doubled quotes, hexadecimal literals, numbers, NULL.
 * Everything else is skipped. The dump is untrusted: what does not parse is ERR_INVALID with its
 * line; nothing of it is ever run.
 */
#ifndef AUTH_DOMAIN_DUMP_H
#define AUTH_DOMAIN_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum {
    DUMP_COLUMNS_MAX = 64,
    DUMP_TABLES_MAX = 64,
    DUMP_NAME_SIZE = 65,         /* MariaDB's names have 64 characters */
    DUMP_ROW_BYTES_MAX = 4 << 20 /* of the values of one row */
};

struct dump_source {
    /* At most `size` bytes; 0: the end. A failure is the reader's to remember. */
    size_t (*read)(void *arg, char *buffer, size_t size);
    void *arg;
};

struct dump_value {
    const char *bytes; /* NULL: NULL; else with a NUL behind its end */
    size_t length;
};

struct dump_row {
    const char *table;
    const char (*columns)[DUMP_NAME_SIZE];
    const struct dump_value *values;
    size_t count;
    unsigned line;
};

/* The value of a column; bytes NULL when it is NULL or there is none. */
struct dump_value dump_row_get(const struct dump_row *row, const char *column);

/* take() returns false with `err` set to end the reading. */
bool dump_read(const struct dump_source *source,
               bool (*take)(void *arg, const struct dump_row *row, struct err *err), void *arg,
               struct err *err) MUST_CHECK;

#endif
