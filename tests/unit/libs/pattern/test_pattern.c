/* Patterns of configuration: what matches, what is refused, what ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pattern/pattern.h"

static bool matches(const char *text, const char *subject)
{
    struct pattern *pattern;
    struct err err;
    assert_true(pattern_new(text, &pattern, &err));
    bool result = pattern_matches(pattern, subject);
    pattern_free(pattern);
    return result;
}

static void pattern__the_default_of_passwords(void **state)
{
    static const char rule[] = "^(?=.*[[:lower:]])(?=.*[[:upper:]])(?=.*[[:digit:]])"
                               "(?=.*[[:graph:]]).{8,80}$";
    (void)state;
    assert_true(matches(rule, "Tecohvi0"));
    assert_false(matches(rule, "tecohvi0"));
    assert_false(matches(rule, "Tecohvi"));
    assert_false(matches(rule, "Te0hvi"));
}

static void pattern__a_bad_one__is_named(void **state)
{
    struct pattern *pattern;
    struct err err;
    (void)state;
    assert_false(pattern_new("(a", &pattern, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

static void pattern__without_end__does_not_match(void **state)
{
    (void)state;
    assert_false(matches("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pattern__the_default_of_passwords),
        cmocka_unit_test(pattern__a_bad_one__is_named),
        cmocka_unit_test(pattern__without_end__does_not_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
