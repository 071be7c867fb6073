/* Transfers keep the books; adjustments name their accounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "accounting/actions/adjustment_decide.h"
#include "accounting/actions/transfer_create.h"
#include "accounting/domain/ledger_code.h"

static struct transfer_operation move(const char *currency, int64_t units, int64_t source,
                                      int64_t destination)
{
    struct transfer_operation operation = {
        .amount = dec_from_i64(units), .source_code = source, .destination_code = destination};
    snprintf(operation.currency_id, sizeof(operation.currency_id), "%s", currency);
    return operation;
}

static bool balanced(struct transfer_operation operation)
{
    return transfer_is_balanced(&operation, 1);
}

static void transfer_is_balanced__one_operation__depends_on_the_sides(void **state)
{
    (void)state;
    /* From and to the same side of the books: what leaves one account comes to another. */
    assert_true(balanced(move("usd", 1, 201, 201)));
    assert_true(balanced(move("usd", 1, 201, 301)));
    assert_true(balanced(move("usd", 1, 301, 211)));
    assert_true(balanced(move("usd", 1, 101, 401)));
    assert_true(balanced(move("usd", 1, 401, 101)));
    /* Across: both sides would have to grow, or both to shrink. */
    assert_false(balanced(move("usd", 1, 101, 201)));
    assert_false(balanced(move("usd", 1, 201, 101)));
    assert_false(balanced(move("usd", 1, 401, 301)));
    assert_false(balanced(move("usd", 1, 301, 401)));
}

static void transfer_is_balanced__two_that_cancel_out__are_balanced(void **state)
{
    const struct transfer_operation pair[] = {move("usd", 3, 101, 201), move("usd", 3, 301, 401)};
    (void)state;
    assert_true(transfer_is_balanced(pair, 2));
}

static void transfer_is_balanced__each_currency__counts_alone(void **state)
{
    const struct transfer_operation mixed[] = {move("usd", 3, 101, 201), move("eur", 3, 301, 401)};
    const struct transfer_operation fine[] = {move("usd", 3, 201, 301), move("btc", 5, 102, 402)};
    (void)state;
    assert_false(transfer_is_balanced(mixed, 2));
    assert_true(transfer_is_balanced(fine, 2));
}

static void transfer_is_balanced__sum_out_of_range__is_refused(void **state)
{
    struct transfer_operation huge = move("usd", 0, 101, 201);
    (void)state;
    assert_true(dec_parse("99999999999999999999", &huge.amount));
    const struct transfer_operation two[] = {huge, huge};
    assert_false(transfer_is_balanced(two, 2));
}

static void ledger_code__chart__knows_its_codes(void **state)
{
    static const int known[] = {101, 102, 121, 122, 201, 202, 211, 212, 301, 302, 401, 402};
    size_t found = 0;
    (void)state;
    for (int code = -10; code < 2000; code++)
        found += ledger_code_is_known(code);
    assert_int_equal(found, ARRAY_LEN(known));
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        assert_true(ledger_code_is_known(known[i]));
    assert_true(ledger_code_has_member(211) && ledger_code_has_member(202));
    assert_false(ledger_code_has_member(301) || ledger_code_has_member(101));
    assert_true(ledger_code_is_coin(302));
    assert_false(ledger_code_is_coin(301));
}

static void receiving_account_of__number__gives_code_and_uid(void **state)
{
    const struct adjustment to_member = {.currency_id = "usd",
                                         .receiving_account_number = "usd-201-ID1234"};
    const struct adjustment to_expense = {.currency_id = "btc",
                                          .receiving_account_number = "btc-402"};
    (void)state;
    struct receiving_account account = receiving_account_of(&to_member);
    assert_int_equal(account.code, 201);
    assert_string_equal(account.uid, "ID1234");
    account = receiving_account_of(&to_expense);
    assert_int_equal(account.code, 402);
    assert_null(account.uid);
}

static void receiving_account_of__currency_with_a_dash__is_skipped(void **state)
{
    struct adjustment adjustment = {.currency_id = "usd-t",
                                    .receiving_account_number = "usd-t-202-ID-1"};
    (void)state;
    struct receiving_account account = receiving_account_of(&adjustment);
    assert_int_equal(account.code, 202);
    assert_string_equal(account.uid, "ID-1");
}

static void adjustment_category__every_word__comes_back(void **state)
{
    (void)state;
    for (int64_t number = 1; number <= 11; number++)
        assert_int_equal(adjustment_category_number(adjustment_category_word(number)), number);
    assert_int_equal(adjustment_category_number("theft"), 0);
    assert_string_equal(adjustment_category_word(1), "asset_registration");
    assert_string_equal(adjustment_category_word(11), "minor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfer_is_balanced__one_operation__depends_on_the_sides),
        cmocka_unit_test(transfer_is_balanced__two_that_cancel_out__are_balanced),
        cmocka_unit_test(transfer_is_balanced__each_currency__counts_alone),
        cmocka_unit_test(transfer_is_balanced__sum_out_of_range__is_refused),
        cmocka_unit_test(ledger_code__chart__knows_its_codes),
        cmocka_unit_test(receiving_account_of__number__gives_code_and_uid),
        cmocka_unit_test(receiving_account_of__currency_with_a_dash__is_skipped),
        cmocka_unit_test(adjustment_category__every_word__comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
