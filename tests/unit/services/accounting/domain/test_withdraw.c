/* Withdrawals: the table of moves, amounts, what an approval is bound to, and their ledger rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "accounting/domain/ledger_withdraw.h"
#include "accounting/domain/withdraw.h"

#include <string.h>

static struct withdraw coin_in(enum withdraw_state state)
{
    return (struct withdraw){.id = 7,
                             .member_id = 3,
                             .currency_id = "btc",
                             .blockchain_key = "btc-testnet",
                             .rid = "tb1q",
                             .is_coin = true,
                             .state = state,
                             .sum = dec_of("1"),
                             .fee = dec_of("0.1"),
                             .amount = dec_of("0.9")};
}

/* By event and state: where it leads, "" nowhere. A transaction is there. */
static void move__every_pair__is_as_the_reference_has_it(void **state)
{
    static const struct {
        const char *event, *from, *to;
    } moves[] = {
        {"accept", "prepared", "accepted"},
        {"cancel", "prepared", "canceled"},
        {"cancel", "accepted", "canceled"},
        {"cancel", "processing", "canceled"},
        {"cancel", "skipped", "canceled"},
        {"reject", "to_reject", "rejected"},
        {"reject", "accepted", "rejected"},
        {"reject", "confirming", "rejected"},
        {"process", "accepted", "processing"},
        {"process", "skipped", "processing"},
        {"process", "errored", "processing"},
        {"load", "accepted", "confirming"},
        {"dispatch", "processing", "confirming"},
        {"success", "confirming", "succeed"},
        {"success", "errored", "succeed"},
        {"skip", "processing", "skipped"},
        {"fail", "processing", "failed"},
        {"fail", "confirming", "failed"},
        {"fail", "skipped", "failed"},
        {"fail", "errored", "failed"},
        {"err", "processing", "errored"},
    };
    (void)state;
    size_t moved = 0;
    for (unsigned event = 0; event < WITHDRAW_EVENTS_COUNT; event++)
        for (unsigned from = 0; from < WITHDRAW_STATES_COUNT; from++) {
            struct withdraw row = coin_in((enum withdraw_state)from);
            enum withdraw_effect effect;
            struct err err;
            const char *to = NULL;
            row.txid = "t";
            for (size_t i = 0; i < ARRAY_LEN(moves); i++)
                if (strcmp(moves[i].event, withdraw_event_word((enum withdraw_event)event)) == 0 &&
                    strcmp(moves[i].from, withdraw_state_word((enum withdraw_state)from)) == 0)
                    to = moves[i].to;
            bool ok = withdraw_move(&row, (enum withdraw_event)event, &effect, &err);
            assert_int_equal(ok, to != NULL);
            if (ok)
                assert_string_equal(withdraw_state_word(row.state), to);
            moved += ok;
        }
    assert_int_equal(moved, ARRAY_LEN(moves));
}

static void move__coin_without_a_transaction__is_neither_loaded_nor_dispatched(void **state)
{
    static const struct {
        enum withdraw_event event;
        enum withdraw_state from;
    } moves[] = {{WITHDRAW_DO_LOAD, WITHDRAW_ACCEPTED},
                 {WITHDRAW_DO_DISPATCH, WITHDRAW_PROCESSING},
                 {WITHDRAW_DO_SUCCESS, WITHDRAW_CONFIRMING}};
    enum withdraw_effect effect;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        struct withdraw row = coin_in(moves[i].from);
        assert_false(withdraw_move(&row, moves[i].event, &effect, &err));
        assert_int_equal(err.code, ERR_STATE_CONFLICT);
        assert_int_equal(row.state, moves[i].from);
        /* To a member of ours nothing goes to the chain. */
        row.receiver_id = 9;
        bool inside = withdraw_move(&row, moves[i].event, &effect, &err);
        assert_int_equal(inside, moves[i].event != WITHDRAW_DO_LOAD);
    }
    struct withdraw fiat = coin_in(WITHDRAW_PROCESSING);
    fiat.is_coin = false;
    assert_true(withdraw_move(&fiat, WITHDRAW_DO_DISPATCH, &effect, &err));
    fiat.state = WITHDRAW_ACCEPTED;
    assert_false(withdraw_move(&fiat, WITHDRAW_DO_LOAD, &effect, &err));
}

static void words__are_read_as_they_are_written(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WITHDRAW_STATES_COUNT; i++) {
        enum withdraw_state read;
        assert_true(withdraw_state_of(withdraw_state_word((enum withdraw_state)i), &read));
        assert_int_equal(read, i);
    }
    enum withdraw_event event;
    assert_false(withdraw_event_of("refund", &event));
    assert_int_equal(transfer_type_number("sepa"), 104);
    assert_int_equal(transfer_type_number("pigeon"), 0);
    assert_string_equal(transfer_type_word(200), "crypto");
}

