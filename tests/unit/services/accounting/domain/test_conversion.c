/* Paths of markets: what is read, what is refused, and what an amount becomes on its way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "accounting/domain/conversion.h"
#include "base/auto.h"
#include "base/str.h"
#include "tests/support/dec.h"

static void parse__two_paths__have_their_steps(void **state)
{
    (void)state;
    struct conversion_paths paths;
    struct err err;
    assert_true(conversion_paths_parse(
        "eur/usd:eur/usdt,_usd/usdt;ltc/eur:ltc/btc,btc/usd,_eur/usd", &paths, &err));
    assert_int_equal(paths.count, 2);
    const struct conversion_path *path = conversion_find(&paths, "eur", "usd");
    assert_non_null(path);
    assert_int_equal(path->steps_count, 2);
    assert_string_equal(path->steps[0].base, "eur");
    assert_string_equal(path->steps[0].quote, "usdt");
    assert_false(path->steps[0].divides);
    assert_string_equal(path->steps[1].base, "usd");
    assert_true(path->steps[1].divides);
    assert_int_equal(conversion_find(&paths, "ltc", "eur")->steps_count, 3);
    assert_null(conversion_find(&paths, "usd", "eur")); /* no path is walked backwards */
    assert_null(conversion_find(&paths, "eur", "us"));
}

static void parse__nothing__is_no_path(void **state)
{
    (void)state;
    struct conversion_paths paths;
    struct err err;
    assert_true(conversion_paths_parse("", &paths, &err));
    assert_int_equal(paths.count, 0);
    assert_true(conversion_paths_parse("a/b:c/d;", &paths, &err)); /* the last ; may be there */
    assert_int_equal(paths.count, 1);
}

static void parse__malformed__says_where(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "eur",
        "eur/usd",
        "eur/usd:",
        "eur/usd:eur",
        "eur/usd:eur/",
        ":a/b",
        "/usd:a/b",
        "eur/:a/b",
        "eur/usd:a/b,",
        "eur/usd:a/b,,c/d",
        "a/b:_",
        "a/b:__c/d",
        "a/b:c/d:e/f",
        "a/b;c/d:e/f",
        ";",
        "a/b/c:d/e",
        "a/b:c/d/e",
        "a/b:c_/d",
        "abcdefghijk/b:c/d",
        "a/b:c/abcdefghijk",
        ";;a/b:c/d",
        "a/b:c/d;;e/f:g/h",
        "a/b:c/d,e/f,g/h,i/j,k/l,m/n,o/p",
        ",",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct conversion_paths paths;
        struct err err;
        if (conversion_paths_parse(bad[i], &paths, &err))
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.what, "CONVERSION_PATHS"));
    }
}

static void parse__too_many_paths__is_refused(void **state)
{
    (void)state;
    AUTO(str_release) struct str text = STR_INIT(4096);
    struct conversion_paths paths;
    struct err err;
    for (size_t i = 0; i < CONVERSION_PATHS_MAX; i++)
        str_add(&text, "a/b:c/d;");
    assert_true(conversion_paths_parse(str_data(&text), &paths, &err));
    assert_int_equal(paths.count, CONVERSION_PATHS_MAX);
    str_add(&text, "a/b:c/d;");
    assert_false(conversion_paths_parse(str_data(&text), &paths, &err));
}

static void apply__times_and_by__goes_along(void **state)
{
    (void)state;
    const struct conversion_step times = {.divides = false}, by = {.divides = true};
    struct dec amount = dec_of("3");
    assert_true(conversion_apply(&times, dec_of("1.1"), &amount));
    assert_dec(amount, "3.3");
    assert_true(conversion_apply(&by, dec_of("0.5"), &amount));
    assert_dec(amount, "6.6");
}

static void apply__no_price_or_beyond_the_range__fails(void **state)
{
    (void)state;
    const struct conversion_step times = {.divides = false}, by = {.divides = true};
    struct dec amount = dec_of("99999999999999999999");
    assert_false(conversion_apply(&times, DEC_ZERO, &amount));
    assert_false(conversion_apply(&by, DEC_ZERO, &amount));
    assert_false(conversion_apply(&times, dec_of("1000"), &amount));
    assert_false(conversion_apply(&by, dec_of("0.0001"), &amount));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__two_paths__have_their_steps),
        cmocka_unit_test(parse__nothing__is_no_path),
        cmocka_unit_test(parse__malformed__says_where),
        cmocka_unit_test(parse__too_many_paths__is_refused),
        cmocka_unit_test(apply__times_and_by__goes_along),
        cmocka_unit_test(apply__no_price_or_beyond_the_range__fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
