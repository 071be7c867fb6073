/* Restrictions: the order of categories and scopes, places by name and by code, defaults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/restriction.h"

#define LOGIN "api/v2/barong/identity/sessions"
#define ACCESS "api/v2/barong/identity/users/access"
#define OTHER "api/v2/barong/resource/users/me"
#define ROW(category_, scope_, value_, code_)                                                      \
    {                                                                                              \
        .category = CATEGORY_##category_, .scope = WHERE_##scope_, .value = value_, .code = code_  \
    }

static struct restriction_answer ask(const struct restriction *rows, size_t count, const char *ip,
                                     const char *path)
{
    struct restriction_visitor visitor = {.country_code = "JP",
                                          .country_name = "Japan",
                                          .continent_code = "AS",
                                          .continent_name = "Asia"};
    struct restriction_set *set = restriction_set_new(rows, count);
    assert_non_null(set);
    assert_true(address_parse(ip, &visitor.address));
    struct restriction_answer answer = restriction_ask(set, &visitor, path);
    restriction_set_free(set);
    return answer;
}

/* 0: let in. */
static int code(const struct restriction *rows, size_t count, const char *ip, const char *path)
{
    struct restriction_answer answer = ask(rows, count, ip, path);
    return answer.refused ? answer.code : 0;
}

#define CODE(ip, path, ...)                                                                        \
    code((const struct restriction[]){__VA_ARGS__},                                                \
         ARRAY_LEN(((const struct restriction[]){__VA_ARGS__})), ip, path)

static void restriction_ask__each_scope__refuses_with_its_default(void **state)
{
    (void)state;
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, IP, "1.2.3.4", 0)), 401);
    assert_int_equal(CODE("::ffff:1.2.3.4", OTHER, ROW(BLACKLIST, IP, "1.2.3.4", 0)), 401);
    assert_int_equal(CODE("1.2.3.5", OTHER, ROW(BLACKLIST, IP, "1.2.3.4", 0)), 0);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, IP_SUBNET, "1.2.0.0/16", 0)), 403);
    assert_int_equal(CODE("1.3.3.4", OTHER, ROW(BLACKLIST, IP_SUBNET, "1.2.0.0/16", 0)), 0);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, COUNTRY, "japan", 0)), 423);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, COUNTRY, "jp", 0)), 423);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, COUNTRY, "Jap", 0)), 0);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, CONTINENT, "ASIA", 0)), 423);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, CONTINENT, "EU", 0)), 0);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, ALL, "all", 0)), 401);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(MAINTENANCE, ALL, "all", 0)), 471);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, IP, "1.2.3.4", 451)), 451);
}

static void restriction_ask__categories__in_their_order(void **state)
{
    (void)state;
    assert_int_equal(
        CODE("1.2.3.4", OTHER, ROW(BLACKLIST, IP, "1.2.3.4", 0), ROW(MAINTENANCE, ALL, "all", 0)),
        471);
    assert_int_equal(
        CODE("1.2.3.4", OTHER, ROW(MAINTENANCE, ALL, "all", 0), ROW(WHITELIST, IP, "1.2.3.4", 0)),
        0);
    assert_int_equal(CODE("1.2.3.4", LOGIN, ROW(BLOCKLOGIN, ALL, "all", 425)), 425);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLOCKLOGIN, ALL, "all", 425)), 0);
    assert_int_equal(CODE("1.2.3.4", LOGIN "/x", ROW(BLOCKLOGIN, ALL, "all", 425)), 0);
    assert_int_equal(CODE("1.2.3.4", LOGIN, ROW(BLOCKLOGIN, ALL, "all", 425),
                          ROW(WHITELIST, IP_SUBNET, "1.0.0.0/8", 0)),
                     0);
    assert_int_equal(CODE("1.2.3.4", ACCESS, ROW(MAINTENANCE, ALL, "all", 0)), 0);
}

