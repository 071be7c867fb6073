/* The permission table that we ship, against the contract's, and the limits by attribute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/abilities.h"

#include "base/auto.h"

#include <string.h>

DEFINE_AUTO(struct abilities, abilities_free);

static struct abilities *shipped(void)
{
    struct abilities *abilities = NULL;
    struct err err;
    if (!abilities_open("deploy/config/abilities.yml", &abilities, &err))
        fail_msg("%s", err.what);
    return abilities;
}

static struct abilities *read_text(const char *text)
{
    struct abilities *abilities = NULL;
    struct err err;
    return abilities_read_text(text, strlen(text), &abilities, &err) ? abilities : NULL;
}

/* Columns of the contract's table: superadmin and admin, technical, accountant, compliance, support,
 * reporter. M manage, R read, C create, U update. */
static const struct {
    const char *subjects[4];
    const char *roles[6];
} admin_table[] = {
    {{"Operations::Account", "Operations::Asset", "Operations::Expense", "Operations::Liability"},
     {"M", "R", "R", "R", "R", "R"}},
    {{"Operations::Revenue"}, {"M", "", "R", "", "", "R"}},
    {{"Member"}, {"M", "R", "R", "R", "R", ""}},
    {{"Account", "Beneficiary", "PaymentAddress"}, {"M", "", "R", "R", "R", ""}},
    {{"Deposit", "Withdraw"}, {"M", "", "R", "R", "R", "R"}},
    {{"Deposits::Fiat"}, {"C", "", "C", "", "", ""}},
    {{"WithdrawLimit"}, {"M", "M", "R", "", "", ""}},
    {{"Blockchain"}, {"M", "M", "R", "", "", "R"}},
    {{"Currency", "BlockchainCurrency"}, {"M", "M", "R", "R", "R", "R"}},
    {{"Engine", "Market"}, {"M", "M", "R", "R", "R", ""}},
    {{"TradingFee"}, {"M", "M", "R", "", "", ""}},
    {{"Wallet"}, {"M", "M", "R", "", "", "R"}},
    {{"Adjustment"}, {"M", "", "RC", "", "", ""}},
    {{"InternalTransfer"}, {"M", "R", "R", "", "R", ""}},
    {{"WhitelistedSmartContract"}, {"M", "", "", "", "", ""}},
    {{"Trade"}, {"R", "R", "R", "R", "R", ""}},
    {{"Order"}, {"RU", "RU", "R", "R", "R", ""}},
};
static const struct {
    const char *name;
    size_t column;
} admin_roles[] = {{"superadmin", 0}, {"admin", 0},   {"technical", 1}, {"accountant", 2},
                   {"compliance", 3}, {"support", 4}, {"reporter", 5}};
static const struct {
    const char *name;
    char letter;
} actions[] = {{"read", 'R'}, {"create", 'C'}, {"update", 'U'}, {"destroy", 'D'}, {"wrrie", 'W'}};

static void abilities_permit__admin_side__is_the_contracts_table(void **state)
{
    (void)state;
    AUTO_FREE(abilities_free) struct abilities *abilities = shipped();
    for (size_t row = 0; row < ARRAY_LEN(admin_table); row++)
        for (size_t s = 0; s < 4 && admin_table[row].subjects[s]; s++)
            for (size_t r = 0; r < ARRAY_LEN(admin_roles); r++)
                for (size_t a = 0; a < ARRAY_LEN(actions); a++) {
                    const char *cell = admin_table[row].roles[admin_roles[r].column];
                    bool expected = strchr(cell, 'M') || strchr(cell, actions[a].letter);
                    if (abilities_permit(abilities, ABILITY_ADMIN, admin_roles[r].name,
                                         actions[a].name, admin_table[row].subjects[s]) != expected)
                        fail_msg("%s %s %s", admin_roles[r].name, actions[a].name,
                                 admin_table[row].subjects[s]);
                }
}

static void abilities_permit__roles_without_admin_row__may_nothing(void **state)
{
    (void)state;
    AUTO_FREE(abilities_free) struct abilities *abilities = shipped();
    static const char *const roles[] = {"member",   "broker", "trader", "maker",
                                        "sa_maker", "king",   ""};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        for (size_t row = 0; row < ARRAY_LEN(admin_table); row++)
            assert_false(abilities_permit(abilities, ABILITY_ADMIN, roles[i], "read",
                                          admin_table[row].subjects[0]));
}

