#include "auth/domain/dump.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "base/str.h"

enum { BUFFER_SIZE = 64 * 1024, WORD_SIZE = 80, END = -1 };

struct table {
    char name[DUMP_NAME_SIZE];
    char columns[DUMP_COLUMNS_MAX][DUMP_NAME_SIZE];
    size_t count;
};

struct reader {
    const struct dump_source *source;
    struct err *err;
    size_t at, length;
    unsigned line;
    struct table *tables; /* DUMP_TABLES_MAX */
    size_t tables_count;
    struct str bytes;                 /* of the values of a row */
    size_t offsets[DUMP_COLUMNS_MAX]; /* into `bytes` */
    struct dump_value values[DUMP_COLUMNS_MAX];
    size_t count;
    char buffer[BUFFER_SIZE];
};

static bool fail(struct reader *reader, const char *what)
{
    return err_set(reader->err, ERR_INVALID, "line %u: %s", reader->line, what);
}

/* ---- characters ---- */

static int peek(struct reader *reader)
{
    if (reader->at == reader->length) {
        reader->length =
            reader->source->read(reader->source->arg, reader->buffer, sizeof(reader->buffer));
        reader->at = 0;
        if (reader->length == 0)
            return END;
    }
    return (unsigned char)reader->buffer[reader->at];
}

static int next(struct reader *reader)
{
    int c = peek(reader);
    if (c == END)
        return END;
    reader->at++;
    reader->line += c == '\n';
    return c;
}

static void skip_line(struct reader *reader)
{
    int c = next(reader);
    while (c != END && c != '\n')
        c = next(reader);
}

/* Behind the opening of a comment. */
static void skip_comment(struct reader *reader)
{
    int before = 0;
    for (int c = next(reader); c != END; before = c, c = next(reader))
        if (before == '*' && c == '/')
            return;
}

/* Blanks and comments; a '-' or '/' that begins none stays consumed, for nothing that we read begins
 * with one, but a negative number (see read_value). */
static void skip_blanks(struct reader *reader)
{
    for (;;) {
        int c = peek(reader);
        if (c != END && isspace(c)) {
            next(reader);
        } else if (c == '#') {
            skip_line(reader);
        } else if (c == '/') {
            next(reader);
            if (peek(reader) == '*') {
                next(reader);
                skip_comment(reader);
            }
        } else {
            return;
        }
    }
}

static bool take_char(struct reader *reader, int wanted)
{
    skip_blanks(reader);
    if (peek(reader) != wanted)
        return false;
    next(reader);
    return true;
}

/* ---- words and names ---- */

/* A bare word, upper case; "" if none comes. Too long a word is cut: it is none of ours. */
static void read_word(struct reader *reader, char word[static WORD_SIZE])
{
    size_t length = 0;
    skip_blanks(reader);
    for (int c = peek(reader); c != END && (isalnum(c) || c == '_'); c = peek(reader)) {
        next(reader);
        if (length < WORD_SIZE - 1)
            word[length++] = (char)toupper(c);
    }
    word[length] = '\0';
}

/* `name`, or a bare one; with `schema`.`name` the last part. */
static bool read_name(struct reader *reader, char name[static DUMP_NAME_SIZE])
{
    for (;;) {
        size_t length = 0;
        bool quoted = take_char(reader, '`');
        for (int c = peek(reader); c != END; c = peek(reader)) {
            if (quoted ? c == '`' : !(isalnum(c) || c == '_' || c == '$'))
                break;
            next(reader);
            if (length == DUMP_NAME_SIZE - 1)
                return fail(reader, "a name of more than 64 characters");
            name[length++] = (char)c;
        }
        name[length] = '\0';
        if (quoted && next(reader) != '`')
            return fail(reader, "a name without its end");
        if (length == 0)
            return fail(reader, "no name where one belongs");
        if (peek(reader) != '.')
            return true;
        next(reader);
    }
}

/* Behind the opening quote, to behind the closing one; `out` NULL: dropped. */
static bool read_quoted(struct reader *reader, int quote, struct str *out)
{
    for (;;) {
        int c = next(reader);
        if (c == END)
            return fail(reader, "a string without its end");
        if (c == quote) {
            if (peek(reader) != quote)
                return true;
            next(reader);
        } else if (c == '\\' && quote != '`') {
            c = next(reader);
            if (c == END)
                return fail(reader, "a string without its end");
            c = c == 'n'   ? '\n'
                : c == 't' ? '\t'
                : c == 'r' ? '\r'
                : c == '0' ? '\0'
                : c == 'Z' ? 26
                           : c;
        }
        if (out)
            str_add_char(out, (char)c);
    }
}

