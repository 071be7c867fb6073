/* Payments by bank: which move leads where, what makes two of them the same, our accounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "accounting/domain/fiat_account.h"
#include "accounting/domain/fiat_payment.h"

static void move__what_is_over_stays_over(void **state)
{
    static const struct {
        enum fiat_payment_state from;
        enum fiat_payment_event event;
    } wrong[] = {
        {FIAT_CREDITED, FIAT_CREDIT}, {FIAT_CREDITED, FIAT_ASSIGN},  {FIAT_CREDITED, FIAT_REFUSE},
        {FIAT_REFUSED, FIAT_CREDIT},  {FIAT_REFUSED, FIAT_ASSIGN},   {FIAT_REVERSED, FIAT_CREDIT},
        {FIAT_REVERSED, FIAT_ASSIGN}, {FIAT_REVERSED, FIAT_REVERSE}, {FIAT_REVERSED, FIAT_SETTLE},
        {FIAT_SETTLED, FIAT_CLAIM},   {FIAT_SETTLED, FIAT_SETTLE},
    };
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct fiat_payment payment = {.state = wrong[i].from};
        assert_false(fiat_payment_move(&payment, wrong[i].event, &err));
        assert_int_equal(err.code, ERR_STATE_CONFLICT);
        assert_int_equal(payment.state, wrong[i].from);
    }
}

static void move__the_ways(void **state)
{
    static const struct {
        enum fiat_payment_event event;
        enum fiat_payment_state to;
    } way[] = {
        {FIAT_ASSIGN, FIAT_WAITING},  {FIAT_ASSIGN, FIAT_WAITING}, /* it was somebody else's */
        {FIAT_CREDIT, FIAT_CREDITED}, {FIAT_REVERSE, FIAT_REVERSED}, {FIAT_CLAIM, FIAT_SETTLING},
        {FIAT_CLAIM, FIAT_SETTLING},  {FIAT_SETTLE, FIAT_SETTLED}};
    struct fiat_payment payment = {.state = FIAT_PARKED};
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(way); i++) {
        assert_true(fiat_payment_move(&payment, way[i].event, &err));
        assert_int_equal(payment.state, way[i].to);
    }
}

static void digest__each_part_counts(void **state)
{
    struct fiat_payment one = {.currency_id = "eur", .reference = "ab", .payer_account = "c"};
    struct fiat_payment other = {.currency_id = "eur", .reference = "a", .payer_account = "bc"};
    char first[FIAT_DIGEST_SIZE], second[FIAT_DIGEST_SIZE];
    (void)state;
    one.amount = other.amount = dec_of("1.5");
    fiat_payment_digest(&one, first);
    fiat_payment_digest(&other, second);
    assert_string_not_equal(first, second);
    other = one;
    fiat_payment_digest(&other, second);
    assert_string_equal(first, second);
    other.amount = dec_of("1.6");
    fiat_payment_digest(&other, second);
    assert_string_not_equal(first, second);
}

static void accounts__parsed_or_refused(void **state)
{
    static const char *const wrong[] = {
        "eur",
        "eur=DE89370400440532013000",
        "=DE89370400440532013000/COBADEFFXXX",
        "eur=DE88370400440532013000/COBADEFFXXX",
        "eur=DE89370400440532013000/COBA",
        "eur=DE89370400440532013000/cobadeffxxx",
        "eur=DE89370400440532013000/COBADEFF,eur=DE89370400440532013000/COBADEFF",
        "elevenchars=DE89370400440532013000/COBADEFF",
    };
    struct fiat_accounts accounts;
    struct err err;
    (void)state;
    assert_true(fiat_accounts_parse("", &accounts, &err));
    assert_int_equal(accounts.count, 0);
    assert_true(fiat_accounts_parse(
        "eur=DE89370400440532013000/COBADEFFXXX,usd=GB82WEST12345698765432/WESTGB22", &accounts,
        &err));
    assert_string_equal(fiat_account_of(&accounts, "usd")->iban, "GB82WEST12345698765432");
    assert_string_equal(fiat_account_of(&accounts, "eur")->bic, "COBADEFFXXX");
    assert_null(fiat_account_of(&accounts, "gbp"));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(fiat_accounts_parse(wrong[i], &accounts, &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(move__what_is_over_stays_over),
        cmocka_unit_test(move__the_ways),
        cmocka_unit_test(digest__each_part_counts),
        cmocka_unit_test(accounts__parsed_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
