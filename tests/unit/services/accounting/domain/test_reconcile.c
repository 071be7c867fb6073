/* The sums of coins against books, and what follows from a difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/reconcile.h"
#include "tests/support/dec.h"

static struct coins coins_of(const char *text, int decimals)
{
    struct coins coins;
    assert_true(coins_parse(text, decimals, &coins));
    return coins;
}

/* ---- amounts ---- */

static void coins__text_units_and_ledger__the_same_number(void **state)
{
    static const struct {
        const char *units, *dec, *text;
        int decimals;
    } rows[] = {
        {"150000000", "1.5", "1.5", 8},
        {"1", "0.00000001", "0.00000001", 8},
        {"0", "0", "0.0", 8},
        {"1500000000000000000", "1.5", "1.5", 18},
        {"100", "0.0000000000000001", "0.0000000000000001", 18},
        {"12345678900000000000000000000", "12345678900", "12345678900.0", 18},
        {"7", "7", "7.0", 0},
        {"250500000", "250.5", "250.5", 6},
    };
    char text[COINS_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct coins by_units, by_dec;
        assert_true(coins_of_units(rows[i].units, rows[i].decimals, &by_units));
        assert_true(coins_of_dec(dec_of(rows[i].dec), rows[i].decimals, &by_dec));
        assert_true(by_units.number == by_dec.number);
        assert_string_equal(coins_text(by_units, rows[i].decimals, text), rows[i].text);
        assert_true(coins_of(rows[i].text, rows[i].decimals).number == by_units.number);
    }
    /* One unit of 18 digits is less than the ledger can hold, and is not lost. */
    struct coins unit;
    assert_true(coins_of_units("1", 18, &unit));
    assert_string_equal(coins_text(unit, 18, text), "0.000000000000000001");
    assert_string_equal(coins_text((struct coins){-unit.number}, 18, text),
                        "-0.000000000000000001");
    assert_true(coins_of("-0.000000000000000001", 18).number == -unit.number);
}

static void coins__absurd__refused(void **state)
{
    static const char *const bad[] = {"",    "-",  ".",   "1.", ".5", "1.2.3",
                                      "1e3", "+1", "0x1", " 1", "--1"};
    struct coins coins;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(coins_parse(bad[i], 8, &coins));
    assert_false(coins_parse("0.00000000000000001", 8, &coins)); /* 17 digits */
    assert_false(coins_of_units("-1", 8, &coins));
    assert_false(coins_of_units("01", 8, &coins));
    assert_false(coins_of_units("99999999999999999999999999999999999999", 18, &coins));
    assert_false(coins_of_units("99999999999999999999999999999999999999999999", 18, &coins));
    /* Above the range a sum says so and stays. */
    coins.number = (__int128)1 << 126;
    struct coins before = coins;
    assert_false(coins_add(&coins, (struct coins){1}));
    assert_true(coins.number == before.number);
}

/* ---- sums ---- */

static void difference__every_line__explains_with_its_sign(void **state)
{
    char text[COINS_TEXT_SIZE];
    (void)state;
    for (int line = 0; line < RECONCILE_LINES_COUNT; line++) {
        struct reconcile_sheet sheet = {.has_counted = true, .counted = coins_of("10", 8)};
        struct coins difference, one = coins_of("0.25", 8);
        int sign = reconcile_line_sign((enum reconcile_line)line);
        sheet.lines[RECONCILE_IN_BOOKS] = coins_of("10", 8);
        assert_true(reconcile_difference(&sheet, &difference));
        assert_true(difference.number == 0);
        assert_true(coins_add(&sheet.lines[line], (struct coins){sign * one.number}));
        assert_true(reconcile_difference(&sheet, &difference));
        /* A line that makes the chain hold more leaves less of it unexplained. */
        assert_string_equal(coins_text(difference, 8, text), sign > 0 ? "-0.25" : "0.25");
    }
}

static void difference__records_and_node_disagree__the_one_that_does_not_balance(void **state)
{
    struct reconcile_sheet sheet = {.has_counted = true,
                                    .has_recorded = true,
                                    .counted = coins_of("10", 8),
                                    .recorded = coins_of("10", 8)};
    struct coins difference;
    (void)state;
    sheet.lines[RECONCILE_IN_BOOKS] = coins_of("10", 8);
    assert_true(reconcile_difference(&sheet, &difference) && difference.number == 0);
    sheet.recorded = coins_of("10.5", 8);
    assert_true(reconcile_difference(&sheet, &difference));
    assert_true(difference.number == coins_of("0.5", 8).number);
    sheet.counted = coins_of("9", 8);
    assert_true(reconcile_difference(&sheet, &difference));
    assert_true(difference.number == coins_of("-1", 8).number);
    sheet.has_counted = false;
    assert_true(reconcile_difference(&sheet, &difference));
    assert_true(difference.number == coins_of("0.5", 8).number);
}

static void lines__of_the_gateway__are_no_lines_of_the_books(void **state)
{
    enum reconcile_line line;
    (void)state;
    assert_true(reconcile_line_find("payments_not_final", &line));
    assert_int_equal(line, RECONCILE_PAYMENTS_NOT_FINAL);
    assert_int_equal(reconcile_line_sign(line), -1);
    /* What the books say is never taken from somebody else. */
    assert_false(reconcile_line_find("in_books", &line));
    assert_false(reconcile_line_find("not_credited", &line));
    assert_false(reconcile_line_find("on_the_way", &line));
}

