/* One payout, one spend: what may be signed a second time, and what the memory of it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "signer/state/limits.h"
#include "signer/state/spends.h"
#include "signer/state/window.h"

enum { DAY_S = 24 * 3600 };
#define SECOND_US ((int64_t)1000000)
#define START_US ((int64_t)1800000000 * SECOND_US)

static struct mark mark(const char *text)
{
    return mark_of_bytes(text, strlen(text));
}

/* inputs: one letter each */
static enum spend_verdict ask(struct spends *spends, const char *payout, const char *to,
                              uint64_t units, const char *tx, const char *inputs, int64_t at_us)
{
    struct mark marks[16];
    struct spend_ask asked = {
        .payout = mark(payout),
        .place = mark(to),
        .units = u256_from_u64(units),
        .tx = mark_of_bytes(tx, strcspn(tx, "/")), /* "A/x": A with other values */
        .binding = mark(tx),
        .inputs = marks,
        .inputs_count = strlen(inputs)};
    struct err err;
    for (size_t i = 0; i < strlen(inputs); i++)
        marks[i] = mark_of_bytes(&inputs[i], 1);
    enum spend_verdict verdict = spends_ask(spends, &asked);
    if (verdict == SPEND_NEW || verdict == SPEND_REPLACES) {
        assert_true(spends_reserve(spends, 1, &err));
        spends_put(spends, &asked, at_us);
    }
    return verdict;
}

static void spends_ask__the_same_again__is_known(void **state)
{
    AUTO_FREE(spends_free) struct spends *spends = spends_new(10, DAY_S * SECOND_US);
    (void)state;
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "12", START_US), SPEND_NEW);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "12", START_US), SPEND_AGAIN);
    assert_int_equal(ask(spends, "w-2", "bob", 5, "B", "34", START_US), SPEND_NEW);
    assert_int_equal(spends_count(spends), 2);
}

static void spends_ask__another_transaction__must_share_an_input(void **state)
{
    AUTO_FREE(spends_free) struct spends *spends = spends_new(10, DAY_S * SECOND_US);
    (void)state;
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "12", START_US), SPEND_NEW);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "X", "34", START_US), SPEND_SECOND);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "B", "23", START_US), SPEND_REPLACES);
    /* It conflicts with A, but not with B: B and this one could both be mined. */
    assert_int_equal(ask(spends, "w-1", "bob", 5, "C", "1", START_US), SPEND_SECOND);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "D", "2", START_US), SPEND_REPLACES);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "12", START_US), SPEND_AGAIN);
}

static void spends_ask__another_place_or_more__is_refused(void **state)
{
    AUTO_FREE(spends_free) struct spends *spends = spends_new(10, DAY_S * SECOND_US);
    (void)state;
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "1", START_US), SPEND_NEW);
    assert_int_equal(ask(spends, "w-1", "eve", 5, "B", "1", START_US), SPEND_DIFFERS);
    assert_int_equal(ask(spends, "w-1", "bob", 6, "B", "1", START_US), SPEND_DIFFERS);
    assert_int_equal(ask(spends, "w-1", "bob", 4, "B", "1", START_US), SPEND_REPLACES);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "C", "1", START_US), SPEND_REPLACES);
}

static void spends_ask__transaction_of_before__for_its_payouts_and_values_alone(void **state)
{
    AUTO_FREE(spends_free) struct spends *spends = spends_new(10, DAY_S * SECOND_US);
    (void)state;
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "1", START_US), SPEND_NEW);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A/x", "1", START_US), SPEND_TX_AGAIN);
    assert_int_equal(ask(spends, "w-2", "bob", 5, "A", "1", START_US), SPEND_TX_AGAIN);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "1", START_US), SPEND_AGAIN);
}

static void spends_put__many__the_oldest_are_closed_and_known(void **state)
{
    AUTO_FREE(spends_free) struct spends *spends = spends_new(1000, DAY_S * SECOND_US);
    char id[32], tx[32];
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(id, sizeof(id), "w-%u", i);
        snprintf(tx, sizeof(tx), "tx-%u", i);
        assert_int_equal(ask(spends, id, "bob", 5, tx, "1", START_US), SPEND_NEW);
    }
    assert_int_equal(spends_count(spends), 20000);
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(id, sizeof(id), "w-%u", i);
        snprintf(tx, sizeof(tx), "tx-%u", i);
        assert_int_equal(ask(spends, id, "bob", 5, tx, "1", START_US),
                         i < 19000 ? SPEND_CLOSED : SPEND_AGAIN);
    }
}

static void spends_put__after_its_time__a_payout_is_closed(void **state)
{
    AUTO_FREE(spends_free) struct spends *spends = spends_new(10, DAY_S * SECOND_US);
    (void)state;
    ask(spends, "w-1", "bob", 5, "A", "1", START_US);
    ask(spends, "w-2", "bob", 5, "B", "2", START_US + (DAY_S + 1) * SECOND_US);
    assert_int_equal(ask(spends, "w-1", "bob", 5, "A", "1", START_US), SPEND_CLOSED);
    assert_int_equal(ask(spends, "w-2", "bob", 5, "B", "2", START_US), SPEND_AGAIN);
}

static void mark_of__texts__do_not_run_together(void **state)
{
    const char *const one[] = {"a", "bc", NULL}, *const other[] = {"ab", "c", NULL};
    struct mark first = mark_of(one), second = mark_of(other);
    (void)state;
    assert_memory_not_equal(first.bytes, second.bytes, MARK_SIZE);
}

static void window_total__counts_a_day_and_no_less(void **state)
{
    static struct window window;
    (void)state;
    window_add(&window, START_US, u256_from_u64(7));
    window_add(&window, START_US + 3600 * SECOND_US, u256_from_u64(5));
    const struct {
        int64_t later_s;
        uint64_t total;
    } cases[] = {{3600, 12}, {DAY_S, 12}, {DAY_S + 120, 5}, {DAY_S + 3720, 0}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t total;
        struct u256 sum = window_total(&window, START_US + cases[i].later_s * SECOND_US);
        assert_true(u256_to_u64(sum, &total));
        assert_int_equal(total, cases[i].total);
    }
}

static void window_add__beyond_256_bits__is_above_any_cap(void **state)
{
    static struct window window;
    (void)state;
    window_add(&window, START_US, U256_MAX);
    window_add(&window, START_US, u256_from_u64(1));
    assert_int_equal(u256_cmp(window_total(&window, START_US), U256_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spends_ask__the_same_again__is_known),
        cmocka_unit_test(spends_ask__another_transaction__must_share_an_input),
        cmocka_unit_test(spends_ask__another_place_or_more__is_refused),
        cmocka_unit_test(spends_ask__transaction_of_before__for_its_payouts_and_values_alone),
        cmocka_unit_test(spends_put__many__the_oldest_are_closed_and_known),
        cmocka_unit_test(spends_put__after_its_time__a_payout_is_closed),
        cmocka_unit_test(mark_of__texts__do_not_run_together),
        cmocka_unit_test(window_total__counts_a_day_and_no_less),
        cmocka_unit_test(window_add__beyond_256_bits__is_above_any_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
