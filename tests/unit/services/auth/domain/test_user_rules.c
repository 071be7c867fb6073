/* What the fields of a sign-up may hold; the list of common passwords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/domain/user_rules.h"
#include "auth/domain/word_set.h"

static void username__rules(void **state)
{
    const char *codes[USER_MISTAKES_MAX];
    (void)state;
    assert_int_equal(username_mistakes("nick42", codes), 0);
    assert_int_equal(username_mistakes("abcdefghijkl", codes), 0);
    assert_int_equal(username_mistakes("", codes), 2);
    assert_string_equal(codes[0], "username.too_short");
    assert_string_equal(codes[1], "username.invalid");
    assert_int_equal(username_mistakes("abcdefghijklm", codes), 1);
    assert_string_equal(codes[0], "username.too_long");
    /* Characters are counted, not bytes. */
    assert_int_equal(username_mistakes("äöüäöüäöü", codes), 1);
    assert_string_equal(codes[0], "username.invalid");
    assert_int_equal(username_mistakes("\xff\xfe\xfd", codes), 2);
}

static void data__is_json_of_bounded_length(void **state)
{
    const char *codes[USER_MISTAKES_MAX];
    char text[USER_DATA_CHARS_MAX + 3];
    (void)state;
    assert_int_equal(user_data_mistakes("{\"language\":\"en\"}", codes), 0);
    assert_int_equal(user_data_mistakes("phone: 1", codes), 1);
    assert_string_equal(codes[0], "data.invalid_format");
    memset(text, 'x', sizeof(text));
    text[0] = text[USER_DATA_CHARS_MAX] = '"';
    text[USER_DATA_CHARS_MAX + 1] = '\0';
    assert_int_equal(user_data_mistakes(text, codes), 1);
    assert_string_equal(codes[0], "data.too_long");
}

static void referral__begins_with_the_prefix(void **state)
{
    (void)state;
    assert_true(referral_has_format("ID1231231231", "id"));
    assert_false(referral_has_format("UID123", "ID"));
    assert_false(referral_has_format("id123", "ID"));
    assert_false(referral_has_format("I", "ID"));
}

static void words__leftmost_and_longest(void **state)
{
    static const char list[] = "# a comment\npass\npassword\nab\r\nword\n\npass\n";
    struct word_set *words = word_set_new(list, sizeof(list) - 1);
    size_t at, length;
    (void)state;
    assert_non_null(words);
    assert_int_equal(word_set_count(words), 3);
    assert_true(word_set_find(words, "xxpasswordword", &at, &length));
    assert_int_equal(at, 2);
    assert_int_equal(length, 8);
    assert_true(word_set_find(words, "xpasswor", &at, &length));
    assert_int_equal(length, 4);
    assert_false(word_set_find(words, "ab comment", &at, &length));
    assert_false(word_set_find(words, "", &at, &length));
    word_set_free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(username__rules),
        cmocka_unit_test(data__is_json_of_bounded_length),
        cmocka_unit_test(referral__begins_with_the_prefix),
        cmocka_unit_test(words__leftmost_and_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
