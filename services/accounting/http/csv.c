#include "accounting/http/csv.h"

#include <string.h>

/* One cell, unquoted in place; *ret_last: the line ends with it. */
static char *read_cell(struct csv *csv, bool *ret_last)
{
    char *from = csv->at, *to = csv->at, *cell = csv->at;
    bool quoted = from < csv->end && *from == '"';
    if (quoted)
        from++;
    for (; from < csv->end; from++) {
        if (quoted && *from == '"' && from + 1 < csv->end && from[1] == '"')
            from++; /* a doubled quote is one */
        else if (quoted && *from == '"') {
            quoted = false;
            continue;
        } else if (!quoted && (*from == ',' || *from == '\n' || *from == '\r'))
            break;
        *to++ = *from;
    }
    *ret_last = from >= csv->end || *from != ',';
    if (from < csv->end && *from == '\r' && from + 1 < csv->end && from[1] == '\n')
        from++;
    csv->at = from < csv->end ? from + 1 : csv->end;
    *to = '\0';
    return cell;
}

static size_t read_line(struct csv *csv, const char **cells)
{
    size_t count = 0;
    bool last = false;
    while (!last) {
        const char *cell = read_cell(csv, &last);
        if (count < CSV_COLUMNS_MAX)
            cells[count++] = cell;
    }
    return count;
}

bool csv_open(struct csv *csv, struct arena *arena, const void *bytes, size_t length,
              struct err *err)
{
    memset(csv, 0, sizeof(*csv));
    if (length == 0 || memchr(bytes, '\0', length))
        return err_set(err, ERR_INVALID, "no CSV file");
    csv->at = arena_strndup(arena, bytes, length);
    if (!csv->at)
        return err_set(err, ERR_BUSY, "no memory for a file");
    csv->end = csv->at + length;
    csv->headers_count = read_line(csv, csv->headers);
    return true;
}

bool csv_next(struct csv *csv)
{
    while (csv->at < csv->end) {
        csv->cells_count = read_line(csv, csv->cells);
        if (csv->cells_count > 1 || csv->cells[0][0] != '\0')
            return true;
    }
    return false;
}

const char *csv_get(const struct csv *csv, const char *header)
{
    for (size_t i = 0; i < csv->headers_count && i < csv->cells_count; i++)
        if (strcmp(csv->headers[i], header) == 0)
            return csv->cells[i];
    return NULL;
}

void csv_write(struct str *out, const char *cell)
{
    /* A sheet would run what begins so. */
    bool is_formula = cell && *cell && strchr("=+-@", *cell);
    bool is_plain = !cell || (!strpbrk(cell, ",\"\r\n") && !is_formula);
    if (is_plain) {
        str_add(out, cell ? cell : "");
        return;
    }
    str_add(out, is_formula ? "\"'" : "\"");
    for (; *cell; cell++) {
        if (*cell == '"')
            str_add_char(out, '"');
        str_add_char(out, *cell);
    }
    str_add_char(out, '"');
}