static void restriction_ask__scopes__all_before_ip_before_the_rest(void **state)
{
    (void)state;
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, COUNTRY, "Japan", 441),
                          ROW(BLACKLIST, CONTINENT, "Asia", 442),
                          ROW(BLACKLIST, IP_SUBNET, "1.0.0.0/8", 443),
                          ROW(BLACKLIST, IP, "1.2.3.4", 444)),
                     444);
    assert_int_equal(CODE("1.9.9.9", OTHER, ROW(BLACKLIST, COUNTRY, "Japan", 441),
                          ROW(BLACKLIST, CONTINENT, "Asia", 442),
                          ROW(BLACKLIST, IP_SUBNET, "1.0.0.0/8", 443)),
                     443);
    assert_int_equal(CODE("1.9.9.9", OTHER, ROW(BLACKLIST, COUNTRY, "Japan", 441),
                          ROW(BLACKLIST, CONTINENT, "Asia", 442)),
                     442);
}

static void restriction_ask__many_addresses__each_found(void **state)
{
    enum { COUNT = 1000 };
    static struct restriction rows[COUNT];
    char ip[32];
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        rows[i] = (struct restriction)ROW(BLACKLIST, IP, "", 0);
        snprintf(rows[i].value, sizeof(rows[i].value), "10.%d.%d.1", (i * 7) % 256, i / 256);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(code(rows, COUNT, rows[i].value, OTHER), 401);
        snprintf(ip, sizeof(ip), "10.%d.%d.2", (i * 7) % 256, i / 256);
        assert_int_equal(code(rows, COUNT, ip, OTHER), 0);
    }
}

static void restriction_ask__bad_rows__match_nothing_and_never_answer_fine(void **state)
{
    (void)state;
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, IP, "1.2.3", 0)), 0);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, IP_SUBNET, "x/8", 0)), 0);
    assert_int_equal(CODE("1.2.3.4", OTHER, ROW(BLACKLIST, ALL, "all", 200)), 401);
    assert_int_equal(code(NULL, 0, "1.2.3.4", OTHER), 0);
}

static void restriction_ask__no_place_known__no_place_matches(void **state)
{
    static const struct restriction rows[] = {ROW(BLACKLIST, COUNTRY, "Japan", 0)};
    struct restriction_visitor visitor = {.country_name = "", .country_code = NULL};
    struct restriction_set *set = restriction_set_new(rows, ARRAY_LEN(rows));
    (void)state;
    assert_true(restriction_set_needs_place(set));
    assert_true(address_parse("1.2.3.4", &visitor.address));
    assert_false(restriction_ask(set, &visitor, OTHER).refused);
    restriction_set_free(set);
    restriction_set_free(NULL);
}

static void words_and_values__are_checked(void **state)
{
    enum restriction_category category;
    enum restriction_scope scope;
    char longest[RESTRICTION_VALUE_MAX + 2];
    (void)state;
    for (enum restriction_category each = 0; each < CATEGORY_MAX; each++)
        assert_true(restriction_category_parse(restriction_category_word(each), &category) &&
                    category == each);
    for (enum restriction_scope each = 0; each < WHERE_MAX; each++)
        assert_true(restriction_scope_parse(restriction_scope_word(each), &scope) && scope == each);
    assert_false(restriction_category_parse("greylist", &category));
    assert_false(restriction_scope_parse(NULL, &scope));
    assert_true(restriction_value_fits(WHERE_IP, "2001:db8::1"));
    assert_false(restriction_value_fits(WHERE_IP, "1.2.3.0/24"));
    assert_true(restriction_value_fits(WHERE_IP_SUBNET, "1.2.3.0/24"));
    assert_false(restriction_value_fits(WHERE_COUNTRY, ""));
    assert_false(restriction_value_fits(WHERE_ALL, NULL));
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_false(restriction_value_fits(WHERE_COUNTRY, longest));
    longest[RESTRICTION_VALUE_MAX] = '\0';
    assert_true(restriction_value_fits(WHERE_COUNTRY, longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restriction_ask__each_scope__refuses_with_its_default),
        cmocka_unit_test(restriction_ask__categories__in_their_order),
        cmocka_unit_test(restriction_ask__scopes__all_before_ip_before_the_rest),
        cmocka_unit_test(restriction_ask__many_addresses__each_found),
        cmocka_unit_test(restriction_ask__bad_rows__match_nothing_and_never_answer_fine),
        cmocka_unit_test(restriction_ask__no_place_known__no_place_matches),
        cmocka_unit_test(words_and_values__are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