static void amounts__fee_minimum_and_digits__decide(void **state)
{
    static const struct {
        const char *sum, *amount; /* amount NULL: refused */
    } cases[] = {{"1", "0.9996"},       {"0.001", "0.0006"},
                 {"0.00099999", NULL},  {"0.00100001", "0.00060001"},
                 {"0.001000001", NULL}, {"0", NULL},
                 {"-1", NULL}};
    const struct withdraw_terms terms = {
        .digits = 8, .fee = dec_of("0.0004"), .min_sum = dec_of("0.001")};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct dec amount;
        struct err err;
        bool ok = withdraw_amounts(&terms, dec_of(cases[i].sum), &amount, &err);
        assert_int_equal(ok, cases[i].amount != NULL);
        if (ok)
            assert_int_equal(dec_cmp(amount, dec_of(cases[i].amount)), 0);
    }
    const struct withdraw_terms dear = {.digits = 8, .fee = dec_of("1"), .min_sum = dec_of("0")};
    struct dec amount;
    struct err err;
    assert_false(withdraw_amounts(&dear, dec_of("1"), &amount, &err)); /* nothing is left */
}

static void digest__each_part__changes_it(void **state)
{
    char first[WITHDRAW_DIGEST_SIZE], other[WITHDRAW_DIGEST_SIZE];
    (void)state;
    struct withdraw row = coin_in(WITHDRAW_ACCEPTED);
    withdraw_digest(&row, first);
    assert_int_equal(strlen(first), WITHDRAW_DIGEST_SIZE - 1);
    withdraw_digest(&row, other);
    assert_string_equal(first, other);
    struct withdraw changed[] = {row, row, row, row, row};
    changed[0].id = 8;
    changed[1].rid = "tb1p";
    changed[2].amount = dec_of("0.91");
    changed[3].currency_id[0] = 'x';
    changed[4].blockchain_key = "btc-mainnet";
    for (size_t i = 0; i < ARRAY_LEN(changed); i++) {
        withdraw_digest(&changed[i], other);
        assert_string_not_equal(first, other);
    }
}

/* assets + expenses = liabilities + revenues, and the legs that the contract lists. */
static void ledger__spent__takes_the_locked_part_the_asset_and_books_the_fee(void **state)
{
    struct ledger_entry entries[WITHDRAW_ENTRIES_MAX];
    (void)state;
    struct withdraw row = coin_in(WITHDRAW_SUCCEED);
    assert_int_equal(ledger_withdraw_entries(&row, EFFECT_SPEND, "success", entries), 2);
    assert_int_equal(entries[0].code_a, 212);
    assert_int_equal(entries[0].code_b, 102);
    assert_int_equal(entries[1].code_a, 302);
    assert_int_equal(entries[1].member_id, row.member_id);
    __int128 left = entries[0].amount_b.units;
    __int128 right = entries[0].amount_a.units + entries[1].amount_a.units;
    assert_true(left == right);
    row.fee = dec_of("0");
    row.amount = row.sum;
    assert_int_equal(ledger_withdraw_entries(&row, EFFECT_SPEND, "success", entries), 1);
    row.receiver_id = 9;
    assert_int_equal(ledger_withdraw_entries(&row, EFFECT_SPEND, "success", entries), 2);
    assert_int_equal(entries[1].member_id, 9);
    assert_int_equal(entries[1].code_a, 202);
    assert_true(entries[0].amount_a.units == -entries[1].amount_a.units);
}

static void ledger__held_and_given_back__cancel_out(void **state)
{
    struct ledger_entry hold[WITHDRAW_ENTRIES_MAX], release[WITHDRAW_ENTRIES_MAX];
    (void)state;
    struct withdraw row = coin_in(WITHDRAW_ACCEPTED);
    assert_int_equal(ledger_withdraw_entries(&row, EFFECT_NONE, "process", hold), 0);
    assert_int_equal(ledger_withdraw_entries(&row, EFFECT_HOLD, "accept", hold), 1);
    assert_int_equal(ledger_withdraw_entries(&row, EFFECT_RELEASE, "fail", release), 1);
    assert_int_equal(hold[0].code_a, 202);
    assert_int_equal(hold[0].code_b, 212);
    assert_int_equal(release[0].code_a, 212);
    assert_int_equal(dec_cmp(hold[0].amount_a, release[0].amount_a), 0);
}

static void print__is_a_document(void **state)
{
    struct str text = STR_INIT(16 * 1024);
    (void)state;
    withdraw_print_states(&text);
    assert_non_null(strstr(str_data(&text), "prepared -> accepted [label=\"accept\"];"));
    str_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(move__every_pair__is_as_the_reference_has_it),
        cmocka_unit_test(move__coin_without_a_transaction__is_neither_loaded_nor_dispatched),
        cmocka_unit_test(words__are_read_as_they_are_written),
        cmocka_unit_test(amounts__fee_minimum_and_digits__decide),
        cmocka_unit_test(digest__each_part__changes_it),
        cmocka_unit_test(ledger__spent__takes_the_locked_part_the_asset_and_books_the_fee),
        cmocka_unit_test(ledger__held_and_given_back__cancel_out),
        cmocka_unit_test(print__is_a_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
