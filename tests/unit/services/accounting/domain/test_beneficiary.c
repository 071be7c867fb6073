/* Beneficiaries: states, what their data must hold, and what of it is shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "accounting/domain/beneficiary.h"
#include "base/auto.h"

#include <string.h>

static void move__only_what_the_reference_has(void **state)
{
    (void)state;
    size_t moved = 0;
    for (unsigned event = 0; event < BENEFICIARY_EVENTS_COUNT; event++)
        for (unsigned from = 0; from < BENEFICIARY_STATES_COUNT; from++) {
            struct beneficiary row = {.state = (enum beneficiary_state)from};
            struct err err;
            moved += beneficiary_move(&row, (enum beneficiary_event)event, &err);
        }
    assert_int_equal(moved, 7);
    struct beneficiary archived = {.state = BENEFICIARY_ARCHIVED};
    struct err err;
    assert_false(beneficiary_move(&archived, BENEFICIARY_DO_ARCHIVE, &err));
    assert_int_equal(err.code, ERR_STATE_CONFLICT);
}

static void data__coin__address_without_blanks_and_bad_characters(void **state)
{
    static const struct {
        const char *json, *address;
        enum err_code code;
    } cases[] = {
        {"{\"address\":\" a b\\n?dt=1 \",\"memo\":12345678901234567890}", "ab?dt=1", ERR_NONE},
        {"{\"memo\":\"x\"}", NULL, ERR_NOT_FOUND},
        {"{\"address\":\"  \"}", NULL, ERR_NOT_FOUND},
        {"{\"address\":5}", NULL, ERR_NOT_FOUND},
        {"{\"address\":\"a<b\"}", NULL, ERR_INVALID},
        {"{\"address\":\"a@b\"}", NULL, ERR_INVALID},
        {"{\"address\":\"\xc3\xa4\"}", NULL, ERR_INVALID},
        {"[1]", NULL, ERR_INVALID},
        {"rubbish", NULL, ERR_BODY_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO(str_release) struct str out = STR_INIT(8192);
        AUTO(str_release) struct str address = STR_INIT(BENEFICIARY_ADDRESS_MAX);
        struct err err = {.code = ERR_NONE};
        bool ok = beneficiary_data_read(cases[i].json, true, &out, &address, &err);
        assert_int_equal(ok, cases[i].address != NULL);
        if (ok)
            assert_string_equal(str_data(&address), cases[i].address);
        else
            assert_int_equal(err.code, cases[i].code);
    }
    AUTO(str_release) struct str out = STR_INIT(8192);
    AUTO(str_release) struct str address = STR_INIT(BENEFICIARY_ADDRESS_MAX);
    struct err err;
    assert_true(beneficiary_data_read(cases[0].json, true, &out, &address, &err));
    assert_string_equal(str_data(&out), "{\"address\":\"ab?dt=1\",\"memo\":12345678901234567890}");
}

static void mask__account_number__keeps_first_and_last(void **state)
{
    static const struct {
        const char *json, *shown;
    } cases[] = {
        {"{\"full_name\":\"A\",\"account_number\":\"DE1234567890\"}",
         "{\"full_name\":\"A\",\"account_number\":\"DE******7890\"}"},
        {"{\"account_number\":1234567890123456789}",
         "{\"account_number\":\"12*************6789\"}"},
        {"{\"account_number\":\"123456\"}", "{\"account_number\":\"123456\"}"},
        {"{\"account_number\":null,\"x\":1}", "{\"x\":1}"},
        {"{\"full_name\":\"A\"}", "{\"full_name\":\"A\"}"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO(str_release) struct str out = STR_INIT(8192);
        assert_true(beneficiary_data_masked(cases[i].json, &out));
        assert_string_equal(str_data(&out), cases[i].shown);
    }
}

static void rid__fiat__is_name_currency_and_number(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(256);
    (void)state;
    assert_true(beneficiary_fiat_rid("{\"full_name\":\" John  Ronald Smith \"}", "usd", 42, &out));
    assert_string_equal(str_data(&out), "john-ronald-smith-usd-00000042");
}

static void plain__tag__is_cut_off(void **state)
{
    char plain[BENEFICIARY_ADDRESS_MAX];
    (void)state;
    beneficiary_plain_address("rAddress?dt=5", plain);
    assert_string_equal(plain, "rAddress");
    beneficiary_plain_address("?dt=5", plain);
    assert_string_equal(plain, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(move__only_what_the_reference_has),
        cmocka_unit_test(data__coin__address_without_blanks_and_bad_characters),
        cmocka_unit_test(mask__account_number__keeps_first_and_last),
        cmocka_unit_test(rid__fiat__is_name_currency_and_number),
        cmocka_unit_test(plain__tag__is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