/* ---- states ---- */

struct step {
    int64_t height;
    const char *difference;
    enum reconcile_state state;
};

static void walk(const struct step *steps, size_t count, const char *tolerance,
                 enum reconcile_stop stop)
{
    struct reconcile_standing standing = {.state = RECONCILE_BALANCED};
    for (size_t i = 0; i < count; i++) {
        const struct reconcile_finding finding = {.height = steps[i].height,
                                                  .difference = coins_of(steps[i].difference, 8),
                                                  .tolerance = coins_of(tolerance, 8)};
        standing = reconcile_judge(&standing, &finding, stop);
        assert_int_equal(standing.state, steps[i].state);
        assert_true(standing.height == finding.height);
        assert_true(standing.difference.number == finding.difference.number);
    }
}
#define WALK(tolerance, stop, ...)                                                                 \
    walk((const struct step[]){__VA_ARGS__},                                                       \
         sizeof((const struct step[]){__VA_ARGS__}) / sizeof(struct step), tolerance, stop)

static void judge__two_in_a_row_at_different_heights__stop(void **state)
{
    (void)state;
    WALK("0", RECONCILE_STOP_ANY, {1, "0", RECONCILE_BALANCED}, {2, "-1", RECONCILE_DIFFERS},
         {2, "-1", RECONCILE_DIFFERS}, {3, "-1", RECONCILE_STOPPED}, {3, "-1", RECONCILE_STOPPED},
         {4, "-2", RECONCILE_STOPPED}, {5, "0", RECONCILE_BALANCED}, {6, "1", RECONCILE_DIFFERS},
         {7, "0", RECONCILE_BALANCED}, {8, "1", RECONCILE_DIFFERS}, {7, "1", RECONCILE_STOPPED});
    /* A node that lies once stops nothing. */
    WALK("0", RECONCILE_STOP_ANY, {1, "-1", RECONCILE_DIFFERS}, {2, "0", RECONCILE_BALANCED},
         {3, "-1", RECONCILE_DIFFERS}, {4, "0", RECONCILE_BALANCED});
    WALK("0.5", RECONCILE_STOP_ANY, {1, "-0.5", RECONCILE_BALANCED}, {2, "0.5", RECONCILE_BALANCED},
         {3, "0.50000001", RECONCILE_DIFFERS}, {4, "-0.50000001", RECONCILE_STOPPED},
         {5, "0.5", RECONCILE_BALANCED});
}

static void judge__shortage_and_none__what_stops(void **state)
{
    (void)state;
    WALK("0", RECONCILE_STOP_SHORTAGE, {1, "1", RECONCILE_DIFFERS}, {2, "1", RECONCILE_DIFFERS},
         {3, "-1", RECONCILE_STOPPED}, {4, "1", RECONCILE_DIFFERS});
    WALK("0", RECONCILE_STOP_NONE, {1, "-1", RECONCILE_DIFFERS}, {2, "-1", RECONCILE_DIFFERS});
}

static void judge__acknowledged__until_it_changes(void **state)
{
    struct reconcile_standing standing = {.state = RECONCILE_BALANCED,
                                          .height = 5,
                                          .difference = coins_of("-1", 8),
                                          .acknowledged = coins_of("-1", 8)};
    struct reconcile_finding finding = {.height = 6, .difference = coins_of("-1", 8)};
    (void)state;
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_BALANCED);
    assert_true(standing.acknowledged.number == coins_of("-1", 8).number);
    finding = (struct reconcile_finding){.height = 7, .difference = coins_of("-1.5", 8)};
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_DIFFERS);
    finding.height = 8;
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_STOPPED);
    /* It balances: what was taken on is over, and the same difference is news again. */
    finding = (struct reconcile_finding){.height = 9};
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_BALANCED);
    assert_true(standing.acknowledged.number == 0);
    finding = (struct reconcile_finding){.height = 10, .difference = coins_of("-1", 8)};
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_DIFFERS);
}

static void judge__a_wallet_without_blocks__the_second_check_stops(void **state)
{
    struct reconcile_standing standing = {.state = RECONCILE_BALANCED, .height = 1};
    const struct reconcile_finding finding = {
        .height = 1, .has_no_blocks = true, .difference = coins_of("-1", 8)};
    (void)state;
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_DIFFERS);
    standing = reconcile_judge(&standing, &finding, RECONCILE_STOP_ANY);
    assert_int_equal(standing.state, RECONCILE_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coins__text_units_and_ledger__the_same_number),
        cmocka_unit_test(coins__absurd__refused),
        cmocka_unit_test(difference__every_line__explains_with_its_sign),
        cmocka_unit_test(difference__records_and_node_disagree__the_one_that_does_not_balance),
        cmocka_unit_test(lines__of_the_gateway__are_no_lines_of_the_books),
        cmocka_unit_test(judge__two_in_a_row_at_different_heights__stop),
        cmocka_unit_test(judge__a_wallet_without_blocks__the_second_check_stops),
        cmocka_unit_test(judge__shortage_and_none__what_stops),
        cmocka_unit_test(judge__acknowledged__until_it_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