static void abilities_permit__user_side__all_but_sa_maker(void **state)
{
    (void)state;
    AUTO_FREE(abilities_free) struct abilities *abilities = shipped();
    static const char *const roles[] = {"superadmin", "admin",   "technical", "accountant",
                                        "compliance", "support", "member",    "broker",
                                        "trader",     "maker",   "reporter"};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        assert_true(abilities_has_role(abilities, roles[i]));
        assert_true(abilities_permit(abilities, ABILITY_USER, roles[i], "create", "Withdraw"));
    }
    assert_true(abilities_has_role(abilities, "sa_maker"));
    assert_true(abilities_permit(abilities, ABILITY_USER, "sa_maker", "create", "Order"));
    assert_true(abilities_permit(abilities, ABILITY_USER, "sa_maker", "update", "Order"));
    assert_true(
        abilities_permit(abilities, ABILITY_USER, "sa_maker", "read", "Operations::Account"));
    assert_true(abilities_permit(abilities, ABILITY_USER, "sa_maker", "read", "StatsMemberPnl"));
    assert_false(abilities_permit(abilities, ABILITY_USER, "sa_maker", "create", "Withdraw"));
    assert_false(abilities_permit(abilities, ABILITY_USER, "sa_maker", "read", "Deposit"));
    assert_false(abilities_has_role(abilities, "king"));
}

static const char limited[] =
    "roles: [technical, admin]\n"
    "admin_permissions:\n"
    "  technical: {read: [Currency], update: [{Currency: [status, icon_url]}]}\n"
    "  admin: {manage: [all]}\n"
    "user_permissions: {technical: {manage: [all]}}\n";

static void abilities_permit_attribute__limited_item__covers_these_only(void **state)
{
    (void)state;
    AUTO_FREE(abilities_free) struct abilities *abilities = read_text(limited);
    assert_non_null(abilities);
    assert_true(abilities_permit(abilities, ABILITY_ADMIN, "technical", "update", "Currency"));
    assert_true(abilities_permit_attribute(abilities, ABILITY_ADMIN, "technical", "update",
                                           "Currency", "status"));
    assert_false(abilities_permit_attribute(abilities, ABILITY_ADMIN, "technical", "update",
                                            "Currency", "price"));
    assert_true(abilities_permit_attribute(abilities, ABILITY_ADMIN, "admin", "update", "Currency",
                                           "price"));
}

static void abilities_write_role__any_role__is_its_part_of_the_file(void **state)
{
    (void)state;
    AUTO_FREE(abilities_free) struct abilities *abilities = read_text(limited);
    AUTO(str_release) struct str out = STR_INIT(4096);
    abilities_write_role(abilities, "technical", &out);
    assert_string_equal(str_data(&out), "{\"read\":[\"Currency\"],"
                                        "\"update\":[{\"Currency\":[\"status\",\"icon_url\"]}]}");
    str_clear(&out);
    abilities_write_role(abilities, "member", &out);
    assert_string_equal(str_data(&out), "{}");
}

static void abilities_read_text__malformed__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "roles: [a]\n",
        "roles: {}\nadmin_permissions: {}\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: []\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: {b: {read: [X]}}\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: {a: [X]}\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: {a: {read: X}}\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: {a: {read: [[X]]}}\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: {a: {read: [{X: y}]}}\nuser_permissions: {}\n",
        "roles: [a]\nadmin_permissions: {a: {read: [{X: [[y]]}]}}\nuser_permissions: {}\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (read_text(bad[i]))
            fail_msg("read: %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abilities_permit__admin_side__is_the_contracts_table),
        cmocka_unit_test(abilities_permit__roles_without_admin_row__may_nothing),
        cmocka_unit_test(abilities_permit__user_side__all_but_sa_maker),
        cmocka_unit_test(abilities_permit_attribute__limited_item__covers_these_only),
        cmocka_unit_test(abilities_write_role__any_role__is_its_part_of_the_file),
        cmocka_unit_test(abilities_read_text__malformed__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
