/* The field tables as OpenAPI 3.0 schema objects. */
#include "json/field.h"

enum { SCHEMA_DEPTH_MAX = 8 };

static void write_schema(struct str *out, const struct json_field *fields, bool nullable,
                         unsigned depth);

static bool can_be_null(const struct json_field *field)
{
    return field->flags & (JSON_NULL_IF_ZERO | JSON_NULL_UNLESS) || field->kind == JSON_TIME_ISO ||
           ((field->kind == JSON_TEXT || field->kind == JSON_OBJECT_REF) &&
            !(field->flags & JSON_OMIT_EMPTY));
}

static const char *simple_type(enum json_kind kind)
{
    switch (kind) {
    case JSON_CHARS:
    case JSON_TEXT:
        return "\"type\":\"string\"";
    case JSON_DEC:
        return "\"type\":\"string\",\"format\":\"decimal\"";
    case JSON_DEC_NUMBER:
        return "\"type\":\"number\"";
    case JSON_I32:
        return "\"type\":\"integer\",\"format\":\"int32\"";
    case JSON_I64:
    case JSON_U64:
    case JSON_TIME_UNIX:
    case JSON_TIME_MS:
        return "\"type\":\"integer\",\"format\":\"int64\"";
    case JSON_BOOL:
        return "\"type\":\"boolean\"";
    case JSON_TIME_ISO:
        return "\"type\":\"string\",\"format\":\"date-time\"";
    case JSON_UUID:
        return "\"type\":\"string\",\"format\":\"uuid\"";
    case JSON_TEXT_ARRAY:
        return "\"type\":\"array\",\"items\":{\"type\":\"string\"}";
    case JSON_RAW:
    case JSON_OBJECT:
    case JSON_OBJECT_REF:
    case JSON_ARRAY:
        break;
    }
    return NULL;
}

static void write_doc(struct str *out, const char *doc)
{
    if (!doc)
        return;
    str_add(out, ",\"description\":");
    json_write_string(out, doc);
}

static void write_property(struct str *out, const struct json_field *field, unsigned depth)
{
    const char *type = simple_type(field->kind);
    json_write_string(out, field->key);
    str_add_char(out, ':');
    if (type) {
        str_add_char(out, '{');
        str_add(out, type);
        if (can_be_null(field))
            str_add(out, ",\"nullable\":true");
        write_doc(out, field->doc);
        str_add_char(out, '}');
    } else if (field->kind == JSON_ARRAY) {
        str_add(out, "{\"type\":\"array\",\"items\":");
        write_schema(out, field->sub, false, depth + 1);
        write_doc(out, field->doc);
        str_add_char(out, '}');
    } else if (field->kind == JSON_RAW) {
        str_add(out, "{\"description\":");
        json_write_string(out, field->doc ? field->doc : "Any JSON value.");
        str_add_char(out, '}');
    } else {
        write_schema(out, field->sub, can_be_null(field), depth + 1);
    }
}

static void write_required(struct str *out, const struct json_field *fields)
{
    bool first = true;
    for (const struct json_field *field = fields; field->key; field++) {
        if (field->flags & JSON_OMIT_EMPTY)
            continue;
        str_add(out, first ? ",\"required\":[" : ",");
        json_write_string(out, field->key);
        first = false;
    }
    if (!first)
        str_add_char(out, ']');
}

/* A table may hold itself (a tree): below the bound it is just "an object". */
static void write_schema(struct str *out, const struct json_field *fields, bool nullable,
                         unsigned depth)
{
    str_add(out, "{\"type\":\"object\"");
    if (nullable)
        str_add(out, ",\"nullable\":true");
    if (depth < SCHEMA_DEPTH_MAX && fields) {
        str_add(out, ",\"properties\":{");
        for (const struct json_field *field = fields; field->key; field++) {
            if (field > fields)
                str_add_char(out, ',');
            write_property(out, field, depth);
        }
        str_add_char(out, '}');
        write_required(out, fields);
    }
    str_add_char(out, '}');
}

void json_write_schema(struct str *out, const struct json_field *fields)
{
    write_schema(out, fields, false, 0);
}
