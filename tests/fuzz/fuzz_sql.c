/*
 * Any bytes as a value: what is written must be one literal, and must be that value again. The input
 * is cut in two: a text (refused unless UTF-8) and bytes, both in one row.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/check.h"
#include "db/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned nibble(char c)
{
    assert((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

/* Reads x'..' that must stand for these bytes; gives its end. */
static const char *read_hex(const char *at, const uint8_t *bytes, size_t length)
{
    assert(strncmp(at, "x'", 2) == 0);
    at += 2;
    for (size_t i = 0; i < length; i++, at += 2)
        assert((nibble(at[0]) << 4 | nibble(at[1])) == bytes[i]);
    assert(*at == '\'');
    return at + 1;
}

static const char *read_text(const char *at, const uint8_t *bytes, size_t length)
{
    static const char introducer[] = "_utf8mb4 ";
    if (strncmp(at, introducer, sizeof(introducer) - 1) == 0)
        return read_hex(at + sizeof(introducer) - 1, bytes, length);
    assert(*at == '\'');
    at++;
    for (size_t i = 0; i < length; i++, at++) {
        assert(*at == (char)bytes[i]);
        assert(*at >= ' ' && *at <= '~' && *at != '\'' && *at != '\\');
    }
    assert(*at == '\'');
    return at + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str_release) struct str sql = STR_INIT(1 << 20);
    struct db db = {.mysql = NULL};
    size_t cut = size > 0 ? data[0] * size / 256 : 0;
    struct db_value text = {.kind = DB_KIND_TEXT, .bytes = data, .length = cut};
    struct db_value bytes = {.kind = DB_KIND_BYTES, .bytes = data + cut, .length = size - cut};

    db_sql_row(&db, &sql, true, DB_ARGS(text, bytes));
    if (!str_ok(&sql)) {
        assert(db.text_bad || size > 100000);
        return 0;
    }
    assert(strlen(sql.data) == sql.length);
    assert(!db_sql_has_commit(sql.data, sql.length));
    const char *at = sql.data;
    assert(*at == '(');
    at = read_text(at + 1, data, cut);
    assert(*at == ',');
    at = read_hex(at + 1, data + cut, size - cut);
    assert(strcmp(at, ")") == 0);
    return 0;
}
