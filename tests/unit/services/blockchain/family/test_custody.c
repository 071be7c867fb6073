/* A custodian's word: what is the payment that was asked for, and what an answer says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "blockchain/family/custody.h"

static const struct custody_wanted WANTED = {.payout_id = "withdraw-7",
                                             .wallet = "585951a5df8380e0e3063e9f",
                                             .to = "tb1qoutside",
                                             .units = "50000",
                                             .fee_estimate = "210"};

/* `members` behind those of a transfer that is right. */
static bool is_taken(const struct custody_wanted *wanted, const char *members)
{
    char text[2048];
    struct custody_transfer transfer;
    struct err err;
    snprintf(text, sizeof(text), "{\"id\":\"t1\",\"state\":\"confirmed\",\"txid\":\"ab\"%s}",
             members);
    return custody_transfer_parse(text, strlen(text), &transfer, &err) &&
           custody_transfer_is(&transfer, wanted, &err);
}

#define ENTRY(to, units) ",\"entries\":[{\"address\":\"" to "\",\"valueString\":\"" units "\"}]"
#define RIGHT ENTRY("tb1qoutside", "50000")

static void transfer_is__what_was_asked_for__is_taken(void **state)
{
    (void)state;
    static const char *const good[] = {
        RIGHT ",\"feeString\":\"210\"",
        RIGHT ",\"feeString\":\"4200\",\"sequenceId\":\"withdraw-7\"",
        RIGHT ",\"feeString\":\"0\",\"wallet\":\"585951a5df8380e0e3063e9f\",\"type\":\"send\"",
        ",\"feeString\":\"1\",\"entries\":[{\"address\":\"tb1qours00\",\"valueString\":\"-50001\"},"
        "{\"address\":\"tb1qoutside\",\"valueString\":\"20000\"},"
        "{\"address\":\"tb1qoutside\",\"valueString\":\"30000\"},"
        "{\"address\":\"tb1qchange\",\"valueString\":\"9\"}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(is_taken(&WANTED, good[i]));
}

static void transfer_is__anything_else__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        RIGHT,                           /* confirmed for nothing */
        ",\"feeString\":\"210\"",        /* pays nobody */
        RIGHT ",\"feeString\":\"4201\"", /* twenty times the estimate and one */
        RIGHT ",\"feeString\":\"-1\"",
        RIGHT ",\"feeString\":\"1e2\"",
        RIGHT ",\"feeString\":\"210\",\"sequenceId\":\"withdraw-8\"",
        RIGHT ",\"feeString\":\"210\",\"sequenceId\":\"a/b\"",
        RIGHT ",\"feeString\":\"210\",\"wallet\":\"another\"",
        RIGHT ",\"feeString\":\"210\",\"type\":\"receive\"",
        ENTRY("tb1qoutside", "50001") ",\"feeString\":\"210\"",
        ENTRY("tb1qoutside", "49999") ",\"feeString\":\"210\"",
        ENTRY("TB1QOUTSIDE", "50000") ",\"feeString\":\"210\"",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (is_taken(&WANTED, bad[i]))
            fail_msg("taken: %s", bad[i]);
}

static void transfer_is__no_estimate__the_fee_is_below_what_is_paid(void **state)
{
    (void)state;
    struct custody_wanted wanted = WANTED;
    wanted.fee_estimate = "0";
    assert_true(is_taken(&wanted, RIGHT ",\"feeString\":\"50000\""));
    assert_false(is_taken(&wanted, RIGHT ",\"feeString\":\"50001\""));
}

static void transfer_is__hexadecimal_address__either_case(void **state)
{
    (void)state;
    struct custody_wanted wanted = WANTED;
    wanted.to = "0xAbCdEf0123";
    assert_true(is_taken(&wanted, ENTRY("0xabcdef0123", "50000") ",\"feeString\":\"1\""));
}

static void answer__only_a_reason_is_a_refusal(void **state)
{
    (void)state;
    static const struct {
        long status;
        const char *text;
        enum custody_outcome outcome;
        bool is_short;
    } rows[] = {
        {200, "{\"txid\":\"ab\"}", CUSTODY_TAKEN, false},
        {202, "{\"pendingApproval\":{\"id\":\"a1\"}}", CUSTODY_HELD, false},
        {202, "{}", CUSTODY_HELD, false},
        {400, "{\"error\":\"policy\"}", CUSTODY_REFUSED, false},
        {400, "{\"error\":\"Insufficient funds\"}", CUSTODY_REFUSED, true},
        {422, "{\"message\":\"no\"}", CUSTODY_REFUSED, false},
        {400, "{}", CUSTODY_NO_WORD, false},
        {404, "{\"error\":\"no\"}", CUSTODY_NO_WORD, false},
        {409, "{\"error\":\"no\"}", CUSTODY_NO_WORD, false},
        {200, "<html>", CUSTODY_NO_WORD, false},
        {400, "<html>", CUSTODY_NO_WORD, false},
        {302, "{}", CUSTODY_NO_WORD, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct custody_answer answer;
        custody_answer_parse(rows[i].status, rows[i].text, strlen(rows[i].text), &answer);
        assert_int_equal(answer.outcome, rows[i].outcome);
        assert_int_equal(answer.is_short, rows[i].is_short);
    }
}

static void transfer_parse__states__are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum custody_state state;
    } rows[] = {{"confirmed", CUSTODY_CONFIRMED}, {"unconfirmed", CUSTODY_UNCONFIRMED},
                {"failed", CUSTODY_FAILED},       {"rejected", CUSTODY_FAILED},
                {"removed", CUSTODY_REMOVED},     {"replaced", CUSTODY_REMOVED},
                {"signed", CUSTODY_PENDING},      {"anything", CUSTODY_PENDING}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[128];
        struct custody_transfer transfer;
        struct err err;
        snprintf(text, sizeof(text), "{\"id\":\"t\",\"state\":\"%s\"}", rows[i].word);
        assert_true(custody_transfer_parse(text, strlen(text), &transfer, &err));
        assert_int_equal(transfer.state, rows[i].state);
        assert_string_equal(transfer.said, rows[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfer_is__what_was_asked_for__is_taken),
        cmocka_unit_test(transfer_is__anything_else__is_refused),
        cmocka_unit_test(transfer_is__no_estimate__the_fee_is_below_what_is_paid),
        cmocka_unit_test(transfer_is__hexadecimal_address__either_case),
        cmocka_unit_test(answer__only_a_reason_is_a_refusal),
        cmocka_unit_test(transfer_parse__states__are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
