/* References on bank transfers: the examples of the standards, what people type, and every mistyped digit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "iso20022/reference.h"

static void creditor_reference_make__examples_of_the_standard(void **state)
{
    char reference[CREDITOR_REFERENCE_SIZE];
    (void)state;
    creditor_reference_make("539007547034", reference);
    assert_string_equal(reference, "RF18539007547034");
    creditor_reference_make("2348231", reference);
    assert_string_equal(reference, "RF712348231");
    creditor_reference_make("C2H5OH", reference);
    assert_true(creditor_reference_read(reference, reference));
}

static void creditor_reference_read__as_people_type_it(void **state)
{
    char reference[CREDITOR_REFERENCE_SIZE];
    (void)state;
    assert_true(creditor_reference_read(" rf18 5390 0754 7034 ", reference));
    assert_string_equal(reference, "RF18539007547034");
}

static void creditor_reference_read__any_wrong_character__is_refused(void **state)
{
    static const char right[] = "RF18539007547034";
    char reference[CREDITOR_REFERENCE_SIZE], wrong[sizeof(right)];
    (void)state;
    for (size_t i = 0; i < sizeof(right) - 1; i++)
        for (char c = '0'; c <= '9'; c++) {
            memcpy(wrong, right, sizeof(right));
            wrong[i] = c;
            if (c != right[i])
                assert_false(creditor_reference_read(wrong, reference));
        }
    /* Two neighbours that changed places. */
    assert_false(creditor_reference_read("RF18539007547043", reference));
    assert_false(creditor_reference_read("", reference));
    assert_false(creditor_reference_read("RF18", reference));
    assert_false(creditor_reference_read("RF18-5390", reference));
    assert_false(creditor_reference_read("RF1853900754703412345678901234567890", reference));
}

static void creditor_reference_find__in_a_free_text(void **state)
{
    static const char *const texts[] = {
        "RF18539007547034",
        "deposit rf18 5390 0754 7034, thank you",
        "RR RF RF18 539007547034",
        "/ROC/RF18539007547034",
        "RF18 5390 0754 7034 RF18539007547034", /* the same twice is one */
        "RF19539007547034 RF18539007547034",    /* the first is none */
    };
    char reference[CREDITOR_REFERENCE_SIZE];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_true(creditor_reference_find(texts[i], 16, reference));
        assert_string_equal(reference, "RF18539007547034");
    }
}

static void creditor_reference_find__none_or_two__is_none(void **state)
{
    char other[CREDITOR_REFERENCE_SIZE], reference[CREDITOR_REFERENCE_SIZE], text[64];
    (void)state;
    creditor_reference_make("111111111111", other);
    snprintf(text, sizeof(text), "RF18539007547034 %s", other);
    assert_false(creditor_reference_find(text, 16, reference));
    assert_false(creditor_reference_find("", 16, reference));
    assert_false(creditor_reference_find("RF1853900754703", 16, reference));
    assert_false(creditor_reference_find("rent for the Rooftop Flat", 16, reference));
}

static void creditor_reference_show__groups_of_four(void **state)
{
    char shown[CREDITOR_REFERENCE_SHOWN_SIZE], longest[CREDITOR_REFERENCE_SIZE];
    (void)state;
    creditor_reference_show("RF18539007547034", shown);
    assert_string_equal(shown, "RF18 5390 0754 7034");
    creditor_reference_make("ABCDEFGHIJKLMNOPQRSTU", longest);
    creditor_reference_show(longest, shown);
    assert_int_equal(strlen(shown), 25 + 6);
}

static void iban_read__examples_and_mistakes(void **state)
{
    char iban[IBAN_SIZE];
    (void)state;
    assert_true(iban_read("DE89 3704 0044 0532 0130 00", iban));
    assert_string_equal(iban, "DE89370400440532013000");
    assert_true(iban_read("gb82west12345698765432", iban));
    assert_true(iban_read("NO9386011117947", iban));
    assert_true(iban_read("MT84MALT011000012345MTLCAST001S", iban));
    assert_false(iban_read("DE88370400440532013000", iban));
    assert_false(iban_read("DE89", iban));
    assert_false(iban_read("8937 0400 4405 3201 3000", iban));
    assert_false(iban_read("DE89370400440532013000123456789012345", iban));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creditor_reference_make__examples_of_the_standard),
        cmocka_unit_test(creditor_reference_read__as_people_type_it),
        cmocka_unit_test(creditor_reference_read__any_wrong_character__is_refused),
        cmocka_unit_test(creditor_reference_find__in_a_free_text),
        cmocka_unit_test(creditor_reference_find__none_or_two__is_none),
        cmocka_unit_test(creditor_reference_show__groups_of_four),
        cmocka_unit_test(iban_read__examples_and_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
