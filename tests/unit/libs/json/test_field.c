/* Tables to JSON: every kind, every flag, text that is no text, and the schema of a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/random.h"
#include "json/field.h"
#include "json/read.h"

struct point {
    int32_t x, y;
};
static const struct json_field point_fields[] = {
    {"x", JSON_I32, offsetof(struct point, x)},
    {"y", JSON_I32, offsetof(struct point, y)},
    {NULL},
};

struct thing {
    char chars[8];
    const char *text, *raw;
    struct dec dec, number;
    int64_t i64, time;
    uint64_t u64;
    bool flag, present;
    struct uuid uuid;
    struct point point;
    const struct point *ref, *points;
    size_t points_count, texts_count;
    const char *const *texts;
};

#define AT(member) offsetof(struct thing, member)

static const struct json_field thing_fields[] = {
    {"chars", JSON_CHARS, AT(chars), .doc = "In \"place\"."},
    {"text", JSON_TEXT, AT(text)},
    {"raw", JSON_RAW, AT(raw)},
    {"dec", JSON_DEC, AT(dec)},
    {"number", JSON_DEC_NUMBER, AT(number)},
    {"i64", JSON_I64, AT(i64)},
    {"u64", JSON_U64, AT(u64)},
    {"iso", JSON_TIME_ISO, AT(time)},
    {"unix", JSON_TIME_UNIX, AT(time)},
    {"ms", JSON_TIME_MS, AT(time)},
    {"flag", JSON_BOOL, AT(flag)},
    {"uuid", JSON_UUID, AT(uuid)},
    {"point", JSON_OBJECT, AT(point), .sub = point_fields},
    {"ref", JSON_OBJECT_REF, AT(ref), .sub = point_fields},
    {"points", JSON_ARRAY, AT(points), .sub = point_fields, .sub_size = sizeof(struct point),
     .count_offset = AT(points_count)},
    {"texts", JSON_TEXT_ARRAY, AT(texts), .count_offset = AT(texts_count)},
    {NULL},
};

static void assert_json(const struct json_field *fields, const void *object, const char *expected)
{
    AUTO(str_release) struct str out = STR_INIT(64 * 1024);
    struct err err;
    json_write_object(&out, fields, object);
    assert_true(str_ok(&out));
    assert_string_equal(out.data, expected);
    assert_true(json_check(out.data, out.length, &err));
}

static struct dec dec(const char *text)
{
    struct dec value;
    assert_true(dec_parse(text, &value));
    return value;
}

static void json_write_object__every_kind__is_written(void **state)
{
    static const struct point points[] = {{1, -2}, {3, 4}};
    static const char *const texts[] = {"a", NULL, "b\"c"};
    struct thing thing = {
        .chars = "abc",
        .text = "t",
        .raw = "{\"r\":1}",
        .dec = dec("12.5"),
        .number = dec("-3"),
        .i64 = INT64_MIN,
        .u64 = UINT64_MAX,
        .time = 1795183380123456,
        .flag = true,
        .point = {7, 8},
        .ref = &points[1],
        .points = points,
        .points_count = 2,
        .texts = texts,
        .texts_count = 3,
    };
    (void)state;
    assert_true(uuid_parse("00112233-4455-6677-8899-aabbccddeeff", &thing.uuid));
    assert_json(thing_fields, &thing,
                "{\"chars\":\"abc\",\"text\":\"t\",\"raw\":{\"r\":1},\"dec\":\"12.5\","
                "\"number\":-3.0,\"i64\":-9223372036854775808,\"u64\":18446744073709551615,"
                "\"iso\":\"2026-11-20T14:03:00Z\",\"unix\":1795183380,\"ms\":1795183380123,"
                "\"flag\":true,\"uuid\":\"00112233-4455-6677-8899-aabbccddeeff\","
                "\"point\":{\"x\":7,\"y\":8},\"ref\":{\"x\":3,\"y\":4},"
                "\"points\":[{\"x\":1,\"y\":-2},{\"x\":3,\"y\":4}],"
                "\"texts\":[\"a\",null,\"b\\\"c\"]}");
}

static void json_write_object__empty_struct__has_nulls(void **state)
{
    struct thing thing = {.i64 = 0};
    (void)state;
    assert_json(thing_fields, &thing,
                "{\"chars\":\"\",\"text\":null,\"raw\":null,\"dec\":\"0.0\",\"number\":0.0,"
                "\"i64\":0,\"u64\":0,\"iso\":null,\"unix\":0,\"ms\":0,\"flag\":false,"
                "\"uuid\":\"00000000-0000-0000-0000-000000000000\",\"point\":{\"x\":0,\"y\":0},"
                "\"ref\":null,\"points\":[],\"texts\":[]}");
}

static void json_write_object__flags__omit_or_null(void **state)
{
    static const struct json_field fields[] = {
        {"chars", JSON_CHARS, AT(chars), JSON_OMIT_EMPTY},
        {"text", JSON_TEXT, AT(text), JSON_OMIT_EMPTY},
        {"points", JSON_ARRAY, AT(points), JSON_OMIT_EMPTY, .sub = point_fields,
         .sub_size = sizeof(struct point), .count_offset = AT(points_count)},
        {"i64", JSON_I64, AT(i64), JSON_OMIT_EMPTY, .present_offset = AT(present)},
        {"dec", JSON_DEC, AT(dec), JSON_NULL_IF_ZERO},
        {"u64", JSON_U64, AT(u64), JSON_NULL_IF_ZERO},
        {"unix", JSON_TIME_UNIX, AT(time), JSON_NULL_IF_ZERO},
        {"flag", JSON_BOOL, AT(flag), JSON_NULL_UNLESS, .present_offset = AT(present)},
        {NULL},
    };
    static const struct point points[] = {{1, 2}};
    struct thing thing = {.i64 = 0};
    (void)state;
    assert_json(fields, &thing, "{\"dec\":null,\"u64\":null,\"unix\":null,\"flag\":null}");
    thing.text = "";
    assert_json(fields, &thing, "{\"dec\":null,\"u64\":null,\"unix\":null,\"flag\":null}");
    thing = (struct thing){.chars = "c",
                           .text = "t",
                           .points = points,
                           .points_count = 0,
                           .present = true,
                           .dec = dec("1"),
                           .u64 = 2,
                           .time = 3000000};
    assert_json(fields, &thing,
                "{\"chars\":\"c\",\"text\":\"t\",\"points\":[],\"i64\":0,\"dec\":\"1.0\","
                "\"u64\":2,\"unix\":3,\"flag\":false}");
}

static void json_write_array__objects__are_separated(void **state)
{
    static const struct point points[] = {{1, 2}, {3, 4}, {5, 6}};
    AUTO(str_release) struct str out = STR_INIT(1024);
    (void)state;
    json_write_array(&out, point_fields, points, 3, sizeof(points[0]));
    assert_string_equal(out.data, "[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4},{\"x\":5,\"y\":6}]");
    str_clear(&out);
    json_write_array(&out, point_fields, NULL, 0, sizeof(points[0]));
    assert_string_equal(out.data, "[]");
}

static void json_write_string__any_bytes__make_a_valid_document(void **state)
{
    static const char *const rows[][2] = {
        {"", "\"\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\n\r\t\b\x01\x1f", "\"\\n\\r\\t\\u0008\\u0001\\u001f\""},
        {"\x7f", "\"\\u007f\""},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"a\xe0z", "\"a\xef\xbf\xbdz\""},
        {"\xff\xfe", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xc3", "\"\xef\xbf\xbd\""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(1024);
        json_write_string(&out, rows[i][0]);
        assert_string_equal(out.data, rows[i][1]);
    }
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            char bytes[2] = {(char)a, (char)b};
            AUTO(str_release) struct str out = STR_INIT(64);
            struct err err;
            json_write_string_bytes(&out, bytes, 2);
            /* The reader refuses U+0000 in any form; the writer has to write what it gets. */
            assert_int_equal(json_check(out.data, out.length, &err), a != 0 && b != 0);
        }
    }
}

