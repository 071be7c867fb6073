/* Profit and loss: what a trade does to both members, and the average price of what is held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/domain/pnl.h"
#include "tests/support/dec.h"

static void apply(struct pnl_row *row, const char *credit, const char *debit, const char *value)
{
    struct err err;
    const struct pnl_change change = {
        .credit = dec_of(credit), .debit = dec_of(debit), .value = dec_of(value)};
    assert_true(pnl_apply(row, &change, &err));
}

static void pnl_apply__buy_buy_sell__keeps_the_average(void **state)
{
    (void)state;
    struct pnl_row row = {.key = {.currency_id = "btc", .member_id = 1}};
    apply(&row, "1", "0", "100");
    assert_dec(row.average_balance_price, "100.0");
    apply(&row, "3", "0", "500");
    assert_dec(row.average_balance_price, "150.0");
    apply(&row, "0", "2", "900"); /* sold dear: what is held keeps its price */
    assert_dec(row.average_balance_price, "150.0");
    assert_dec(row.total_balance_value, "300.0");
    assert_dec(row.total_debit_value, "900.0");
    assert_dec(row.total_credit_value, "600.0");
    apply(&row, "0", "2", "1");
    assert_dec(row.total_balance_value, "0.0");
    assert_dec(row.average_balance_price, "0.0");
}

static void pnl_apply__more_out_than_in__is_worth_nothing(void **state)
{
    (void)state;
    struct pnl_row row = {.key = {.currency_id = "btc", .member_id = 1}};
    apply(&row, "1", "0", "100");
    apply(&row, "0", "5", "500");
    assert_dec(row.total_balance_value, "0.0");
    assert_dec(row.average_balance_price, "0.0");
    apply(&row, "0", "5", "500");
    apply(&row, "100", "0", "9100");
    assert_dec(row.average_balance_price, "100.0");
}

static void pnl_apply__out_of_range__leaves_the_row(void **state)
{
    (void)state;
    struct err err;
    struct pnl_row row = {.total_credit = dec_of("99999999999999999999")};
    const struct pnl_change change = {.credit = dec_of("1"), .value = dec_of("1")};
    assert_false(pnl_apply(&row, &change, &err));
    assert_int_equal(err.code, ERR_OVERFLOW);
    assert_dec(row.total_credit_value, "0.0");
}

static void pnl_trade_changes__either_taker__buyer_and_seller(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        const struct trade trade = {.base = "btc",
                                    .quote = "usd",
                                    .amount = dec_of("5"),
                                    .total = dec_of("50"),
                                    .taker_side = side ? SIDE_SELL : SIDE_BUY,
                                    .maker_id = side ? 2 : 1,
                                    .taker_id = side ? 1 : 2,
                                    .buyer_fee_amount = dec_of("0.1"),
                                    .seller_fee_amount = dec_of("0.5")};
        struct pnl_change changes[PNL_TRADE_CHANGES];
        pnl_trade_changes(&trade, changes);
        assert_int_equal(changes[0].key.member_id, 2);
        assert_string_equal(changes[0].key.currency_id, "btc");
        assert_dec(changes[0].credit, "4.9");
        assert_dec(changes[0].credit_fee, "0.1");
        assert_int_equal(changes[1].key.member_id, 2);
        assert_string_equal(changes[1].key.currency_id, "usd");
        assert_dec(changes[1].debit, "50.0");
        assert_int_equal(changes[2].key.member_id, 1);
        assert_string_equal(changes[2].key.currency_id, "usd");
        assert_dec(changes[2].credit, "49.5");
        assert_int_equal(changes[3].key.member_id, 1);
        assert_dec(changes[3].debit, "5.0");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pnl_apply__buy_buy_sell__keeps_the_average),
        cmocka_unit_test(pnl_apply__more_out_than_in__is_worth_nothing),
        cmocka_unit_test(pnl_apply__out_of_range__leaves_the_row),
        cmocka_unit_test(pnl_trade_changes__either_taker__buyer_and_seller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
