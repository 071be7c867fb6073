/* Scopes: lists of words, and what they open at the edge and behind it. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "contract/scope.h"

static void scopes__are_read_written_and_open_what_the_table_says(void **state)
{
    (void)state;
    char text[SCOPES_TEXT_MAX];
    scope_set set = 0;
    assert_true(scopes_parse("email openid openid", &set));
    assert_string_equal(scopes_text(set, text), "openid email");
    assert_true(scopes_parse(NULL, &set));
    assert_int_equal(set, 0);
    assert_true(scopes_parse(scopes_text(SCOPE_ALL, text), &set));
    assert_int_equal(set, SCOPE_ALL);
    static const char *const bad[] = {"openid ", " openid", "openid  email",
                                      "root",    "OPENID",  "openid\temail"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(scopes_parse(bad[i], &set));
    scope_set reading = SCOPE_BIT(PEATIO_READ), trade = SCOPE_BIT(PEATIO_TRADE);
    assert_true(scopes_permit(reading, "GET", "api/v2/peatio/account/balances"));
    assert_true(scopes_permit(reading, "HEAD", "api/v2/peatio/account"));
    assert_false(scopes_permit(reading, "POST", "api/v2/peatio/market/orders"));
    assert_false(scopes_permit(reading, "GET", "api/v2/peatio/accounts"));
    assert_false(scopes_permit(reading, "GET", "api/v2/peatio/admin/members"));
    assert_true(scopes_permit(trade, "POST", "api/v2/peatio/market/orders"));
    assert_false(scopes_permit(trade, "POST", "api/v2/peatio/account/withdraws"));
    assert_true(scopes_permit(SCOPE_BIT(PEATIO), "POST", "api/v2/peatio/account/withdraws"));
    assert_false(scopes_permit(SCOPE_ALL, "POST", "api/v2/barong/resource/api_keys"));
    assert_false(scopes_permit(SCOPE_ALL, "GET", "api/v2/barong/admin/users"));
    assert_false(scopes_permit(0, "GET", "api/v2/peatio/account"));
}

static void scopes__behind_the_edge__open_the_same(void **state)
{
    (void)state;
    static const struct {
        scope_set set;
        const char *verb, *service, *path;
        bool good;
    } rows[] = {
        {SCOPE_BIT(PEATIO_READ), "GET", "peatio", "/api/v2/account/balances", true},
        {SCOPE_BIT(PEATIO_READ), "POST", "peatio", "/api/v2/market/orders", false},
        {SCOPE_BIT(PEATIO_READ), "GET", "barong", "/api/v2/account/balances", false},
        {SCOPE_BIT(PEATIO_READ), "GET", "peatio", "api/v2/account/balances", false},
        {SCOPE_BIT(PEATIO_READ), "GET", "peatio", "/api/v2", false},
        {SCOPE_BIT(PEATIO_READ), "GET", "peatio", "/api/v2/", false},
        {SCOPE_BIT(PEATIO_READ), "GET", "", "/api/v2/peatio/account/balances", false},
        {SCOPE_BIT(PEATIO_TRADE), "POST", "peatio", "/api/v2/market/orders/1/cancel", true},
        {SCOPE_BIT(PEATIO_TRADE), "GET", "peatio", "/api/v2/account/balances", false},
        {SCOPE_BIT(BARONG), "GET", "barong", "/api/v2/resource/users/me", true},
        {SCOPE_ALL, "POST", "barong", "/api/v2/resource/api_keys", false},
        {0, "GET", "peatio", "/api/v2/account/balances", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(scopes_permit_at(rows[i].set, rows[i].verb, rows[i].service, rows[i].path),
                         rows[i].good);
}

static void scopes__unlimited__is_no_sum_of_scopes(void **state)
{
    (void)state;
    assert_true(scopes_permit(SCOPES_UNLIMITED, "POST", "api/v2/barong/resource/api_keys"));
    assert_true(scopes_permit_at(SCOPES_UNLIMITED, "PUT", "peatio", "/api/v2/admin/markets"));
    assert_true(SCOPE_ALL != SCOPES_UNLIMITED);
    assert_false(scopes_permit(SCOPE_ALL, "PUT", "api/v2/peatio/admin/markets"));
    assert_false(scopes_permit(SCOPE_ALL, "GET", "api/v2/peatio"));
    assert_false(scopes_permit(SCOPE_ALL, "GET", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes__are_read_written_and_open_what_the_table_says),
        cmocka_unit_test(scopes__behind_the_edge__open_the_same),
        cmocka_unit_test(scopes__unlimited__is_no_sum_of_scopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