static void json_write_string__null__is_null(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(64);
    (void)state;
    json_write_string(&out, NULL);
    assert_string_equal(out.data, "null");
}

static void json_write_object__above_the_ceiling__fails_softly(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(20);
    struct thing thing = {.i64 = 0};
    (void)state;
    json_write_object(&out, thing_fields, &thing);
    assert_false(str_ok(&out));
    assert_true(out.length <= 20);
}

static void json_write_schema__table__is_a_schema_object(void **state)
{
    static const struct json_field fields[] = {
        {"id", JSON_I64, 0, .doc = "The \"id\"."},
        {"at", JSON_TIME_ISO, 0},
        {"price", JSON_DEC, 0, JSON_NULL_IF_ZERO},
        {"note", JSON_TEXT, 0, JSON_OMIT_EMPTY},
        {"ref", JSON_OBJECT_REF, 0, .sub = point_fields},
        {"list", JSON_ARRAY, 0, .sub = point_fields},
        {"any", JSON_RAW, 0},
        {NULL},
    };
    static const char point[] =
        "\"properties\":{\"x\":{\"type\":\"integer\",\"format\":\"int32\"},"
        "\"y\":{\"type\":\"integer\",\"format\":\"int32\"}},\"required\":[\"x\",\"y\"]}";
    AUTO(str_release) struct str out = STR_INIT(8192), expected = STR_INIT(8192);
    (void)state;
    json_write_schema(&out, fields);
    str_add_format(
        &expected,
        "{\"type\":\"object\",\"properties\":{"
        "\"id\":{\"type\":\"integer\",\"format\":\"int64\",\"description\":\"The \\\"id\\\".\"},"
        "\"at\":{\"type\":\"string\",\"format\":\"date-time\",\"nullable\":true},"
        "\"price\":{\"type\":\"string\",\"format\":\"decimal\",\"nullable\":true},"
        "\"note\":{\"type\":\"string\"},"
        "\"ref\":{\"type\":\"object\",\"nullable\":true,%s,"
        "\"list\":{\"type\":\"array\",\"items\":{\"type\":\"object\",%s},"
        "\"any\":{\"description\":\"Any JSON value.\"}},"
        "\"required\":[\"id\",\"at\",\"price\",\"ref\",\"list\",\"any\"]}",
        point, point);
    assert_string_equal(out.data, expected.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_write_object__every_kind__is_written),
        cmocka_unit_test(json_write_object__empty_struct__has_nulls),
        cmocka_unit_test(json_write_object__flags__omit_or_null),
        cmocka_unit_test(json_write_array__objects__are_separated),
        cmocka_unit_test(json_write_string__any_bytes__make_a_valid_document),
        cmocka_unit_test(json_write_string__null__is_null),
        cmocka_unit_test(json_write_object__above_the_ceiling__fails_softly),
        cmocka_unit_test(json_write_schema__table__is_a_schema_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
