/* The states of deposits, what the chain's news mean for one, and what each step books. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/deposit.h"
#include "accounting/domain/ledger_deposit.h"
#include "accounting/domain/units.h"
#include "tests/support/dec.h"

/* ---- moves ---- */

/* From every state by every event: "event from to", and nothing else. */
static const struct {
    enum deposit_event event;
    enum deposit_state from, to;
    bool coins_only;
} moves[] = {
    {DEPOSIT_CANCEL, DEPOSIT_SUBMITTED, DEPOSIT_CANCELED, false},
    {DEPOSIT_REJECT, DEPOSIT_SUBMITTED, DEPOSIT_REJECTED, false},
    {DEPOSIT_ACCEPT, DEPOSIT_SUBMITTED, DEPOSIT_ACCEPTED, false},
    {DEPOSIT_PROCESS, DEPOSIT_ACCEPTED, DEPOSIT_PROCESSING, true},
    {DEPOSIT_PROCESS, DEPOSIT_SKIPPED, DEPOSIT_PROCESSING, true},
    {DEPOSIT_PROCESS, DEPOSIT_ERRORED, DEPOSIT_PROCESSING, true},
    {DEPOSIT_FEE_PROCESS, DEPOSIT_ACCEPTED, DEPOSIT_FEE_PROCESSING, true},
    {DEPOSIT_FEE_PROCESS, DEPOSIT_PROCESSING, DEPOSIT_FEE_PROCESSING, true},
    {DEPOSIT_FEE_PROCESS, DEPOSIT_SKIPPED, DEPOSIT_FEE_PROCESSING, true},
    {DEPOSIT_SKIP, DEPOSIT_PROCESSING, DEPOSIT_SKIPPED, false},
    {DEPOSIT_ERR, DEPOSIT_PROCESSING, DEPOSIT_ERRORED, false},
    {DEPOSIT_ERR, DEPOSIT_FEE_PROCESSING, DEPOSIT_ERRORED, false},
    {DEPOSIT_DISPATCH, DEPOSIT_PROCESSING, DEPOSIT_COLLECTED, false},
    {DEPOSIT_DISPATCH, DEPOSIT_FEE_PROCESSING, DEPOSIT_COLLECTED, false},
    {DEPOSIT_REFUND, DEPOSIT_AML_SUSPICIOUS, DEPOSIT_REFUNDING, true},
    {DEPOSIT_REFUND, DEPOSIT_SKIPPED, DEPOSIT_REFUNDING, true},
    {DEPOSIT_REOPEN, DEPOSIT_CANCELED, DEPOSIT_SUBMITTED, true},
    {DEPOSIT_REFUND_FAIL, DEPOSIT_REFUNDING, DEPOSIT_SKIPPED, true},
};

static bool expected(enum deposit_event event, enum deposit_state from, bool is_coin,
                     enum deposit_state *ret_to)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].event == event && moves[i].from == from && (is_coin || !moves[i].coins_only)) {
            *ret_to = moves[i].to;
            return true;
        }
    return false;
}

static void deposit_move__every_pair__as_the_reference_has_it(void **state)
{
    (void)state;
    for (int coin = 0; coin < 2; coin++)
        for (int event = 0; event < DEPOSIT_EVENTS_COUNT; event++)
            for (int from = 0; from < DEPOSIT_STATES_COUNT; from++) {
                enum deposit_state moved = from, to = from;
                bool may = expected(event, from, coin, &to);
                assert_int_equal(deposit_move(&moved, event, coin), may);
                assert_int_equal(moved, to);
            }
}

static void deposit_words__there_and_back(void **state)
{
    enum deposit_state parsed;
    enum deposit_event event;
    (void)state;
    for (int i = 0; i < DEPOSIT_STATES_COUNT; i++) {
        assert_true(deposit_state_parse(deposit_state_word(i), &parsed));
        assert_int_equal(parsed, i);
    }
    assert_false(deposit_state_parse("no", &parsed));
    assert_true(deposit_event_parse("fee_process", &event));
    assert_int_equal(event, DEPOSIT_FEE_PROCESS);
    assert_false(deposit_event_parse("reopen", &event));
    assert_int_equal(deposit_transfer_type_number("sepa"), 104);
    assert_string_equal(deposit_transfer_type_word(101, false), "card");
    assert_string_equal(deposit_transfer_type_word(0, true), "crypto");
}

/* ---- the chain's news ---- */

