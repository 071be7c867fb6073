/* Telephone numbers: what people type, an example of each country, and what is no number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "phone/phone.h"

static void phone_parse__what_people_type__is_one_number(void **state)
{
    static const char *const spellings[] = {
        "+44 07418084106",     "447418084106",      "++447418084106",
        "+44 (0) 7418-084106", " 44 7418 084 106 ",
    };
    struct phone_number number;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        assert_true(phone_parse(spellings[i], &number));
        assert_string_equal(number.digits, "447418084106");
        assert_string_equal(number.country, "GB");
    }
}

static void phone_parse__countries_of_one_code__are_told_apart(void **state)
{
    static const struct {
        const char *digits, *country;
    } cases[] = {
        {"12015550123", "US"},   {"14165550123", "CA"},  {"18765550123", "JM"},
        {"79161234567", "RU"},   {"77012345678", "KZ"},  {"447781012345", "GG"},
        {"447797712345", "JE"},  {"393123456789", "IT"}, {"380501234567", "UA"},
        {"4915112345678", "DE"}, {"818012345678", "JP"},
    };
    struct phone_number number;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(phone_parse(cases[i].digits, &number));
        assert_string_equal(number.digits, cases[i].digits);
        assert_string_equal(number.country, cases[i].country);
    }
}

static void phone_parse__no_number__is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "123",
                                        "abc",
                                        "+",
                                        "0",
                                        "07418084106",
                                        "4474180841",
                                        "44741808410612",
                                        "99912345678",
                                        "1201555012",
                                        "120155501234",
                                        "4474180841061234567890123456789"};
    struct phone_number number;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(phone_parse(wrong[i], &number));
}

/* No block of their own: Saint Barthelemy and Saint Martin ring in Guadeloupe's plan, the Vatican in
 * that of Rome. */
static bool shares_a_plan(const char *country)
{
    return strcmp(country, "BL") == 0 || strcmp(country, "MF") == 0 || strcmp(country, "VA") == 0;
}

static void phone_parse__an_example_of_each_country__is_found(void **state)
{
    static const struct {
        const char *country, *digits;
    } examples[] = {
#define EXAMPLE(country, digits) {country, digits},
#include "tests/unit/libs/phone/examples.def"
#undef EXAMPLE
    };
    struct phone_number number;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        if (!phone_parse(examples[i].digits, &number))
            fail_msg("%s of %s is no number", examples[i].digits, examples[i].country);
        assert_string_equal(number.digits, examples[i].digits);
        if (!shares_a_plan(examples[i].country))
            assert_string_equal(number.country, examples[i].country);
    }
}

static void phone_code_length__codes__are_one_to_three_digits(void **state)
{
    (void)state;
    assert_int_equal(phone_code_length("12015550123"), 1);
    assert_int_equal(phone_code_length("447418084106"), 2);
    assert_int_equal(phone_code_length("380501232322"), 3);
    assert_int_equal(phone_code_length("999123"), 0);
    assert_int_equal(phone_code_length(""), 0);
    assert_int_equal(phone_code_length("3"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phone_parse__what_people_type__is_one_number),
        cmocka_unit_test(phone_parse__countries_of_one_code__are_told_apart),
        cmocka_unit_test(phone_parse__no_number__is_refused),
        cmocka_unit_test(phone_parse__an_example_of_each_country__is_found),
        cmocka_unit_test(phone_code_length__codes__are_one_to_three_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
