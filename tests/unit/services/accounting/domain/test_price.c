/* How a price follows its market, and amounts the price: what a thin or pushed market can't do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "accounting/domain/price.h"

static void assert_step(const char *price, const char *amount, const char *total,
                        enum price_step step, const char *expected)
{
    struct price_rule rule;
    struct err err;
    struct dec next = dec_of(price);
    assert_true(price_rule_parse("10000", "0.02", &rule, &err));
    assert_int_equal(price_next(&rule, dec_of(price),
                                &(struct price_turnover){dec_of(amount), dec_of(total)}, &next),
                     step);
    assert_dec(next, expected);
}

static void next__enough_was_traded__the_average(void **state)
{
    (void)state;
    assert_step("100", "99", "10000", PRICE_MOVED, "101.0101010101010101"); /* rounded down */
    assert_step("100", "101", "10000", PRICE_MOVED, "99.0099009900990099");
    assert_step("100", "100", "10000", PRICE_KEPT, "100.0");
}

static void next__thin_or_no_market__is_kept(void **state)
{
    (void)state;
    assert_step("100", "99", "9999.9999999999999999", PRICE_KEPT, "100.0");
    assert_step("100", "0", "0", PRICE_KEPT, "100.0");
    assert_step("100", "0", "10000", PRICE_KEPT, "100.0");
}

static void next__far_away__a_bounded_step(void **state)
{
    (void)state;
    assert_step("100", "1", "10000", PRICE_BOUNDED, "102.0");
    assert_step("100", "1000000", "10000", PRICE_BOUNDED, "98.0");
    /* The edge is a step that is whole. */
    assert_step("100", "1000", "102000", PRICE_MOVED, "102.0");
    assert_step("100", "1000", "98000", PRICE_MOVED, "98.0");
    assert_step("100", "1000", "102000.000000000001", PRICE_BOUNDED, "102.0");
}

static void next__again_and_again__gets_there(void **state)
{
    struct price_rule rule;
    struct err err;
    struct dec price = dec_of("100");
    enum price_step step = PRICE_BOUNDED;
    (void)state;
    assert_true(price_rule_parse("0", "0.5", &rule, &err));
    for (int i = 0; i < 3 && step == PRICE_BOUNDED; i++)
        step =
            price_next(&rule, price, &(struct price_turnover){dec_of("1"), dec_of("300")}, &price);
    assert_int_equal(step, PRICE_MOVED); /* 150, 225, 300 */
    assert_dec(price, "300.0");
}

static void next__no_share_of_it_is_a_step__is_kept(void **state)
{
    (void)state;
    assert_step("0", "100", "10000", PRICE_KEPT, "0.0");
    assert_step("0.0000000000000001", "100", "10000", PRICE_KEPT, "0.0000000000000001");
    /* A step that leaves the range of a decimal. */
    assert_step("99999999999999999999", "1", "99999999999999999998", PRICE_KEPT,
                "99999999999999999999.0");
}

static void parse__no_share_or_amount__names_the_setting(void **state)
{
    static const char *const wrong[][2] = {{"-1", "0.1"}, {"x", "0.1"},  {"", "0.1"},  {"1", "0"},
                                           {"1", "1"},    {"1", "-0.1"}, {"1", "10%"}, {"1", ""}};
    struct price_rule rule;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(price_rule_parse(wrong[i][0], wrong[i][1], &rule, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.what, i < 3 ? "PRICE_MIN_VOLUME" : "PRICE_MAX_CHANGE"));
    }
}

static void assert_amount(const char *value, const char *price, int precision, int64_t factor,
                          const char *expected)
{
    struct dec amount = dec_of("7");
    assert_int_equal(price_amount(dec_of(value), dec_of(price), precision, factor, &amount),
                     expected != NULL);
    assert_dec(amount, expected ? expected : "7.0");
}

static void amount__cut_to_what_currency_and_chain_have(void **state)
{
    (void)state;
    assert_amount("2", "3", 16, 1000000000000000000, "0.6666666666666666");
    assert_amount("2", "3", 8, 1000000000000000000, "0.66666666");
    assert_amount("2", "3", 8, 1000, "0.666");
    assert_amount("5", "3", 8, 1, "1.0");
}

static void amount__no_value_or_price_or_nothing_left__what_is_there_stays(void **state)
{
    (void)state;
    assert_amount("0", "3", 8, 100000000, NULL);
    assert_amount("2", "0", 8, 100000000, NULL);
    assert_amount("0.0001", "65000", 8, 100000000, NULL);
    assert_amount("99999999999999999999", "0.1", 8, 100000000, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next__enough_was_traded__the_average),
        cmocka_unit_test(next__thin_or_no_market__is_kept),
        cmocka_unit_test(next__far_away__a_bounded_step),
        cmocka_unit_test(next__again_and_again__gets_there),
        cmocka_unit_test(next__no_share_of_it_is_a_step__is_kept),
        cmocka_unit_test(parse__no_share_or_amount__names_the_setting),
        cmocka_unit_test(amount__cut_to_what_currency_and_chain_have),
        cmocka_unit_test(amount__no_value_or_price_or_nothing_left__what_is_there_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
