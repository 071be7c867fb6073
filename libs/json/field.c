#include "json/field.h"

#include <string.h>

#include "base/clock.h"
#include "base/random.h"

static const void *at_offset(const void *object, size_t offset)
{
    return (const char *)object + offset;
}

/* The value of a member, read by copy so that no alignment or aliasing is assumed. */
#define MEMBER(type, object, at)                                                                   \
    ({                                                                                             \
        type member_;                                                                              \
        memcpy(&member_, at_offset(object, at), sizeof(member_));                                  \
        member_;                                                                                   \
    })

static bool is_pointer(enum json_kind kind)
{
    return kind == JSON_TEXT || kind == JSON_RAW || kind == JSON_OBJECT_REF || kind == JSON_ARRAY ||
           kind == JSON_TEXT_ARRAY;
}

static bool is_omitted(const struct json_field *field, const void *object)
{
    if (!(field->flags & JSON_OMIT_EMPTY))
        return false;
    if (field->present_offset > 0 && !MEMBER(bool, object, field->present_offset))
        return true;
    if (field->kind == JSON_CHARS)
        return *(const char *)at_offset(object, field->offset) == '\0';
    if (!is_pointer(field->kind))
        return false;
    const void *pointer = MEMBER(const void *, object, field->offset);
    return !pointer || (field->kind == JSON_TEXT && *(const char *)pointer == '\0');
}

static bool is_zero(const struct json_field *field, const void *object)
{
    switch (field->kind) {
    case JSON_DEC:
    case JSON_DEC_NUMBER:
        return dec_is_zero(MEMBER(struct dec, object, field->offset));
    case JSON_I32:
        return MEMBER(int32_t, object, field->offset) == 0;
    case JSON_I64:
    case JSON_U64:
    case JSON_TIME_UNIX:
    case JSON_TIME_MS:
    case JSON_TIME_ISO:
        return MEMBER(int64_t, object, field->offset) == 0;
    case JSON_CHARS:
    case JSON_TEXT:
    case JSON_BOOL:
    case JSON_UUID:
    case JSON_RAW:
    case JSON_OBJECT:
    case JSON_OBJECT_REF:
    case JSON_ARRAY:
    case JSON_TEXT_ARRAY:
        break;
    }
    return false;
}

static bool is_null(const struct json_field *field, const void *object)
{
    if ((field->flags & JSON_NULL_UNLESS) && !MEMBER(bool, object, field->present_offset))
        return true;
    if ((field->flags & JSON_NULL_IF_ZERO) && is_zero(field, object))
        return true;
    if (field->kind == JSON_TIME_ISO)
        return is_zero(field, object);
    /* An array without elements is [], whatever its pointer. */
    return is_pointer(field->kind) && field->kind != JSON_ARRAY && field->kind != JSON_TEXT_ARRAY &&
           !MEMBER(const void *, object, field->offset);
}

static void write_time_iso(struct str *out, int64_t time_us)
{
    char text[CLOCK_ISO_SIZE + 2] = "\"";
    clock_iso(time_us, text + 1);
    size_t length = strlen(text);
    text[length++] = '"';
    str_add_bytes(out, text, length);
}

static void write_uuid(struct str *out, struct uuid uuid)
{
    char text[UUID_TEXT_SIZE + 2] = "\"";
    uuid_text(uuid, text + 1);
    text[UUID_TEXT_SIZE] = '"';
    str_add_bytes(out, text, UUID_TEXT_SIZE + 1);
}

/* `,"key":` in one piece: this is half of all that is written. Keys are ours: plain ASCII without
 * quotes. */
static void write_key(struct str *out, const char *key, bool first)
{
    size_t length = strlen(key);
    char *room = str_reserve(out, length + 4);
    if (!room)
        return;
    char *at = room;
    if (!first)
        *at++ = ',';
    *at++ = '"';
    at = mempcpy(at, key, length);
    *at++ = '"';
    *at++ = ':';
    *at = '\0';
    out->length += (size_t)(at - room);
}

static void write_text_array(struct str *out, const char *const *texts, size_t count)
{
    str_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_string(out, texts[i]);
    }
    str_add_char(out, ']');
}

static void write_value(struct str *out, const struct json_field *field, const void *object)
{
    size_t offset = field->offset;
    switch (field->kind) {
    case JSON_CHARS:
        json_write_string(out, at_offset(object, offset));
        break;
    case JSON_TEXT:
        json_write_string(out, MEMBER(const char *, object, offset));
        break;
    case JSON_DEC:
        json_write_dec(out, MEMBER(struct dec, object, offset));
        break;
    case JSON_DEC_NUMBER:
        json_write_dec_number(out, MEMBER(struct dec, object, offset));
        break;
    case JSON_I32:
        str_add_i64(out, MEMBER(int32_t, object, offset));
        break;
    case JSON_I64:
        str_add_i64(out, MEMBER(int64_t, object, offset));
        break;
    case JSON_U64:
        str_add_u64(out, MEMBER(uint64_t, object, offset));
        break;
    case JSON_BOOL:
        str_add(out, MEMBER(bool, object, offset) ? "true" : "false");
        break;
    case JSON_TIME_ISO:
        write_time_iso(out, MEMBER(int64_t, object, offset));
        break;
    case JSON_TIME_UNIX:
        str_add_i64(out, MEMBER(int64_t, object, offset) / 1000000);
        break;
    case JSON_TIME_MS:
        str_add_i64(out, MEMBER(int64_t, object, offset) / 1000);
        break;
    case JSON_UUID:
        write_uuid(out, MEMBER(struct uuid, object, offset));
        break;
    case JSON_RAW:
        str_add(out, MEMBER(const char *, object, offset));
        break;
    case JSON_OBJECT:
        json_write_object(out, field->sub, at_offset(object, offset));
        break;
    case JSON_OBJECT_REF:
        json_write_object(out, field->sub, MEMBER(const void *, object, offset));
        break;
    case JSON_ARRAY:
        json_write_array(out, field->sub, MEMBER(const void *, object, offset),
                         MEMBER(size_t, object, field->count_offset), field->sub_size);
        break;
    case JSON_TEXT_ARRAY:
        write_text_array(out, MEMBER(const char *const *, object, offset),
                         MEMBER(size_t, object, field->count_offset));
        break;
    }
}

void json_write_object(struct str *out, const struct json_field *fields, const void *object)
{
    bool first = true;
    assert(fields != NULL);
    assert(object != NULL);
    str_add_char(out, '{');
    for (const struct json_field *field = fields; field->key; field++) {
        if (is_omitted(field, object))
            continue;
        write_key(out, field->key, first);
        first = false;
        if (is_null(field, object))
            str_add_bytes(out, "null", 4);
        else
            write_value(out, field, object);
    }
    str_add_char(out, '}');
}

void json_write_array(struct str *out, const struct json_field *fields, const void *objects,
                      size_t count, size_t size)
{
    assert(objects != NULL || count == 0);
    str_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            str_add_char(out, ',');
        json_write_object(out, fields, at_offset(objects, i * size));
    }
    str_add_char(out, ']');
}

void json_write_dec(struct str *out, struct dec value)
{
    char text[DEC_TEXT_SIZE + 2] = "\"";
    size_t length = 1 + dec_format(value, text + 1);
    text[length++] = '"';
    str_add_bytes(out, text, length);
}

void json_write_dec_number(struct str *out, struct dec value)
{
    char text[DEC_TEXT_SIZE];
    size_t length = dec_format(value, text);
    str_add_bytes(out, text, length);
}
