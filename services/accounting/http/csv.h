/* csv.h: comma separated values (RFC 4180) of uploads and downloads: a line of headers, then rows. */
#ifndef ACCOUNTING_HTTP_CSV_H
#define ACCOUNTING_HTTP_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { CSV_COLUMNS_MAX = 32 };

struct csv {
    char *at, *end;
    const char *headers[CSV_COLUMNS_MAX], *cells[CSV_COLUMNS_MAX];
    size_t headers_count, cells_count;
};

/* Reads the headers. The bytes are copied to the arena. ERR_INVALID: none, or a zero byte. */
bool csv_open(struct csv *csv, struct arena *arena, const void *bytes, size_t length,
              struct err *err) MUST_CHECK;
bool csv_next(struct csv *csv);                                 /* empty lines are passed over */
const char *csv_get(const struct csv *csv, const char *header); /* NULL: no such cell */

void csv_write(struct str *out, const char *cell); /* NULL: empty */

#endif
