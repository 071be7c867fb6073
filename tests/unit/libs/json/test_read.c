/*
 * The strict reader: what must be accepted, what must be refused (each row is a document of our own
 * making), and every limit at n and n + 1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/read.h"

static bool accepts_bytes(const char *text, size_t length)
{
    struct err err = {.code = ERR_NONE};
    /* A copy of the exact size: reading one byte too far is seen by the sanitizers. */
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    bool accepted = json_check(copy, length, &err);
    cJSON *root = NULL;
    struct err read_err = {.code = ERR_NONE};
    assert_int_equal(json_read(copy, length, &root, &read_err), accepted);
    assert_true(accepted == (root != NULL));
    if (!accepted) {
        assert_int_equal(err.code, ERR_BODY_INVALID);
        assert_true(err.what[0] != '\0');
    }
    cJSON_Delete(root);
    free(copy);
    return accepted;
}

static bool accepts(const char *text)
{
    return accepts_bytes(text, strlen(text));
}

static void json_check__valid_documents__are_accepted(void **state)
{
    static const char *const rows[] = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "12",
        "1.5",
        "-0.25",
        "\"\"",
        "\"a\"",
        " \t\r\n{} \n",
        "[ ]",
        "{ }",
        "[1,2,3]",
        "[1 , 2 ]",
        "[[],[[]]]",
        "[{},{\"a\":[]}]",
        "{\"a\":1}",
        "{\"a\":1,\"b\":2}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "{ \"a\" : 1 , \"b\" : [ ] }",
        "{\"\":0}",
        "{\"a b\":null}",
        "[null,true,false]",
        "1e5",
        "1E5",
        "1e+5",
        "1e-5",
        "0e1",
        "0.0e0",
        "-1.25E-10",
        "1e99",
        "1e-99",
        "1234567890123456789012345678901234567890",
        "0.12345678901234567890123456789012345678",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0041\"",
        "\"\\u00e9\\u20AC\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uDBFF\\uDFFF\"",
        "\"\\uE000\"",
        "\"\\uFFFF\"",
        "\"\x7f\"",
        "\"'\"",
        "\"/\"",
        "\"\xc3\xa9\"",
        "\"\xe2\x82\xac\"",
        "\"\xf0\x9f\x98\x80\"",
        "\"\xef\xbf\xbf\"",
        "\"\xed\x9f\xbf\"",
        "\"\xee\x80\x80\"",
        "\"\xf4\x8f\xbf\xbf\"",
        "\"\xc2\x80\"",
        "\"\xe2\x80\xa8\"",
        "\"\xef\xbb\xbf\"",
        "{\"__proto__\":1,\"constructor\":2}",
        "{\"a\":1,\"A\":2}",
        "{\"\xc3\xa9\":1,\"e\":2}",
        "[{\"a\":1},{\"a\":1}]",
        "{\"a\":{\"b\":1},\"b\":1}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (!accepts(rows[i]))
            fail_msg("refused: %s", rows[i]);
}

static void json_check__broken_documents__are_refused(void **state)
{
    static const char *const rows[] = {
        "",
        " ",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "[}",
        "{]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "[1,,2]",
        "[1 2]",
        "[1;2]",
        "[1:2]",
        "[]]",
        "{}}",
        "[][]",
        "{}{}",
        "{} x",
        "1 2",
        "null null",
        "{},",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{\"a\":1,b:2}",
        "{\"a\":\"a",
        "{\"a\":1",
        "{:1}",
        "{\"a\"::1}",
        "{\"a\":1:2}",
        "{[]:1}",
        "{{}:1}",
        "nul",
        "nulll",
        "NULL",
        "True",
        "TRUE",
        "tru",
        "fals",
        "undefined",
        "None",
        "a",
        "'a'",
        "`a`",
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "+1",
        "++1",
        "--1",
        "-",
        "-a",
        ".5",
        "-.5",
        "5.",
        "5.e1",
        "1.2.3",
        "01",
        "-01",
        "00",
        "007",
        "0x1",
        "0x10",
        "1e",
        "1e+",
        "1E-",
        "1e1.5",
        "1e+-2",
        "1ee2",
        "1_000",
        "1,000",
        "1 000",
        "0b1",
        "1f",
        "1L",
        "\xd9\xa1",
        "\xef\xbc\x91",
        "1e100",
        "1e999",
        "123.456e-789",
        "1e0001",
        "-1e400",
        "\"",
        "\"a",
        "\"\\",
        "\"\\\"",
        "\"a\\",
        "\"\\a\"",
        "\"\\x41\"",
        "\"\\'\"",
        "\"\\0\"",
        "\"\\U0041\"",
        "\"\\u\"",
        "\"\\u1\"",
        "\"\\u12\"",
        "\"\\u123\"",
        "\"\\u123g\"",
        "\"\\u 123\"",
        "\"\\u+123\"",
        "\"\\u-123\"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "{\"\\u0000\":1}",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800a\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud83d\\ude0\"",
        "\"\\ud83d",
        "\"\\ud83d\\",
        "\"\n\"",
        "\"\r\"",
        "\"\t\"",
        "\"\x01\"",
        "\"\x1f\"",
        "\"a\" \"b\"",
        "\"\x80\"",
        "\"\xbf\"",
        "\"\xc0\x80\"",
        "\"\xc0\xaf\"",
        "\"\xc1\xbf\"",
        "\"\xc3\"",
        "\"\xc3(\"",
        "\"\xe0\x80\x80\"",
        "\"\xe0\x9f\xbf\"",
        "\"\xe2\x82\"",
        "\"\xe2\x28\xa1\"",
        "\"\xed\xa0\x80\"",
        "\"\xed\xbf\xbf\"",
        "\"\xf0\x80\x80\x80\"",
        "\"\xf0\x8f\xbf\xbf\"",
        "\"\xf0\x9f\x98\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xfe\"",
        "\"\xff\"",
        "{\"\xe0\":1}",
        "\xef\xbb\xbf{}",
        "\xff\xfe{\0}",
        "\xc2\xa0{}",
        "\x0b{}",
        "\x0c{}",
        "[\xe2\x80\xa8]",
        "/**/{}",
        "{}//x",
        "{/*x*/}",
        "#{}",
        "[1]#",
        "<!-- -->",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"\xc3\xa9\":1,\"\\u00e9\":2}",
        "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
        "{\"x\":{\"a\":1,\"a\":1}}",
        "[{\"\":1,\"\":1}]",
        "{\"\\n\":1,\"\\u000a\":1}",
        "{\"/\":1,\"\\/\":1}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (accepts(rows[i]))
            fail_msg("accepted: %s", rows[i]);
}

static void json_check__nul_bytes__are_refused(void **state)
{
    (void)state;
    assert_false(accepts_bytes("{}\0", 3));
    assert_false(accepts_bytes("\0{}", 3));
    assert_false(accepts_bytes("\"a\0b\"", 5));
    assert_false(accepts_bytes("[1\0]", 4));
    assert_false(accepts_bytes("\0", 1));
}

/* Every cut of a document, and every single-bit flip of it, is judged without a crash. */
static void json_check__cut_and_flipped_documents__never_crash(void **state)
{
    static const char text[] =
        "{\"a\":[1,-2.5e3,true,null,\"x\\u00e9\\ud83d\\ude00\\n\xc3\xa9\"],\"b\":{\"c\":\"\"}}";
    char copy[sizeof(text)];
    (void)state;
    assert_true(accepts(text));
    for (size_t length = 0; length < sizeof(text) - 1; length++)
        assert_false(accepts_bytes(text, length));
    for (size_t bit = 0; bit < (sizeof(text) - 1) * 8; bit++) {
        memcpy(copy, text, sizeof(text));
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        (void)accepts_bytes(copy, sizeof(text) - 1);
    }
}

static void add_times(struct str *text, const char *chars, size_t times)
{
    for (size_t i = 0; i < times; i++)
        str_add(text, chars);
}

static bool nested_accepts(size_t depth)
{
    AUTO(str_release) struct str text = STR_INIT(1024 * 1024);
    add_times(&text, "[", depth);
    add_times(&text, "]", depth);
    return accepts_bytes(text.data, text.length);
}

static void json_check__depth__ends_at_the_limit(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(1024 * 1024);
    (void)state;
    assert_true(nested_accepts(JSON_DEPTH_MAX));
    assert_false(nested_accepts(JSON_DEPTH_MAX + 1));
    add_times(&text, "[", 100000);
    assert_false(accepts_bytes(text.data, text.length));
    str_clear(&text);
    add_times(&text, "{\"a\":", 100000);
    assert_false(accepts_bytes(text.data, text.length));
}

static bool keys_accept(size_t count)
{
    AUTO(str_release) struct str text = STR_INIT(1024 * 1024);
    for (size_t i = 0; i < count; i++)
        str_add_format(&text, "%c\"k%zu\":%zu", i == 0 ? '{' : ',', i, i);
    str_add_char(&text, '}');
    return accepts_bytes(text.data, text.length);
}

static bool string_accepts(size_t length)
{
    AUTO(str_release) struct str text = STR_INIT(1024 * 1024);
    str_add_char(&text, '"');
    add_times(&text, "x", length);
    str_add_char(&text, '"');
    return accepts_bytes(text.data, text.length);
}

static bool number_accepts(size_t digits)
{
    AUTO(str_release) struct str text = STR_INIT(1024);
    add_times(&text, "1", digits);
    return accepts_bytes(text.data, text.length);
}

static bool values_accept(size_t count)
{
    AUTO(str_release) struct str text = STR_INIT(1024 * 1024);
    str_add(&text, "[1");
    add_times(&text, ",1", count - 2); /* the array counts too */
    str_add_char(&text, ']');
    return accepts_bytes(text.data, text.length);
}

static void json_check__limits__hold_at_n_and_fail_at_n_plus_1(void **state)
{
    (void)state;
    assert_true(keys_accept(JSON_KEYS_MAX));
    assert_false(keys_accept(JSON_KEYS_MAX + 1));
    assert_true(string_accepts(JSON_STRING_BYTES_MAX));
    assert_false(string_accepts(JSON_STRING_BYTES_MAX + 1));
    assert_true(number_accepts(JSON_NUMBER_CHARS_MAX));
    assert_false(number_accepts(JSON_NUMBER_CHARS_MAX + 1));
    assert_true(values_accept(JSON_VALUES_MAX));
    assert_false(values_accept(JSON_VALUES_MAX + 1));
}

static void json_check__duplicate_far_away__is_found(void **state)
{
    AUTO(str_release) struct str text = STR_INIT(1024 * 1024);
    (void)state;
    for (size_t i = 0; i < 900; i++)
        str_add_format(&text, "%c\"k%zu\":{\"k0\":[{\"k1\":1}]}", i == 0 ? '{' : ',', i);
    size_t before = text.length;
    str_add_char(&text, '}');
    assert_true(accepts_bytes(text.data, text.length));
    text.length = before;
    str_add(&text, ",\"k450\":1}");
    assert_false(accepts_bytes(text.data, text.length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_check__valid_documents__are_accepted),
        cmocka_unit_test(json_check__broken_documents__are_refused),
        cmocka_unit_test(json_check__nul_bytes__are_refused),
        cmocka_unit_test(json_check__cut_and_flipped_documents__never_crash),
        cmocka_unit_test(json_check__depth__ends_at_the_limit),
        cmocka_unit_test(json_check__limits__hold_at_n_and_fail_at_n_plus_1),
        cmocka_unit_test(json_check__duplicate_far_away__is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
