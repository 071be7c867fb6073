/* The permission table: default no, DROP wins, prefixes are plain, roles are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/permission.h"

#define ROW(role_, verb_, path_, action_, topic_)                                                  \
    {                                                                                              \
        .verb = VERB_IS_##verb_, .action = ACTION_IS_##action_, .role = role_, .path = path_,      \
        .topic = topic_                                                                            \
    }

static const struct permission rows[] = {
    ROW("admin", ALL, "api/v2", ACCEPT, ""),
    ROW("admin", ALL, "api/v2/barong/admin/permissions", DROP, "permissions"),
    ROW("admin", PUT, "api/v2/", AUDIT, "general"),
    ROW("admin", DELETE, "api/v2/", AUDIT, ""),
    ROW("lister", GET, "api/v2/admin/users/list", ACCEPT, ""),
    ROW("watcher", POST, "api/v2/peatio", AUDIT, "watched"),
    ROW("member", ALL, "api/v2/peatio/account", ACCEPT, ""),
    ROW("member", GET, "api/v2/ranger", ACCEPT, ""),
};

static struct permission_set *made(void)
{
    struct permission_set *set = permission_set_new(rows, ARRAY_LEN(rows));
    assert_non_null(set);
    return set;
}

static void permission_ask__table__decides(void **state)
{
    static const struct {
        const char *role, *method, *path;
        bool accepted, audited;
        const char *topic;
    } asked[] = {
        {"member", "GET", "api/v2/peatio/account/balances", true, false, ""},
        {"member", "DELETE", "api/v2/peatio/accounts", true, false, ""},
        {"member", "GET", "api/v2/peatio/market/orders", false, false, ""},
        {"member", "GET", "api/v2/ranger/private", true, false, ""},
        {"member", "HEAD", "api/v2/ranger/private", false, false, ""},
        {"member", "POST", "api/v2/ranger/private", false, false, ""},
        {"member", "GET", "", false, false, ""},
        {"Member", "GET", "api/v2/peatio/account/balances", false, false, ""},
        {"membe", "GET", "api/v2/peatio/account/balances", false, false, ""},
        {"", "GET", "api/v2/peatio/account/balances", false, false, ""},
        {"nobody", "GET", "api/v2/peatio/account", false, false, ""},
        {"lister", "GET", "api/v2/admin/users/list", true, false, ""},
        {"lister", "POST", "api/v2/admin/users/list", false, false, ""},
        {"lister", "GET", "api/v2/admin/users/lis", false, false, ""},
        {"lister", "GET", "api/v2/admin/user/list", false, false, ""},
        {"admin", "GET", "api/v2/barong/admin/users", true, false, ""},
        {"admin", "PUT", "api/v2/barong/admin/users", true, true, "general"},
        {"admin", "DELETE", "api/v2/barong/admin/users", true, true, ""},
        {"admin", "GET", "api/v2/barong/admin/permissions", false, false, "permissions"},
        {"admin", "PUT", "api/v2/barong/admin/permissions/1", false, true, "general"},
        {"admin", "TRACE", "api/v2/barong/admin/users", true, false, ""},
        {"watcher", "POST", "api/v2/peatio/x", false, true, "watched"},
    };
    struct permission_set *set = made();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        struct permission_answer answer =
            permission_ask(set, asked[i].role, permission_verb_of(asked[i].method), asked[i].path);
        if (answer.accepted != asked[i].accepted || answer.audited != asked[i].audited ||
            strcmp(answer.topic, asked[i].topic) != 0)
            fail_msg("%s %s %s: %d %d %s", asked[i].role, asked[i].method, asked[i].path,
                     answer.accepted, answer.audited, answer.topic);
    }
    permission_set_free(set);
}

static void permission_ask__empty_table__refuses_all(void **state)
{
    struct permission_set *set = permission_set_new(NULL, 0);
    (void)state;
    assert_false(permission_ask(set, "superadmin", VERB_IS_GET, "api/v2").accepted);
    assert_false(permission_set_has_role(set, "member"));
    permission_set_free(set);
    permission_set_free(NULL);
}

static void permission_set_has_role__exact_names__only(void **state)
{
    struct permission_set *set = made();
    (void)state;
    assert_true(permission_set_has_role(set, "watcher"));
    assert_false(permission_set_has_role(set, "watch"));
    assert_false(permission_set_has_role(set, ""));
    permission_set_free(set);
}

static void words__any_case__are_read(void **state)
{
    enum permission_verb verb;
    enum permission_action action;
    (void)state;
    assert_true(permission_verb_parse("all", &verb) && verb == VERB_IS_ALL);
    assert_true(permission_verb_parse("Patch", &verb) && verb == VERB_IS_PATCH);
    assert_false(permission_verb_parse("TRACE", &verb));
    assert_false(permission_verb_parse(NULL, &verb));
    assert_true(permission_action_parse("accept", &action) && action == ACTION_IS_ACCEPT);
    assert_true(permission_action_parse("AUDIT", &action) && action == ACTION_IS_AUDIT);
    assert_false(permission_action_parse("", &action));
    assert_int_equal(permission_verb_of("ALL"), VERB_IS_OTHER);
    assert_int_equal(permission_verb_of("OTHER"), VERB_IS_OTHER);
    assert_int_equal(permission_verb_of("HEAD"), VERB_IS_HEAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permission_ask__table__decides),
        cmocka_unit_test(permission_ask__empty_table__refuses_all),
        cmocka_unit_test(permission_set_has_role__exact_names__only),
        cmocka_unit_test(words__any_case__are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