/* The rest of a statement, whatever it is. */
static bool skip_statement(struct reader *reader)
{
    for (;;) {
        skip_blanks(reader);
        int c = next(reader);
        if (c == END || c == ';')
            return true;
        if ((c == '\'' || c == '"' || c == '`') && !read_quoted(reader, c, NULL))
            return false;
        if (c == '-' && peek(reader) == '-')
            skip_line(reader);
    }
}

/* ---- tables ---- */

static struct table *table_find(struct reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->tables_count; i++)
        if (strcmp(reader->tables[i].name, name) == 0)
            return &reader->tables[i];
    return NULL;
}

/* A definition of CREATE TABLE up to the ',' or ')' that ends it; ret_last: it was the ')'. */
static bool skip_definition(struct reader *reader, bool *ret_last)
{
    for (unsigned depth = 0;;) {
        skip_blanks(reader);
        int c = next(reader);
        if (c == END)
            return fail(reader, "a table without its end");
        if ((c == '\'' || c == '"' || c == '`') && !read_quoted(reader, c, NULL))
            return false;
        depth += c == '(';
        if (depth == 0 && (c == ',' || c == ')')) {
            *ret_last = c == ')';
            return true;
        }
        depth -= c == ')';
    }
}

/* Behind CREATE TABLE. Columns begin with a quoted name, keys with a word. */
static bool read_create(struct reader *reader)
{
    struct table ignored, *table = &ignored;
    char word[WORD_SIZE], name[DUMP_NAME_SIZE];
    skip_blanks(reader);
    while (peek(reader) != '`') { /* IF NOT EXISTS */
        read_word(reader, word);
        skip_blanks(reader);
        if (word[0] == '\0')
            return skip_statement(reader);
    }
    if (!read_name(reader, name))
        return false;
    if (!take_char(reader, '('))
        return skip_statement(reader); /* LIKE ..., or a view's stand-in */
    if (!table_find(reader, name)) {
        if (reader->tables_count == DUMP_TABLES_MAX)
            return fail(reader, "too many tables");
        table = &reader->tables[reader->tables_count++];
    }
    table->count = 0;
    memcpy(table->name, name, sizeof(name));
    for (bool last = false; !last;) {
        skip_blanks(reader);
        if (peek(reader) == '`') {
            if (table->count == DUMP_COLUMNS_MAX)
                return fail(reader, "too many columns");
            if (!read_name(reader, table->columns[table->count]))
                return false;
            table->count++;
        }
        if (!skip_definition(reader, &last))
            return false;
    }
    return skip_statement(reader);
}

/* ---- rows ---- */

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = tolower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool add_hex(struct reader *reader, const char *digits)
{
    size_t length = strlen(digits);
    if (length % 2 != 0)
        return fail(reader, "a hexadecimal literal with half a byte");
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
        if (high < 0 || low < 0)
            return fail(reader, "a hexadecimal literal with other digits");
        str_add_char(&reader->bytes, (char)(high * 16 + low));
    }
    return true;
}

/* A number, NULL, 0x..: what stands there without quotes. */
static bool read_bare(struct reader *reader, bool *ret_null)
{
    AUTO(str_release) struct str word = STR_INIT(DUMP_ROW_BYTES_MAX);
    for (int c = peek(reader); c != END && (isalnum(c) || strchr("+-._", c)); c = peek(reader))
        str_add_char(&word, (char)next(reader));
    const char *text = str_data(&word);
    *ret_null = strcasecmp(text, "NULL") == 0;
    if (*ret_null)
        return true;
    if (strcasecmp(text, "_binary") == 0 || strcasecmp(text, "_utf8mb4") == 0)
        return take_char(reader, '\'') ? read_quoted(reader, '\'', &reader->bytes)
                                       : fail(reader, "no string where one belongs");
    if (text[0] == '0' && text[1] == 'x')
        return add_hex(reader, text + 2);
    if (word.length == 0 || !str_ok(&word))
        return fail(reader, "no value where one belongs");
    str_add_bytes(&reader->bytes, text, word.length);
    return true;
}

static bool read_value(struct reader *reader)
{
    bool is_null = false;
    if (reader->count == DUMP_COLUMNS_MAX)
        return fail(reader, "too many values");
    struct dump_value *value = &reader->values[reader->count];
    size_t start = reader->bytes.length;
    reader->offsets[reader->count++] = start;
    skip_blanks(reader);
    int c = peek(reader);
    if (c == '\'' || c == '"') {
        next(reader);
        if (!read_quoted(reader, c, &reader->bytes))
            return false;
    } else if (!read_bare(reader, &is_null)) {
        return false;
    }
    value->length = reader->bytes.length - start;
    value->bytes = is_null ? NULL : "";
    str_add_char(&reader->bytes, '\0');
    return str_ok(&reader->bytes) || fail(reader, "a row is too long");
}

