/* Which coins pay: sums that add up, whatever the coins are. */
#include "blockchain/domain/coin_select.h"
#include "blockchain/domain/fee.h"
#include "base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct coin_need NEED = {.outputs = 100000,
                                      .rate = 2000,
                                      .dust = 600,
                                      .base_vsize = 42,
                                      .input_vsize = 68,
                                      .change_vsize = 31};

static void check_sums(const uint64_t *units, const struct coin_need *need,
                       const struct coin_choice *choice)
{
    uint64_t inputs = 0;
    for (size_t i = 0; i < choice->count; i++) {
        inputs += units[choice->index[i]];
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(choice->index[i], choice->index[j]);
    }
    assert_int_equal(inputs, choice->inputs);
    assert_int_equal(inputs, need->outputs + choice->change + choice->fee);
    assert_true(choice->change == 0 || choice->change >= need->dust);
    assert_true(choice->fee >= fee_of_size(need->rate, choice->vsize));
}

static void coins_choose__one_large_coin__gives_change(void **state)
{
    const uint64_t units[] = {5000000};
    struct coin_choice choice;
    struct err err;
    (void)state;
    assert_true(coins_choose(units, 1, &NEED, &choice, &err));
    assert_int_equal(choice.count, 1);
    assert_int_equal(choice.vsize, 42 + 68 + 31);
    assert_int_equal(choice.fee, 282);
    check_sums(units, &NEED, &choice);
}

static void coins_choose__an_exact_sum_exists__makes_no_change(void **state)
{
    const uint64_t units[] = {900000, 60500, 40000};
    struct coin_choice choice;
    struct err err;
    (void)state;
    assert_true(coins_choose(units, 3, &NEED, &choice, &err));
    assert_int_equal(choice.count, 2);
    assert_int_equal(choice.change, 0);
    check_sums(units, &NEED, &choice);
}

static void coins_choose__change_would_be_dust__goes_to_the_fee(void **state)
{
    const uint64_t units[] = {100000 + 282 + 599};
    struct coin_choice choice;
    struct err err;
    (void)state;
    assert_true(coins_choose(units, 1, &NEED, &choice, &err));
    assert_int_equal(choice.change, 0);
    assert_int_equal(choice.fee, 881);
}

static void coins_choose__fee_not_covered__is_refused(void **state)
{
    const uint64_t units[] = {100000 + 219};
    struct coin_choice choice;
    struct err err;
    (void)state;
    assert_false(coins_choose(units, 1, &NEED, &choice, &err));
    assert_int_equal(err.code, ERR_FUNDS_INSUFFICIENT);
    assert_false(coins_choose(NULL, 0, &NEED, &choice, &err));
}

static int downwards(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? 1 : left > right ? -1 : 0;
}

static void coins_choose__random_coins__always_adds_up(void **state)
{
    uint64_t units[500], x = 88172645463325252ULL;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        struct coin_need need = NEED;
        struct coin_choice choice;
        struct err err;
        size_t count = 1 + round % ARRAY_LEN(units);
        uint64_t sum = 0;
        for (size_t i = 0; i < count; i++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            units[i] = x % 1000000;
            sum += units[i];
        }
        qsort(units, count, sizeof(units[0]), downwards);
        need.outputs = x % (sum + 1);
        need.rate = 1000 + x % 50000;
        if (coins_choose(units, count, &need, &choice, &err))
            check_sums(units, &need, &choice);
        else
            assert_int_equal(err.code, ERR_FUNDS_INSUFFICIENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coins_choose__one_large_coin__gives_change),
        cmocka_unit_test(coins_choose__an_exact_sum_exists__makes_no_change),
        cmocka_unit_test(coins_choose__change_would_be_dust__goes_to_the_fee),
        cmocka_unit_test(coins_choose__fee_not_covered__is_refused),
        cmocka_unit_test(coins_choose__random_coins__always_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
