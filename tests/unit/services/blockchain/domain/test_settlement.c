/* Which payouts operators may end, and the words for what a transaction uses up. */
#include "blockchain/domain/settlement.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TXID "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void cases__only_what_no_rule_ends(void **state)
{
    (void)state;
    assert_int_equal(settlement_case_of(PAYOUT_UNKNOWN, "signed_before", false),
                     SETTLEMENT_SIGNED_ELSEWHERE);
    assert_int_equal(settlement_case_of(PAYOUT_CONFIRMED, "failed_after_reorg", false),
                     SETTLEMENT_UNDONE);
    assert_int_equal(settlement_case_of(PAYOUT_CONFIRMED, "gone_after_reorg", false),
                     SETTLEMENT_GONE);
    assert_int_equal(settlement_case_of(PAYOUT_UNKNOWN, "no_answer", true), SETTLEMENT_CUSTODY);
    assert_int_equal(settlement_case_of(PAYOUT_UNKNOWN, "no_answer", false), SETTLEMENT_NONE);
    assert_int_equal(settlement_case_of(PAYOUT_UNKNOWN, "safe_open", false), SETTLEMENT_NONE);
    assert_int_equal(settlement_case_of(PAYOUT_CONFIRMED, "", true), SETTLEMENT_NONE);
    assert_int_equal(settlement_case_of(PAYOUT_SIGNED, "custodian_approval", true),
                     SETTLEMENT_NONE);
    assert_int_equal(settlement_case_of(PAYOUT_FAILED, "settled_unpaid", false), SETTLEMENT_NONE);
}

static void used__a_coin_or_a_number_of_an_account(void **state)
{
    static const char *const broken[] = {"",
                                         "evm",
                                         "evm:",
                                         "evm:1/2",
                                         "evm:1:2",
                                         "evm:1/2:",
                                         "evm:/2:3",
                                         "evm:1/-2:3",
                                         "evm:1/2:3:",
                                         "evm:1/4294967296:0",
                                         "evm:1/2:18446744073709551616",
                                         "evm:1/2:3 ",
                                         TXID,
                                         TXID ":",
                                         TXID ":x",
                                         TXID ":4294967296",
                                         "0011:1",
                                         TXID "00:1",
                                         ":1"};
    struct settlement_used used;
    (void)state;
    assert_true(settlement_used_read("evm:1/7:23", &used));
    assert_true(used.is_nonce && used.account == 1 && used.index == 7 && used.nonce == 23);
    assert_true(settlement_used_read(TXID ":4294967295", &used));
    assert_true(!used.is_nonce && used.vout == UINT32_MAX);
    assert_string_equal(used.txid, TXID);
    for (size_t i = 0; i < ARRAY_LEN(broken); i++)
        assert_false(settlement_used_read(broken[i], &used));
}

static void moves__settled_once(void **state)
{
    enum payout_state to;
    struct err err;
    (void)state;
    assert_true(payout_moved(PAYOUT_UNKNOWN, PAYOUT_MOVE_UNDO, &to, &err) && to == PAYOUT_FAILED);
    assert_true(payout_moved(PAYOUT_CONFIRMED, PAYOUT_MOVE_SETTLE, &to, &err) &&
                to == PAYOUT_CONFIRMED);
    assert_false(payout_moved(PAYOUT_FAILED, PAYOUT_MOVE_SETTLE, &to, &err));
    assert_false(payout_moved(PAYOUT_FAILED, PAYOUT_MOVE_UNDO, &to, &err));
    assert_false(payout_moved(PAYOUT_BROADCAST, PAYOUT_MOVE_UNDO, &to, &err));
    assert_false(payout_moved(PAYOUT_WAITING, PAYOUT_MOVE_SETTLE, &to, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases__only_what_no_rule_ends),
        cmocka_unit_test(used__a_coin_or_a_number_of_an_account),
        cmocka_unit_test(moves__settled_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