/* Behind '('; up to behind ')'. The texts stay where they are until the next row. */
static bool read_row(struct reader *reader)
{
    str_clear(&reader->bytes);
    reader->count = 0;
    do {
        if (!read_value(reader))
            return false;
    } while (take_char(reader, ','));
    if (!take_char(reader, ')'))
        return fail(reader, "a row without its end");
    for (size_t i = 0; i < reader->count; i++)
        if (reader->values[i].bytes)
            reader->values[i].bytes = reader->bytes.data + reader->offsets[i];
    return true;
}

/* Behind the name: "(`a`,`b`)". */
static bool read_columns(struct reader *reader, struct table *table)
{
    table->count = 0;
    do {
        if (table->count == DUMP_COLUMNS_MAX)
            return fail(reader, "too many columns");
        if (!read_name(reader, table->columns[table->count]))
            return false;
        table->count++;
        skip_blanks(reader);
    } while (take_char(reader, ','));
    return take_char(reader, ')') || fail(reader, "a list of columns without its end");
}

static bool read_insert(struct reader *reader,
                        bool (*take)(void *arg, const struct dump_row *row, struct err *err),
                        void *arg)
{
    char word[WORD_SIZE];
    struct table table = {.count = 0};
    do { /* IGNORE, INTO */
        read_word(reader, word);
    } while (word[0] != '\0' && strcmp(word, "INTO") != 0);
    if (word[0] == '\0' || !read_name(reader, table.name))
        return word[0] ? false : fail(reader, "rows without INTO");
    if (take_char(reader, '(')) {
        if (!read_columns(reader, &table))
            return false;
    } else {
        const struct table *known = table_find(reader, table.name);
        if (!known)
            return fail(reader, "rows of a table without its columns");
        table = *known;
    }
    read_word(reader, word);
    if (strcmp(word, "VALUES") != 0 && strcmp(word, "VALUE") != 0)
        return fail(reader, "rows without VALUES");
    do {
        unsigned line = reader->line;
        if (!take_char(reader, '('))
            return fail(reader, "no row where one belongs");
        if (!read_row(reader))
            return false;
        if (reader->count != table.count)
            return fail(reader, "a row with more or fewer values than columns");
        struct dump_row row = {table.name, (const char(*)[DUMP_NAME_SIZE])table.columns,
                               reader->values, reader->count, line};
        if (!take(arg, &row, reader->err))
            return false;
    } while (take_char(reader, ','));
    return skip_statement(reader);
}

/* ---- all of it ---- */

static bool read_statement(struct reader *reader,
                           bool (*take)(void *arg, const struct dump_row *row, struct err *err),
                           void *arg)
{
    char word[WORD_SIZE];
    if (peek(reader) == '-') { /* "-- comment" */
        skip_line(reader);
        return true;
    }
    read_word(reader, word);
    if (strcmp(word, "INSERT") == 0 || strcmp(word, "REPLACE") == 0)
        return read_insert(reader, take, arg);
    if (strcmp(word, "CREATE") != 0)
        return skip_statement(reader);
    read_word(reader, word);
    return strcmp(word, "TABLE") == 0 ? read_create(reader) : skip_statement(reader);
}

bool dump_read(const struct dump_source *source,
               bool (*take)(void *arg, const struct dump_row *row, struct err *err), void *arg,
               struct err *err)
{
    struct reader *reader = calloc(1, sizeof(*reader));
    struct table *tables = calloc(DUMP_TABLES_MAX, sizeof(*tables));
    bool ok = reader && tables;
    if (ok) {
        *reader = (struct reader){.source = source,
                                  .err = err,
                                  .line = 1,
                                  .tables = tables,
                                  .bytes = STR_INIT(DUMP_ROW_BYTES_MAX)};
        for (skip_blanks(reader); ok && peek(reader) != END; skip_blanks(reader))
            ok = read_statement(reader, take, arg);
        str_release(&reader->bytes);
    } else {
        err_set(err, ERR_INTERNAL, "no memory to read a dump");
    }
    free(tables);
    free(reader);
    return ok;
}

struct dump_value dump_row_get(const struct dump_row *row, const char *column)
{
    for (size_t i = 0; i < row->count; i++)
        if (strcmp(row->columns[i], column) == 0)
            return row->values[i];
    return (struct dump_value){NULL, 0};
}
