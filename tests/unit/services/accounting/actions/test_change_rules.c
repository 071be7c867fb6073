/* The small rules of the catalog, and their sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "accounting/actions/change_rules.h"

static void expect_refusal(bool kept, const struct err *err, const char *sentence)
{
    assert_false(kept);
    assert_int_equal(err->code, ERR_INVALID);
    assert_null(err->key);
    assert_string_equal(err->what, sentence);
}

static void rule_present__blank_text__is_refused(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(rule_present("Name", "x", &err));
    expect_refusal(rule_present("Name", NULL, &err), &err, "Name can't be blank");
    expect_refusal(rule_present("Name", " \t\n", &err), &err, "Name can't be blank");
}

static void rule_length__counts_characters__not_bytes(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(rule_length("Name", NULL, 0, &err));
    assert_true(rule_length("Name", "\xc3\xa4\xc3\xb6\xc3\xbc", 3, &err));
    expect_refusal(rule_length("Name", "abcd", 3, &err), &err,
                   "Name is too long (maximum is 3 characters)");
}

static void rule_word__part_of_a_word__is_refused(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(rule_word("State", "enabled", "enabled disabled", &err));
    assert_true(rule_word("State", "disabled", "enabled disabled", &err));
    expect_refusal(rule_word("State", "enable", "enabled disabled", &err), &err,
                   "State is not included in the list");
    assert_false(rule_word("State", "enabled disabled", "enabled disabled", &err));
    assert_false(rule_word("State", "", "enabled disabled", &err));
    assert_false(rule_word("State", NULL, "enabled disabled", &err));
}

static void rule_range__bounds__are_inside(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(rule_range("Position", 1, 1, 3, &err));
    assert_true(rule_range("Position", 3, 1, 3, &err));
    expect_refusal(rule_range("Position", 0, 1, 3, &err), &err,
                   "Position must be greater than or equal to 1");
    expect_refusal(rule_range("Position", 4, 1, 3, &err), &err,
                   "Position must be less than or equal to 3");
}

static void rule_object__anything_but_an_object__is_refused(void **state)
{
    static const char *const bad[] = {"", "[]", "1", "{", "{} {}", "{\"a\":1,\"a\":2}"};
    struct err err = {0};
    (void)state;
    assert_true(rule_object("Data", NULL, 10, &err));
    assert_true(rule_object("Data", " {\"a\": 1}", 100, &err));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        expect_refusal(rule_object("Data", bad[i], 100, &err), &err, "Data is not a JSON object");
    expect_refusal(rule_object("Data", "{\"a\":1}", 6, &err), &err,
                   "Data is too long (maximum is 6 characters)");
}

static void rule_code__what_topics_and_paths_can_carry__passes(void **state)
{
    static const char *const good[] = {"btc", "1inch", "usd-t", "a.b_c"};
    static const char *const bad[] = {"BTC", "-a",  "a:b", "a b", "\xc3\xa4",
                                      "a/b", "a'b", "#",   "*"};
    struct err err = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(rule_code("Code", good[i], 10, &err));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(rule_code("Code", bad[i], 10, &err));
    assert_false(rule_code("Code", "", 10, &err));
    assert_false(rule_code("Code", "abcdefghijk", 10, &err));
}

static void rule_url__needs_http_and_a_host(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(rule_url("Server", NULL, &err));
    assert_true(rule_url("Server", "http://127.0.0.1:8545", &err));
    assert_true(rule_url("Server", "https://user:secret@node/", &err));
    assert_false(rule_url("Server", "https://", &err));
    assert_false(rule_url("Server", "ftp://node", &err));
    assert_false(rule_url("Server", "http://no de", &err));
    expect_refusal(rule_url("Server", "node", &err), &err, "Server is not a valid URL");
}

static void rule_unique__only_a_conflict__becomes_a_sentence(void **state)
{
    struct err err = {0};
    (void)state;
    assert_true(rule_unique("Key", true, &err));
    err_set(&err, ERR_CONFLICT, "database: 1062 duplicate");
    expect_refusal(rule_unique("Key", false, &err), &err, "Key has already been taken");
    err_set(&err, ERR_DB_UNAVAILABLE, "gone");
    assert_false(rule_unique("Key", false, &err));
    assert_int_equal(err.code, ERR_DB_UNAVAILABLE);
}

static void take__what_was_not_given__stays(void **state)
{
    const char *text = "old";
    struct dec dec = dec_from_i64(1);
    int64_t number = 1;
    bool flag = true;
    (void)state;
    take_text(&text, NULL);
    take_dec(&dec, (struct param_dec){.value = DEC_ZERO});
    take_i64(&number, (struct param_i64){.value = 2});
    take_bool(&flag, (struct param_bool){.value = false});
    assert_string_equal(text, "old");
    assert_int_equal(dec_cmp(dec, dec_from_i64(1)), 0);
    assert_int_equal(number, 1);
    assert_true(flag);
    take_text(&text, "");
    take_dec(&dec, (struct param_dec){DEC_ZERO, true});
    take_i64(&number, (struct param_i64){2, true});
    take_bool(&flag, (struct param_bool){false, true});
    assert_null(text);
    assert_true(dec_is_zero(dec));
    assert_int_equal(number, 2);
    assert_false(flag);
}

static void lower_text__blanks_around__are_cut(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    assert_null(lower_text(arena, NULL));
    assert_string_equal(lower_text(arena, " VIP-1\n"), "vip-1");
    assert_string_equal(lower_text(arena, "  "), "");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_present__blank_text__is_refused),
        cmocka_unit_test(rule_length__counts_characters__not_bytes),
        cmocka_unit_test(rule_word__part_of_a_word__is_refused),
        cmocka_unit_test(rule_range__bounds__are_inside),
        cmocka_unit_test(rule_object__anything_but_an_object__is_refused),
        cmocka_unit_test(rule_code__what_topics_and_paths_can_carry__passes),
        cmocka_unit_test(rule_url__needs_http_and_a_host),
        cmocka_unit_test(rule_unique__only_a_conflict__becomes_a_sentence),
        cmocka_unit_test(take__what_was_not_given__stays),
        cmocka_unit_test(lower_text__blanks_around__are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
