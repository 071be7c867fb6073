/* Fees: caps hold, replacements are dearer. States: nothing that may be signed can be taken back. */
#include "blockchain/domain/fee.h"
#include "blockchain/domain/payout.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct fee_bounds BOUNDS = {.fallback = 10000, .least = 1000, .cap = 500000};

static void fee_rate__no_estimate__is_the_fallback(void **state)
{
    uint64_t rate;
    struct err err;
    (void)state;
    assert_true(fee_rate_choose(&BOUNDS, 0, &rate, &err));
    assert_int_equal(rate, 10000);
    assert_true(fee_rate_choose(&BOUNDS, 12, &rate, &err));
    assert_int_equal(rate, 1000);
    assert_false(fee_rate_choose(&BOUNDS, 500001, &rate, &err));
    assert_int_equal(err.code, ERR_OVERFLOW);
}

static void fee_bump__pays_for_both(void **state)
{
    uint64_t fee;
    struct err err;
    (void)state;
    assert_true(fee_bump(&BOUNDS, 1000, 141, 0, 1000, &fee, &err));
    assert_int_equal(fee, 1141);
    assert_true(fee_bump(&BOUNDS, 1000, 141, 100000, 1000, &fee, &err));
    assert_int_equal(fee, 14100);
    assert_false(fee_bump(&BOUNDS, 70500, 141, 0, 1000, &fee, &err));
}

static void gas_price__spike__is_refused_and_bump_is_an_eighth(void **state)
{
    const struct fee_bounds bounds = {.fallback = 1000, .least = 10, .cap = 100000};
    struct gas_price price, more;
    uint64_t limit;
    struct err err;
    (void)state;
    assert_true(gas_price_choose(&bounds, 40000, 100, &price, &err));
    assert_int_equal(price.max_fee, 80100);
    assert_true(gas_price_choose(&bounds, 60000, 100, &price, &err));
    assert_int_equal(price.max_fee, 100000);
    assert_false(gas_price_choose(&bounds, 99901, 100, &price, &err));
    assert_false(gas_price_choose(&bounds, UINT64_MAX, 100, &price, &err));
    price = (struct gas_price){.max_fee = 8001, .tip = 9};
    assert_true(gas_price_bump(&bounds, price, price, &more, &err));
    assert_int_equal(more.max_fee, 9002);
    assert_int_equal(more.tip, 11);
    assert_true(gas_limit_choose(21000, 300000, &limit, &err));
    assert_int_equal(limit, 25200);
    assert_false(gas_limit_choose(300001, 300000, &limit, &err));
}

static void payout_moves__behind_a_signature__no_way_back(void **state)
{
    static const enum payout_state signed_ones[] = {PAYOUT_SIGNED, PAYOUT_BROADCAST,
                                                    PAYOUT_UNKNOWN};
    static const enum payout_state final_ones[] = {PAYOUT_CONFIRMED, PAYOUT_FAILED,
                                                   PAYOUT_CANCELLED, PAYOUT_REFUSED};
    enum payout_state to;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(signed_ones); i++) {
        assert_false(payout_moved(signed_ones[i], PAYOUT_MOVE_CANCEL, &to, &err));
        assert_false(payout_moved(signed_ones[i], PAYOUT_MOVE_REFUSE, &to, &err));
        assert_false(payout_moved(signed_ones[i], PAYOUT_MOVE_TAKE, &to, &err));
        assert_false(payout_moved(signed_ones[i], PAYOUT_MOVE_GIVE_BACK, &to, &err));
        assert_true(payout_moved(signed_ones[i], PAYOUT_MOVE_CONFIRM, &to, &err));
    }
    assert_false(payout_moved(PAYOUT_BUILDING, PAYOUT_MOVE_CANCEL, &to, &err));
    for (size_t i = 0; i < ARRAY_LEN(final_ones); i++)
        for (unsigned move = PAYOUT_MOVE_WAIT; move <= PAYOUT_MOVE_REFUSE; move++)
            assert_false(payout_moved(final_ones[i], (enum payout_move)move, &to, &err));
    assert_true(payout_moved(PAYOUT_WAITING, PAYOUT_MOVE_CANCEL, &to, &err));
    assert_int_equal(to, PAYOUT_CANCELLED);
}

static void payout_id__what_is_not_a_word__is_refused(void **state)
{
    (void)state;
    assert_true(payout_id_is_fine("withdraw-12"));
    assert_false(payout_id_is_fine(""));
    assert_false(payout_id_is_fine("a b"));
    assert_false(payout_id_is_fine("../x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fee_rate__no_estimate__is_the_fallback),
        cmocka_unit_test(fee_bump__pays_for_both),
        cmocka_unit_test(gas_price__spike__is_refused_and_bump_is_an_eighth),
        cmocka_unit_test(payout_moves__behind_a_signature__no_way_back),
        cmocka_unit_test(payout_id__what_is_not_a_word__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
