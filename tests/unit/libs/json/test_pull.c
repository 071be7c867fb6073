/*
 * The cursor over JSON: what it takes, what it skips, and what it refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/pull.h"

static bool skips(const char *text)
{
    struct json_pull pull;
    struct err err;
    json_pull_init(&pull, text, strlen(text));
    json_pull_skip(&pull, NULL);
    return json_pull_end(&pull, &err);
}

static void pull__members_by_name__in_any_order(void **state)
{
    (void)state;
    const char *text =
        "{ \"skip\" : {\"a\":[1,2,{\"b\":null}],\"c\":\"}\\\"]\"}, \"hash\":\"0xab\","
        "\"none\":null,\"list\":[\"x\",\"y\"],\"flag\":true,\"n\":12}";
    struct json_pull pull;
    struct json_slice key, hash = {0}, item, number = {0};
    struct err err;
    unsigned items = 0;
    uint64_t n = 0;
    bool flag = false;
    json_pull_init(&pull, text, strlen(text));
    assert_true(json_pull_object(&pull));
    while (json_pull_key(&pull, &key)) {
        if (json_slice_is(key, "hash")) {
            json_pull_text(&pull, &hash);
        } else if (json_slice_is(key, "none")) {
            assert_true(json_pull_null(&pull));
        } else if (json_slice_is(key, "flag")) {
            json_pull_bool(&pull, &flag);
        } else if (json_slice_is(key, "n")) {
            json_pull_number(&pull, &number);
        } else if (json_slice_is(key, "list")) {
            json_pull_array(&pull);
            for (; json_pull_item(&pull); items++)
                json_pull_text(&pull, &item);
        } else {
            json_pull_skip(&pull, &item);
        }
    }
    assert_true(json_pull_end(&pull, &err));
    assert_true(json_slice_is(hash, "0xab"));
    assert_int_equal(items, 2);
    assert_true(flag && json_slice_to_u64(number, &n));
    assert_int_equal(n, 12);
}

static void pull__broken_text__is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "",    "{",     "[",   "[1,",      "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]",
        "\"x", "\"x\\", "nul", "tru",      "[1]]",    "{}{}",     "[1,]x", "-",
        "1e",  "\x01",  "[}",  "{\"a\"1}", ",",       "<html>",
    };
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        if (skips(broken[i]))
            fail_msg("accepted: %s", broken[i]);
}

static void pull__another_kind__is_refused(void **state)
{
    (void)state;
    struct json_pull pull;
    struct json_slice text;
    struct err err;
    json_pull_init(&pull, "12", 2);
    assert_false(json_pull_text(&pull, &text));
    assert_false(json_pull_skip(&pull, NULL));
    assert_false(json_pull_end(&pull, &err));
    assert_int_equal(err.code, ERR_BODY_INVALID);
}

static void pull__too_deep__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str text = STR_INIT(3 * JSON_PULL_DEPTH_MAX);
    for (int i = 0; i < JSON_PULL_DEPTH_MAX; i++)
        str_add_char(&text, '[');
    for (int i = 0; i < JSON_PULL_DEPTH_MAX; i++)
        str_add_char(&text, ']');
    assert_true(skips(text.data));
    str_clear(&text);
    for (int i = 0; i <= JSON_PULL_DEPTH_MAX; i++)
        str_add_char(&text, '[');
    assert_false(skips(text.data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pull__members_by_name__in_any_order),
        cmocka_unit_test(pull__broken_text__is_refused),
        cmocka_unit_test(pull__another_kind__is_refused),
        cmocka_unit_test(pull__too_deep__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
