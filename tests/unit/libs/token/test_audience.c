/* Lists of names that a token may be for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "token/audience.h"

static void token_audience_read__names__without_the_empty_ones(void **state)
{
    struct token_audience audience;
    struct err err;
    (void)state;
    assert_true(token_audience_read(&audience, ",peatio,,barong,", &err));
    const char *const *names = token_audience_rule(&audience);
    assert_string_equal(names[0], "peatio");
    assert_string_equal(names[1], "barong");
    assert_null(names[2]);
}

static void token_audience_read__no_name__is_no_rule(void **state)
{
    struct token_audience audience;
    struct err err;
    (void)state;
    assert_true(token_audience_read(&audience, "", &err));
    assert_null(token_audience_rule(&audience));
    assert_true(token_audience_read(&audience, ",", &err));
    assert_null(token_audience_rule(&audience));
}

static void token_audience_read__too_much__is_refused(void **state)
{
    struct token_audience audience;
    char long_name[TOKEN_AUDIENCE_BYTES_MAX + 1];
    struct err err;
    (void)state;
    assert_true(token_audience_read(&audience, "a,b,c,d,e,f,g,h", &err));
    assert_null(audience.names[TOKEN_AUDIENCES_MAX]);
    assert_false(token_audience_read(&audience, "a,b,c,d,e,f,g,h,i", &err));
    assert_int_equal(err.code, ERR_CONFIG);
    memset(long_name, 'a', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    assert_false(token_audience_read(&audience, long_name, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_audience_read__names__without_the_empty_ones),
        cmocka_unit_test(token_audience_read__no_name__is_no_rule),
        cmocka_unit_test(token_audience_read__too_much__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
