/* struct err: the code decides, the story fits, and the table is complete. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void err_set__format__is_false_and_tells_the_story(void **state)
{
    struct err err;
    (void)state;
    assert_false(err_set(&err, ERR_FUNDS_INSUFFICIENT, "need %d %s", 5, "btc"));
    assert_int_equal(err.code, ERR_FUNDS_INSUFFICIENT);
    assert_string_equal(err.what, "need 5 btc");
    assert_string_equal(err_key(&err), "market.account.insufficient_balance");
    assert_int_equal(err_status(err.code), 422);
    assert_string_equal(err_name(err.code), "FUNDS_INSUFFICIENT");
}

static void err_set_key__nearer_key__wins_until_the_next_set(void **state)
{
    struct err err;
    (void)state;
    assert_false(err_set_key(&err, ERR_INVALID, "a.b", "why"));
    assert_string_equal(err_key(&err), "a.b");
    struct err copy = err;
    assert_string_equal(err_key(&copy), "a.b");
    err_set(&err, ERR_INVALID, "again");
    assert_string_equal(err_key(&err), "server.invalid");
}

static void err_set__long_story__is_cut(void **state)
{
    struct err err;
    char text[1000];
    (void)state;
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    err_set(&err, ERR_INTERNAL, "%s", text);
    assert_int_equal(strlen(err.what), sizeof(err.what) - 1);
    for (int i = 0; i < 10; i++)
        assert_false(err_wrap(&err, "%s", text));
    assert_true(strlen(err.what) < sizeof(err.what));
}

static void err_wrap__context__goes_in_front(void **state)
{
    struct err err;
    (void)state;
    err_set_key(&err, ERR_DB_CONFLICT, "k", "deadlock");
    assert_false(err_wrap(&err, "order %d", 7));
    assert_string_equal(err.what, "order 7: deadlock");
    assert_int_equal(err.code, ERR_DB_CONFLICT);
    assert_string_equal(err_key(&err), "k");
}

static void err_table__every_code__is_complete(void **state)
{
    (void)state;
    for (int code = ERR_NONE; code < ERR_MAX; code++) {
        int status = err_status((enum err_code)code);
        struct err err = {.code = (enum err_code)code};
        assert_true(status >= 200 && status < 600);
        assert_true(err_name(err.code)[0] != '\0' && err_doc(err.code)[0] != '\0');
        if (code == ERR_NONE)
            continue;
        assert_true(err_key(&err)[0] != '\0');
        /* What may succeed later is told by 429 and 503, and by nothing else. */
        assert_int_equal(err_retry(err.code) == ERR_RETRY, status == 429 || status == 503);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_set__format__is_false_and_tells_the_story),
        cmocka_unit_test(err_set_key__nearer_key__wins_until_the_next_set),
        cmocka_unit_test(err_set__long_story__is_cut),
        cmocka_unit_test(err_wrap__context__goes_in_front),
        cmocka_unit_test(err_table__every_code__is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
