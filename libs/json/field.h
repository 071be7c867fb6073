/*
 * field.h: a table next to a plain struct says how the struct looks as JSON. One table encodes and
 * documents (OpenAPI schema); the struct stays hand-written.
 *
 *     struct balance { char currency[11]; struct dec balance, locked; };
 *     static const struct json_field balance_fields[] = {
 *         {"currency", JSON_CHARS, offsetof(struct balance, currency), .doc = "Currency code."},
 *         {"balance", JSON_DEC, offsetof(struct balance, balance), .doc = "Available."},
 *         {NULL}};
 *     json_write_object(out, balance_fields, &balance);   // {"currency":"btc","balance":"1.0"}
 *
 * Tables end with a row whose key is NULL. Keys come out in the order of the rows. No tree, and no
 * floating point: decimals go from struct dec to text. The output is valid UTF-8 JSON whatever the
 * strings hold. No state, no ownership; any thread.
 */
#ifndef JSON_FIELD_H
#define JSON_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "decimal/dec.h"

enum json_kind {
    JSON_CHARS,      /* char[]: a string in place */
    JSON_TEXT,       /* const char *: NULL is null */
    JSON_DEC,        /* struct dec, as a string: "1.0" */
    JSON_DEC_NUMBER, /* struct dec, as a JSON number: 1.0 */
    JSON_I32,        /* int32_t */
    JSON_I64,        /* int64_t */
    JSON_U64,        /* uint64_t */
    JSON_BOOL,       /* bool */
    JSON_TIME_ISO,   /* int64_t microseconds as "2026-11-20T14:03:00Z"; 0 is null */
    JSON_TIME_UNIX,  /* int64_t microseconds as seconds */
    JSON_TIME_MS,    /* int64_t microseconds as milliseconds */
    JSON_UUID,       /* struct uuid */
    JSON_RAW,        /* const char *: JSON text that we made ourselves; NULL is null */
    JSON_OBJECT,     /* a struct in place: `sub` */
    JSON_OBJECT_REF, /* pointer to a struct; NULL is null: `sub` */
    JSON_ARRAY,      /* pointer to structs: `sub`, `sub_size`, size_t count at `count_offset` */
    JSON_TEXT_ARRAY  /* const char *const *: strings; size_t count at `count_offset` */
};

enum json_flag {
    JSON_OMIT_EMPTY = 1,   /* leave the key out for NULL, "", and for false `present_offset` */
    JSON_NULL_IF_ZERO = 2, /* a zero decimal or number is null */
    JSON_NULL_UNLESS = 4   /* null unless the bool at `present_offset` is true */
};

struct json_field {
    const char *key;
    enum json_kind kind;
    size_t offset;
    unsigned flags;
    const char *doc;
    const struct json_field *sub;
    size_t sub_size, count_offset;
    size_t present_offset; /* a bool of the struct: JSON_OMIT_EMPTY (if not 0), JSON_NULL_UNLESS */
};

void json_write_object(struct str *out, const struct json_field *fields, const void *object);
void json_write_array(struct str *out, const struct json_field *fields, const void *objects,
                      size_t count, size_t size);

/* ---- single values, for what is no struct (depth pairs, k-lines) ---- */

void json_write_string(struct str *out, const char *chars); /* NULL: null */
void json_write_string_bytes(struct str *out, const char *chars, size_t length);
void json_write_dec(struct str *out, struct dec value);        /* "1.0" */
void json_write_dec_number(struct str *out, struct dec value); /* 1.0 */

/* ---- the table as a schema (OpenAPI 3.0 / JSON Schema object) ---- */

void json_write_schema(struct str *out, const struct json_field *fields);

#endif
