/* What was shown in a session: words, each once, never more than there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/session.h"

static void session_methods_have__whole_words_only(void **state)
{
    (void)state;
    assert_true(session_methods_have("pwd otp", "pwd"));
    assert_true(session_methods_have("pwd otp", "otp"));
    assert_false(session_methods_have("pwd otp", "ot"));
    assert_false(session_methods_have("pwdotp", "otp"));
    assert_false(session_methods_have("", "otp"));
}

static void session_methods_add__once_and_within_its_room(void **state)
{
    char methods[SESSION_METHODS_SIZE] = "", longer[SESSION_METHODS_SIZE];
    (void)state;
    session_methods_add(methods, "pwd", longer);
    assert_string_equal(longer, "pwd");
    session_methods_add(longer, "hwk", methods);
    assert_string_equal(methods, "pwd hwk");
    session_methods_add(methods, "pwd", longer);
    assert_string_equal(longer, "pwd hwk");
    memset(methods, 'a', SESSION_METHODS_SIZE - 4);
    methods[SESSION_METHODS_SIZE - 4] = '\0';
    session_methods_add(methods, "otp", longer);
    assert_string_equal(longer, methods);
    methods[SESSION_METHODS_SIZE - 5] = '\0';
    session_methods_add(methods, "otp", longer);
    assert_int_equal(strlen(longer), SESSION_METHODS_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(session_methods_have__whole_words_only),
        cmocka_unit_test(session_methods_add__once_and_within_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
