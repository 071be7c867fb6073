/* Numbers and members of a document that was read: exact to the last digit, or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "json/read.h"

static cJSON *read_text(const char *text)
{
    struct err err;
    cJSON *root = NULL;
    assert_true(json_read(text, strlen(text), &root, &err));
    return root;
}

static void assert_number(const char *source, const char *expected)
{
    char text[JSON_NUMBER_TEXT_SIZE] = "unchanged";
    cJSON *root = read_text(source);
    bool exact = json_number_text(root, text);
    assert_int_equal(exact, expected != NULL);
    assert_string_equal(text, expected ? expected : "unchanged");
    cJSON_Delete(root);
}

static void json_number_text__numbers__are_exact_or_refused(void **state)
{
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "-0"},
        {"1", "1"},
        {"0.1", "0.1"},
        {"65000.12", "65000.12"},
        {"123456789012345", "123456789012345"},
        {"0.00000001", "0.00000001"},
        {"0.0000000000000001", "0.0000000000000001"},
        {"1.50000000000000000000", "1.50000000000000000000"},
        {"0.123456789012345", "0.123456789012345"},
        {"-1.1", "-1.1"},
        {"100000000000000.0", "100000000000000.0"},
        {"1000000000000000", NULL},
        {"1234567890123456", NULL},
        {"0.1234567890123456", NULL},
        {"0.1000000000000000055511151231257827", NULL},
        {"9007199254740993", NULL},
        {"1e2", NULL},
        {"1E-8", NULL},
        {"0e0", NULL},
        {"\"1\"", NULL},
        {"true", NULL},
        {"null", NULL},
        {"[1]", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_number(rows[i][0], rows[i][1]);
}

static void json_read__numbers_behind_anything__keep_their_own_text(void **state)
{
    cJSON *root =
        read_text("{\"1\":\"2\\\"3\",\"a\":[4.50,{\"5e1\":-6}],\"b\":true,\"c\":\"\\\\\",\"d\":7}");
    char text[JSON_NUMBER_TEXT_SIZE];
    (void)state;
    const cJSON *list = json_member(root, "a");
    assert_true(json_number_text(list->child, text));
    assert_string_equal(text, "4.50");
    assert_true(json_number_text(json_member(list->child->next, "5e1"), text));
    assert_string_equal(text, "-6");
    assert_true(json_number_text(json_member(root, "d"), text));
    assert_string_equal(text, "7");
    cJSON_Delete(root);
}

static void json_member__keys__are_exact(void **state)
{
    cJSON *root =
        read_text("{\"Market\":\"x\",\"n\":12,\"s\":\"12\",\"big\":9223372036854775807,"
                  "\"odd\":9007199254740993,\"over\":9223372036854775808,\"f\":1.0,\"e\":1e2}");
    int64_t number = 42;
    (void)state;
    assert_null(json_member(root, "market"));
    assert_string_equal(json_member_text(root, "Market"), "x");
    assert_null(json_member_text(root, "n"));
    assert_null(json_member_text(root, "none"));
    assert_null(json_member(root->child, "x"));
    assert_null(json_member(NULL, "x"));
    assert_true(json_member_i64(root, "n", &number));
    assert_int_equal(number, 12);
    assert_true(json_member_i64(root, "odd", &number));
    assert_true(number == 9007199254740993);
    assert_true(json_member_i64(root, "big", &number));
    assert_true(number == INT64_MAX);
    assert_false(json_member_i64(root, "over", &number));
    assert_false(json_member_i64(root, "f", &number));
    assert_false(json_member_i64(root, "e", &number));
    assert_false(json_member_i64(root, "s", &number));
    assert_true(number == INT64_MAX);
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_number_text__numbers__are_exact_or_refused),
        cmocka_unit_test(json_read__numbers_behind_anything__keep_their_own_text),
        cmocka_unit_test(json_member__keys__are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
