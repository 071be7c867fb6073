/* The path that authz judges: one spelling for each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/authz_path.h"

static void authz_path_normalise__second_spellings__become_the_first(void **state)
{
    static const char *const rows[][2] = {
        {"/api/v2/peatio/x", "api/v2/peatio/x"},
        {"api/v2/peatio/x", "api/v2/peatio/x"},
        {"//api///v2/", "api/v2"},
        {"/", ""},
        {"", ""},
        {"/api/v2/a.b/..c", "api/v2/a.b/..c"},
    };
    char path[AUTHZ_PATH_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(authz_path_normalise(rows[i][0], path, sizeof(path)));
        assert_string_equal(path, rows[i][1]);
    }
}

static void authz_path_normalise__ambiguous_paths__are_none(void **state)
{
    static const char *const rows[] = {"/api/../x", "/api/./x", "..", "/a\\b", "/a\nb", "/a\x7f"};
    char path[AUTHZ_PATH_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_false(authz_path_normalise(rows[i], path, sizeof(path)));
}

static void authz_path_normalise__buffer__is_never_overrun(void **state)
{
    char path[8];
    (void)state;
    assert_true(authz_path_normalise("/abc/def", path, sizeof(path)));
    assert_string_equal(path, "abc/def");
    assert_false(authz_path_normalise("/abc/defg", path, sizeof(path)));
    assert_false(authz_path_normalise("", path, 0));
}

static void authz_path_has_prefix__plain_prefixes__match(void **state)
{
    static const char *const prefixes[] = {"api/v2/barong/public", "oauth2/", NULL};
    static const char *const none[] = {NULL};
    (void)state;
    assert_true(authz_path_has_prefix(prefixes, "api/v2/barong/public/ping"));
    assert_true(authz_path_has_prefix(prefixes, "oauth2/token"));
    assert_false(authz_path_has_prefix(prefixes, "oauth2"));
    assert_false(authz_path_has_prefix(prefixes, "api/v2/Barong/public"));
    assert_false(authz_path_has_prefix(none, ""));
}

static void authz_method_needs_csrf__verbs_that_change__do(void **state)
{
    static const char *const yes[] = {"POST", "PUT", "PATCH", "DELETE", "OTHER"};
    static const char *const no[] = {"GET", "HEAD", "OPTIONS"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_true(authz_method_needs_csrf(yes[i]));
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        assert_false(authz_method_needs_csrf(no[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authz_path_normalise__second_spellings__become_the_first),
        cmocka_unit_test(authz_path_normalise__ambiguous_paths__are_none),
        cmocka_unit_test(authz_path_normalise__buffer__is_never_overrun),
        cmocka_unit_test(authz_path_has_prefix__plain_prefixes__match),
        cmocka_unit_test(authz_method_needs_csrf__verbs_that_change__do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