static void deposit_decide__every_standing_and_news__one_step(void **state)
{
    static const struct {
        struct deposit_standing standing;
        enum deposit_step seen, confirmed, gone, replaced;
    } rows[] = {
        {{DEPOSIT_SUBMITTED, false, false, false},
         STEP_PLACE,
         STEP_CONFIRM,
         STEP_UNCONFIRM,
         STEP_CANCEL},
        {{DEPOSIT_CANCELED, false, false, true},
         STEP_REOPEN,
         STEP_REOPEN,
         STEP_NOTHING,
         STEP_NOTHING},
        {{DEPOSIT_CANCELED, false, false, false},
         STEP_NOTHING,
         STEP_NOTHING,
         STEP_NOTHING,
         STEP_NOTHING},
        {{DEPOSIT_REJECTED, false, false, false},
         STEP_NOTHING,
         STEP_NOTHING,
         STEP_NOTHING,
         STEP_NOTHING},
        {{DEPOSIT_PROCESSING, true, false, false},
         STEP_PLACE,
         STEP_NOTHING,
         STEP_FREEZE,
         STEP_FREEZE},
        {{DEPOSIT_COLLECTED, true, false, false},
         STEP_PLACE,
         STEP_NOTHING,
         STEP_FREEZE,
         STEP_FREEZE},
        {{DEPOSIT_COLLECTED, true, true, false},
         STEP_PLACE,
         STEP_RECREDIT,
         STEP_NOTHING,
         STEP_NOTHING},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(deposit_decide(&rows[i].standing, TRANSFER_SEEN), rows[i].seen);
        assert_int_equal(deposit_decide(&rows[i].standing, TRANSFER_CONFIRMED), rows[i].confirmed);
        assert_int_equal(deposit_decide(&rows[i].standing, TRANSFER_GONE), rows[i].gone);
        assert_int_equal(deposit_decide(&rows[i].standing, TRANSFER_REPLACED), rows[i].replaced);
    }
    assert_int_equal(deposit_decide(NULL, TRANSFER_SEEN), STEP_CREATE);
    assert_int_equal(deposit_decide(NULL, TRANSFER_CONFIRMED), STEP_CREATE);
    assert_int_equal(deposit_decide(NULL, TRANSFER_GONE), STEP_NOTHING);
    assert_int_equal(deposit_decide(NULL, TRANSFER_REPLACED), STEP_NOTHING);
}

/* ---- the ledger ---- */

/* assets + expenses = liabilities + revenues, over all legs. */
static void assert_balanced(const struct ledger_entry *entries, size_t count)
{
    __int128 left = 0, right = 0;
    for (size_t i = 0; i < count; i++) {
        const int16_t codes[] = {entries[i].code_a, entries[i].code_b};
        const struct dec amounts[] = {entries[i].amount_a, entries[i].amount_b};
        for (size_t leg = 0; leg < ARRAY_LEN(codes); leg++) {
            int type = codes[leg] / 100;
            if (type == ACCOUNT_ASSET || type == ACCOUNT_EXPENSE)
                left += amounts[leg].units;
            else
                right += amounts[leg].units;
        }
    }
    assert_true(left == right);
}

