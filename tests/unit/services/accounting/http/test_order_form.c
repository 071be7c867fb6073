/* Names of orders in paths, Unix seconds, and files for spreadsheets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "api/csv.h"
#include "accounting/http/order_form.h"
#include "base/auto.h"

#include <string.h>

static void order_ref_parse__digits_or_uuid__is_the_order(void **state)
{
    (void)state;
    struct order_ref ref;
    struct err err;
    assert_true(order_ref_parse("1234", &ref, &err));
    assert_false(ref.by_uuid);
    assert_int_equal(ref.id, 1234);
    assert_true(order_ref_parse("80da9dcf-6388-445e-9184-64ae5554bf1d", &ref, &err));
    assert_true(ref.by_uuid);
    assert_int_equal(ref.uuid.bytes[0], 0x80);
    /* No order has it: 404, not 422. */
    assert_true(order_ref_parse("123456789012345678901234567890", &ref, &err));
    assert_int_equal(ref.id, 0);
}

static void order_ref_parse__anything_else__is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     "1234asd", "-1", "1.0", " 1", "80da9dcf", "80da9dcf-6388-445e-9184-64ae5554bf1",
        "0x10", "१"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct order_ref ref;
        struct err err;
        assert_false(order_ref_parse(bad[i], &ref, &err));
        assert_string_equal(err_key(&err), "market.order.invaild_id_or_uuid");
        assert_int_equal(err_status(err.code), 422);
    }
}

static void seconds_to_us__any_number__stays_in_range(void **state)
{
    (void)state;
    assert_int_equal(seconds_to_us((struct param_i64){.given = false}), 0);
    assert_int_equal(seconds_to_us((struct param_i64){.value = 5, .given = true}), 5000000);
    assert_int_equal(seconds_to_us((struct param_i64){.value = 0, .given = true}), 1);
    assert_int_equal(seconds_to_us((struct param_i64){.value = INT64_MIN, .given = true}), 1);
    assert_int_equal(seconds_to_us((struct param_i64){.value = INT64_MAX, .given = true}),
                     INT64_C(253402300799000000));
}

static void side_or_both__names__are_sides(void **state)
{
    (void)state;
    assert_int_equal(side_or_both(NULL), SIDE_BOTH);
    assert_int_equal(side_or_both("buy"), SIDE_BUY);
    assert_int_equal(side_or_both("sell"), SIDE_SELL);
}

static void csv_text__formulas_and_quotes__are_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {NULL, ","},
        {"", ","},
        {"plain", "plain,"},
        {"=1+1", "'=1+1,"},
        {"+1", "'+1,"},
        {"-1", "'-1,"},
        {"@SUM(A1)", "'@SUM(A1),"},
        {"\tx", "'\tx,"},
        {"a,b", "\"a,b\","},
        {"say \"x\"", "\"say \"\"x\"\"\","},
        {"a\nb", "\"a\nb\","},
        {"=a,b", "\"'=a,b\","},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(256);
        csv_text(&out, rows[i].text);
        assert_string_equal(str_data(&out), rows[i].expected);
    }
}

static void csv_end_row__after_values__ends_the_line(void **state)
{
    (void)state;
    AUTO(str_release) struct str out = STR_INIT(256);
    csv_u64(&out, 12);
    csv_dec(&out, dec_from_i64(-3));
    csv_time(&out, 0);
    csv_time(&out, INT64_C(1600000040123456));
    csv_end_row(&out);
    assert_string_equal(str_data(&out), "12,-3.0,,2020-09-13T12:27:20Z\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_ref_parse__digits_or_uuid__is_the_order),
        cmocka_unit_test(order_ref_parse__anything_else__is_refused),
        cmocka_unit_test(seconds_to_us__any_number__stays_in_range),
        cmocka_unit_test(side_or_both__names__are_sides),
        cmocka_unit_test(csv_text__formulas_and_quotes__are_harmless),
        cmocka_unit_test(csv_end_row__after_values__ends_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
