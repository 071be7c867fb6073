/* Limits of withdrawals: which rule fits, and that none is exceeded by one unit (W-26). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "accounting/domain/withdraw_limit.h"

static const struct withdraw_limit_rule rules[] = {
    {"any", "any", {0}, {0}}, {"vip-1", "any", {0}, {0}}, {"any", "1", {0}, {0}},
    {"vip-1", "1", {0}, {0}}, {"vip-2", "1", {0}, {0}},
};

static void weight__exact_level_before_exact_group(void **state)
{
    static const int weights[] = {0, 1, 10, 11, -1};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        assert_int_equal(withdraw_limit_weight(&rules[i], "vip-1", 1), weights[i]);
    assert_int_equal(withdraw_limit_weight(&rules[2], "vip-1", 2), -1);
}

static struct withdraw_sums sums_of(const char *day, const char *month)
{
    return (struct withdraw_sums){.last_24_hours = dec_of(day), .last_1_month = dec_of(month)};
}

/* Reference 11.6: limits 6 and 10. */
static void judge__edges__to_the_unit(void **state)
{
    const struct withdraw_limit_rule rule = {.group = "vip-1",
                                             .kyc_level = "1",
                                             .limit_24_hour = dec_of("6"),
                                             .limit_1_month = dec_of("10")};
    static const struct {
        const char *day, *month;
        enum withdraw_verdict verdict;
    } cases[] = {
        {"5", "5", VERDICT_WITHIN},
        {"6", "10", VERDICT_WITHIN},
        {"6.0000000000000001", "10", VERDICT_ABOVE_24_HOURS},
        {"6", "10.0000000000000001", VERDICT_ABOVE_1_MONTH},
        {"1000", "1000", VERDICT_ABOVE_24_HOURS},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct withdraw_sums sums = sums_of(cases[i].day, cases[i].month);
        assert_int_equal(withdraw_limit_judge(&rule, &sums), cases[i].verdict);
    }
}

static void judge__no_rule_or_both_zero__is_no_limit(void **state)
{
    struct withdraw_sums sums = sums_of("1000000", "1000000");
    struct withdraw_limit_rule rule = {.group = "any", .kyc_level = "any"};
    (void)state;
    sums.price_unknown = true;
    assert_int_equal(withdraw_limit_judge(NULL, &sums), VERDICT_WITHIN);
    assert_int_equal(withdraw_limit_judge(&rule, &sums), VERDICT_WITHIN);
    rule.limit_1_month = dec_of("10"); /* the zero beside it is a limit of nothing */
    assert_int_equal(withdraw_limit_judge(&rule, &sums), VERDICT_PRICE_UNKNOWN);
    sums = sums_of("1", "1");
    assert_int_equal(withdraw_limit_judge(&rule, &sums), VERDICT_ABOVE_24_HOURS);
}

static void add__value__is_rounded_up(void **state)
{
    struct withdraw_sums sums = {.price_unknown = false};
    (void)state;
    assert_true(
        withdraw_sums_add(&sums, dec_of("0.3333333333333333"), dec_of("0.5"), dec_of("0.5")));
    assert_int_equal(dec_cmp(sums.last_24_hours, dec_of("0.1666666666666667")), 0);
    assert_true(withdraw_sums_add(&sums, dec_of("0"), dec_of("1"), dec_of("1")));
    assert_true(sums.price_unknown);
    assert_false(
        withdraw_sums_add(&sums, dec_of("90000000000000000000"), dec_of("2"), dec_of("2")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weight__exact_level_before_exact_group),
        cmocka_unit_test(judge__edges__to_the_unit),
        cmocka_unit_test(judge__no_rule_or_both_zero__is_no_limit),
        cmocka_unit_test(add__value__is_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
