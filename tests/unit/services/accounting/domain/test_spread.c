/* Over which wallets a deposit is collected: every rule of reference 2.3, and the cases of 11.8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "accounting/domain/spread.h"
#include "tests/support/dec.h"

enum { WALLETS = 3 };

struct room {
    const char *balance; /* NULL: N/A */
    const char *maximum;
};

static void assert_spread(const struct room *rooms, size_t count, const char *amount,
                          const char *minimum, const char *const *expected)
{
    struct spread_wallet wallets[WALLETS];
    struct dec portions[WALLETS];
    for (size_t i = 0; i < count; i++)
        wallets[i] = (struct spread_wallet){.has_balance = rooms[i].balance != NULL,
                                            .balance = rooms[i].balance ? dec_of(rooms[i].balance)
                                                                        : DEC_ZERO,
                                            .maximum = dec_of(rooms[i].maximum)};
    spread_over(wallets, count, dec_of(amount), dec_of(minimum), portions);
    for (size_t i = 0; i < count; i++)
        assert_dec(portions[i], expected[i]);
}

static void spread__room_in_both__fills_the_hot_one_first(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"5", "10"}, {"90", "100"}}, 2, "10", "1",
                  (const char *[]){"5.0", "5.0"});
}

static void spread__both_full__all_to_the_last(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"10", "10"}, {"100", "100"}}, 2, "10", "1",
                  (const char *[]){"0.0", "10.0"});
    assert_spread((struct room[]){{"12", "10"}, {"100", "1"}}, 2, "10", "1",
                  (const char *[]){"0.0", "10.0"});
}

static void spread__below_the_minimum__nothing(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"5", "10"}, {"90", "100"}}, 2, "0.9", "1",
                  (const char *[]){"0.0", "0.0"});
}

static void spread__balance_not_known__left_out_unless_it_is_the_last(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"10", "10"}, {NULL, "100"}}, 2, "10", "1",
                  (const char *[]){"0.0", "10.0"});
    assert_spread((struct room[]){{NULL, "10"}, {"0", "100"}}, 2, "10", "1",
                  (const char *[]){"0.0", "10.0"});
    assert_spread((struct room[]){{NULL, "10"}}, 1, "10", "1", (const char *[]){"10.0"});
}

static void spread__room_below_the_minimum__is_not_used(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"9.5", "10"}, {"0", "100"}}, 2, "10", "1",
                  (const char *[]){"0.0", "10.0"});
}

static void spread__rest_below_the_minimum__joins_the_part_before(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"0", "9.5"}, {"0", "100"}}, 2, "10", "1",
                  (const char *[]){"10.0", "0.0"});
    assert_spread((struct room[]){{"0", "9"}, {"0", "100"}}, 2, "10", "1",
                  (const char *[]){"9.0", "1.0"});
}

static void spread__three_wallets__what_is_left_goes_to_the_last(void **state)
{
    (void)state;
    assert_spread((struct room[]){{"0", "2"}, {"0", "3"}, {"0", "1"}}, 3, "10", "0.5",
                  (const char *[]){"2.0", "3.0", "5.0"});
    assert_spread((struct room[]){{"0", "0"}, {"0", "0"}, {"0", "0"}}, 3, "10", "0",
                  (const char *[]){"0.0", "0.0", "10.0"});
}

static void spread_maximum__price__cut_to_the_digits(void **state)
{
    struct dec maximum;
    (void)state;
    assert_true(spread_maximum(dec_of("100"), dec_of("3"), 2, &maximum));
    assert_dec(maximum, "33.33");
    assert_false(spread_maximum(dec_of("100"), dec_of("0"), 2, &maximum));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spread__room_in_both__fills_the_hot_one_first),
        cmocka_unit_test(spread__both_full__all_to_the_last),
        cmocka_unit_test(spread__below_the_minimum__nothing),
        cmocka_unit_test(spread__balance_not_known__left_out_unless_it_is_the_last),
        cmocka_unit_test(spread__room_below_the_minimum__is_not_used),
        cmocka_unit_test(spread__rest_below_the_minimum__joins_the_part_before),
        cmocka_unit_test(spread__three_wallets__what_is_left_goes_to_the_last),
        cmocka_unit_test(spread_maximum__price__cut_to_the_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
