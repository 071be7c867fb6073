/* Orders to a bank: sums, what XML escapes, long names, the same text each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "iso20022/pain001.h"

static bool try(const struct pain001_payment *payments, size_t count, const char *sum,
                struct str *out, struct err *err)
{
    const struct pain001 batch = {.message_id = "BOURSE-1",
                                  .name = "Bourse & Co",
                                  .iban = "DE89370400440532013000",
                                  .bic = "COBADEFFXXX",
                                  .currency = "EUR",
                                  .created_us = (int64_t)1764288000 * 1000000,
                                  .sum = dec_of(sum),
                                  .payments = payments,
                                  .count = count};
    return pain001_write(&batch, out, err);
}

static void write(const struct pain001_payment *payments, size_t count, const char *sum,
                  struct str *out)
{
    struct err err;
    assert_true(try(payments, count, sum, out, &err));
}

static bool has(const struct str *text, const char *part)
{
    return strstr(text->data, part) != NULL;
}

static void pain001_write__two_payments__sum_and_ids(void **state)
{
    struct pain001_payment payments[] = {
        {.end_to_end_id = "TID1", .name = "A <b>", .iban = "GB82WEST12345698765432"},
        {.end_to_end_id = "TID2", .name = "C", .iban = "NO9386011117947", .bic = "DNBANOKK"},
    };
    struct str text = STR_INIT(PAIN001_BYTES_MAX), again = STR_INIT(PAIN001_BYTES_MAX);
    (void)state;
    payments[0].amount = dec_of("10.10");
    payments[1].amount = dec_of("0.05");
    write(payments, ARRAY_LEN(payments), "10.15", &text);
    write(payments, ARRAY_LEN(payments), "10.15", &again);
    assert_string_equal(str_data(&text), str_data(&again));
    assert_true(has(&text, "<NbOfTxs>2</NbOfTxs><CtrlSum>10.15</CtrlSum>"));
    assert_true(has(&text, "<EndToEndId>TID1</EndToEndId>"));
    assert_true(has(&text, "<InstdAmt Ccy=\"EUR\">10.10</InstdAmt>"));
    assert_true(has(&text, "<Nm>A &lt;b&gt;</Nm>"));
    assert_true(has(&text, "<Nm>Bourse &amp; Co</Nm>"));
    assert_true(has(&text, "<BIC>DNBANOKK</BIC>"));
    assert_true(has(&text, "<CreDtTm>2025-11-28T00:00:00</CreDtTm>"));
    assert_true(has(&text, "<ReqdExctnDt>2025-11-28</ReqdExctnDt>"));
    str_release(&text);
    str_release(&again);
}

static void pain001_write__long_name__is_cut_between_characters(void **state)
{
    /* 69 letters, then one of two bytes. */
    static const char name[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9z";
    struct pain001_payment payment = {
        .end_to_end_id = "T", .name = name, .iban = "NO9386011117947"};
    struct str text = STR_INIT(PAIN001_BYTES_MAX);
    (void)state;
    payment.amount = dec_of("1");
    write(&payment, 1, "1", &text);
    assert_true(has(&text, "<CtrlSum>1.00</CtrlSum>"));
    assert_true(has(&text, "aaa</Nm>"));
    assert_false(has(&text, "\xc3"));
    str_release(&text);
}

/* What is wrong is said by its name, and nothing is written. */
static void pain001_write__one_bad_field__is_refused_by_name(void **state)
{
    static const struct {
        const char *id, *name, *iban, *amount, *sum, *what;
    } rows[] = {
        {"", "A", "NO9386011117947", "1", "1", "EndToEndId"},
        {"T23456789012345678901234567890123456", "A", "NO9386011117947", "1", "1", "EndToEndId"},
        {"T", "", "NO9386011117947", "1", "1", "Nm of T"},
        {"T", "A", "NO9386011117948", "1", "1", "IBAN of T"},
        {"T", "A", "NO9386011117947", "0", "0", "InstdAmt of T"},
        {"T", "A", "NO9386011117947", "-1", "-1", "InstdAmt of T"},
        {"T", "A", "NO9386011117947", "0.000001", "0.000001", "InstdAmt of T"},
        {"T", "A", "NO9386011117947", "12345678901234567890", "12345678901234567890", "InstdAmt"},
        {"T", "A", "NO9386011117947", "1", "1.01", "CtrlSum"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct pain001_payment payment = {.end_to_end_id = rows[i].id,
                                                .name = rows[i].name,
                                                .iban = rows[i].iban,
                                                .amount = dec_of(rows[i].amount)};
        struct str text = STR_INIT(PAIN001_BYTES_MAX);
        struct err err;
        assert_false(try(&payment, 1, rows[i].sum, &text, &err));
        assert_int_equal(err.code, ERR_INVALID);
        assert_non_null(strstr(err.what, rows[i].what));
        assert_int_equal(text.length, 0);
        str_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pain001_write__two_payments__sum_and_ids),
        cmocka_unit_test(pain001_write__one_bad_field__is_refused_by_name),
        cmocka_unit_test(pain001_write__long_name__is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