static void ledger_deposit__every_step__balances_and_names_its_accounts(void **state)
{
    struct ledger_entry entries[DEPOSIT_ENTRIES_MAX];
    const struct currency coin = {.id = "eth", .is_coin = true}, fiat = {.id = "usd"};
    struct deposit_booking booking = {.deposit_id = 7,
                                      .member_id = 3,
                                      .currency = &coin,
                                      .amount = dec_of("2"),
                                      .frozen = dec_of("0.5")};
    (void)state;
    assert_int_equal(ledger_deposit_accept(&booking, entries), 1);
    assert_balanced(entries, 1);
    assert_int_equal(entries[0].code_a, 102);
    assert_int_equal(entries[0].code_b, 202);
    booking.locked = true;
    assert_int_equal(ledger_deposit_accept(&booking, entries), 1);
    assert_int_equal(entries[0].code_b, 212);
    assert_int_equal(ledger_deposit_dispatch(&booking, entries), 1);
    assert_balanced(entries, 1);
    assert_int_equal(ledger_deposit_revert(&booking, entries), 2);
    assert_balanced(entries, 2);
    assert_int_equal(entries[0].code_b, 122);
    assert_dec(entries[0].amount_a, "-2.0");
    assert_dec(entries[1].amount_a, "-0.5");
    booking.suspended = dec_of("2");
    assert_int_equal(ledger_deposit_return(&booking, entries), 2);
    assert_balanced(entries, 2);
    assert_dec(entries[0].amount_a, "2.0");
    assert_int_equal(ledger_deposit_refund(&booking, entries), 1);
    assert_balanced(entries, 1);
    assert_int_equal(ledger_deposit_refund_fee(&booking, entries), 0);
    booking.fee = dec_of("0.001");
    assert_int_equal(ledger_deposit_refund_fee(&booking, entries), 1);
    assert_balanced(entries, 1);
    assert_int_equal(entries[0].code_a, 102);
    assert_dec(entries[0].amount_a, "0.001");
    assert_int_equal(entries[0].code_b, 302);
    assert_int_equal(ledger_network_fee(9, &coin, dec_of("0.001"), entries), 1);
    assert_balanced(entries, 1);
    assert_int_equal(entries[0].code_b, 402);

    booking = (struct deposit_booking){.deposit_id = 8,
                                       .member_id = 3,
                                       .currency = &fiat,
                                       .amount = dec_of("99"),
                                       .fee = dec_of("1")};
    assert_int_equal(ledger_deposit_accept(&booking, entries), 2);
    assert_balanced(entries, 2);
    assert_dec(entries[0].amount_a, "100.0");
    assert_int_equal(entries[1].code_a, 301);
    booking.frozen = dec_of("39");
    assert_int_equal(ledger_deposit_revert(&booking, entries), 2);
    assert_dec(entries[0].amount_b, "100.0"); /* the bank takes the fee back as well */
    booking.suspended = dec_of("100");
    booking.collected = dec_of("20");
    assert_int_equal(ledger_deposit_settle(&booking, entries), 3);
    assert_balanced(entries, 3);
    assert_int_equal(entries[0].code_b, 211);
    assert_int_equal(entries[1].code_b, 201);
    assert_dec(entries[1].amount_b, "-20.0");
    assert_int_equal(entries[2].code_b, 401);
    assert_dec(entries[2].amount_b, "41.0");
    booking.suspended = dec_of("99"); /* by an older version */
    assert_int_equal(ledger_deposit_settle(&booking, entries), 4);
    assert_balanced(entries, 4);
    assert_dec(entries[0].amount_a, "-1.0");
    booking.amount = booking.fee = DEC_ZERO;
    assert_int_equal(ledger_deposit_accept(&booking, entries), 0);
}

/* ---- units ---- */

static void units__both_ways__exact_or_refused(void **state)
{
    char text[UNITS_TEXT_SIZE];
    struct dec amount;
    uint64_t dust;
    (void)state;
    assert_true(units_to_dec("150000000", 8, &amount, &dust));
    char rest[UNITS_TEXT_SIZE];
    assert_true(units_sub("1000000000000000000000", "999999999999999999999", rest));
    assert_string_equal(rest, "1");
    assert_true(units_sub("7", "7", rest));
    assert_string_equal(rest, "0");
    assert_false(units_sub("7", "8", rest));
    assert_false(units_sub("7", "x", rest));
    assert_dec(amount, "1.5");
    assert_int_equal(dust, 0);
    assert_true(units_to_dec("1000000000000000199", 18, &amount, &dust));
    assert_dec(amount, "1.0000000000000001");
    assert_int_equal(dust, 99);
    assert_true(units_to_dec("99999999999999999999", 0, &amount, &dust));
    assert_dec(amount, "99999999999999999999.0");
    assert_false(units_to_dec("100000000000000000000", 0, &amount, &dust));
    assert_false(
        units_to_dec("115792089237316195423570985008687907853269984665640564039457584007913"
                     "129639935",
                     18, &amount, &dust));
    static const char *const wrong[] = {"", "-1", "+1", "1.0", "0x1", "01", " 1", "1 "};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(units_to_dec(wrong[i], 8, &amount, &dust));
    assert_true(units_from_dec(dec_of("1.5"), 8, text));
    assert_string_equal(text, "150000000");
    assert_true(units_from_dec(dec_of("99999999999999999999.9999999999999999"), 18, text));
    assert_string_equal(text, "99999999999999999999999999999999999900");
    assert_true(units_from_dec(DEC_ZERO, 18, text));
    assert_string_equal(text, "0");
    assert_false(units_from_dec(dec_of("0.123456789"), 8, text));
    assert_false(units_from_dec(dec_of("-1"), 8, text));
    units_from_dec_down(dec_of("0.123456789"), 8, text);
    assert_string_equal(text, "12345678");
    assert_int_equal(units_decimals(1), 0);
    assert_int_equal(units_decimals(1000000000000000000), 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deposit_move__every_pair__as_the_reference_has_it),
        cmocka_unit_test(deposit_words__there_and_back),
        cmocka_unit_test(deposit_decide__every_standing_and_news__one_step),
        cmocka_unit_test(ledger_deposit__every_step__balances_and_names_its_accounts),
        cmocka_unit_test(units__both_ways__exact_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
