/* What banks say of an order: each level, its reasons, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "base/str.h"
#include "iso20022/pain002.h"

#define HEAD(version)                                                                              \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "                                       \
    "xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001." version "\"><CstmrPmtStsRpt>"           \
    "<GrpHdr><MsgId>R1</MsgId></GrpHdr>"
#define GROUP(inside)                                                                              \
    "<OrgnlGrpInfAndSts><OrgnlMsgId>B1</OrgnlMsgId>"                                               \
    "<OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>" inside "</OrgnlGrpInfAndSts>\n"
#define PAYMENT(inside)                                                                            \
    "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId>" inside "</OrgnlPmtInfAndSts>"
#define TX(id, inside)                                                                             \
    "<TxInfAndSts><OrgnlEndToEndId>" id "</OrgnlEndToEndId>" inside "</TxInfAndSts>"
#define REASON(code, text)                                                                         \
    "<StsRsnInf><Rsn><Cd>" code "</Cd></Rsn><AddtlInf>" text "</AddtlInf></StsRsnInf>"
#define TAIL "</CstmrPmtStsRpt></Document>"

static void pain002_read__all_levels__transactions_first(void **state)
{
    static const char text[] = HEAD("03") GROUP(
        "<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>30.5</OrgnlCtrlSum><GrpSts>PART</GrpSts>")
        PAYMENT("<PmtInfSts>PART</PmtInfSts>" TX(
            "T1", "<TxSts> RJCT </TxSts>" REASON("AC04", "Account closed") REASON(
                      "AM05", "no") "<OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">10.50</InstdAmt></Amt>"
                                    "</OrgnlTxRef>") TX("T2", "<TxSts>ACSC</TxSts>")) TAIL;
    struct pain002 report;
    struct err err;
    (void)state;
    assert_true(pain002_read(text, sizeof(text) - 1, &report, &err));
    assert_string_equal(report.id, "R1");
    assert_string_equal(report.original_id, "B1");
    assert_true(report.has_payments && report.has_sum);
    assert_int_equal(report.payments, 3);
    assert_dec(report.sum, "30.5");
    assert_int_equal(report.count, 4);
    const struct pain002_status *first = &report.statuses[0];
    assert_int_equal(first->level, PAIN002_TRANSACTION);
    assert_string_equal(first->payment_id, "B1");
    assert_string_equal(first->end_to_end_id, "T1");
    assert_string_equal(first->status, "RJCT");
    assert_string_equal(first->reason, "AC04");
    assert_string_equal(first->text, "Account closed");
    assert_true(first->has_amount);
    assert_dec(first->amount, "10.5");
    assert_string_equal(first->currency, "EUR");
    assert_string_equal(report.statuses[1].status, "ACSC");
    assert_string_equal(report.statuses[1].reason, "");
    assert_int_equal(report.statuses[2].level, PAIN002_PAYMENT);
    assert_int_equal(report.statuses[3].level, PAIN002_GROUP);
    pain002_end(&report);
}

static void pain002_read__a_status_that_is_the_groups(void **state)
{
    static const char text[] =
        HEAD("10") GROUP("<GrpSts>RJCT</GrpSts>"
                         "<StsRsnInf><Rsn><Prtry>own code</Prtry></Rsn></StsRsnInf>")
            PAYMENT(TX("T1", REASON("AC01", "x"))) TAIL;
    struct pain002 report;
    struct err err;
    (void)state;
    assert_true(pain002_read(text, sizeof(text) - 1, &report, &err));
    assert_int_equal(report.count, 2);
    assert_string_equal(report.statuses[0].status, "RJCT");
    assert_string_equal(report.statuses[0].reason, "AC01");
    assert_string_equal(report.statuses[1].reason, "own code");
    pain002_end(&report);
}

static void pain002_read__a_long_text__is_cut_between_characters(void **state)
{
    struct str text = STR_INIT(4096);
    struct pain002 report;
    struct err err;
    (void)state;
    str_add(&text, HEAD("03") GROUP("") "<OrgnlPmtInfAndSts><TxInfAndSts><TxSts>RJCT</TxSts>"
                                        "<StsRsnInf><AddtlInf>a");
    for (size_t i = 0; i < 100; i++)
        str_add(&text, "\xc3\xa9");
    str_add(&text, "</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>" TAIL);
    assert_true(pain002_read(str_data(&text), text.length, &report, &err));
    assert_int_equal(strlen(report.statuses[0].text), PAIN002_TEXT_SIZE - 2);
    pain002_end(&report);
    str_release(&text);
}

static void pain002_read__what_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"", "no element found"},
        {"<Document/>", "no pain.002"},
        {"<!DOCTYPE d [<!ENTITY a \"b\">]>\n" HEAD("03") TAIL, "document type"},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"/>", "no pain.002"},
        {HEAD("03") TAIL, "OrgnlMsgId is missing"},
        {HEAD("03") GROUP("") TAIL, "no status"},
        {HEAD("03") GROUP("<GrpSts>ACCP</GrpSts>") GROUP("") TAIL, "two groups"},
        {HEAD("03") GROUP("<GrpSts>PART</GrpSts>") PAYMENT(TX("T1", "")) TAIL, "has no status"},
        {HEAD("03") GROUP("<OrgnlNbOfTxs>x</OrgnlNbOfTxs>") TAIL, "a number is none"},
        {HEAD("03") "<OrgnlGrpInfAndSts><OrgnlMsgId>B1</OrgnlMsgId>"
                    "<OrgnlMsgNmId>pain.008.001.02</OrgnlMsgNmId></OrgnlGrpInfAndSts>" TAIL,
         "something else than a pain.001"},
        {HEAD("03") GROUP("") PAYMENT(
             TX("T1", "<TxSts>ACCP</TxSts><OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">-1</InstdAmt>"
                      "</Amt></OrgnlTxRef>")) TAIL,
         "no positive number"},
        {HEAD("03") GROUP("<GrpSts>RJCT</GrpSts>") PAYMENT(TX("T1", "<TxSts>ACCP</TxSts>")) TAIL,
         "rejected as a whole"},
        {HEAD("03") GROUP("<GrpSts>PART</GrpSts>")
             PAYMENT("<PmtInfSts>RJCT</PmtInfSts>" TX("T1", "<TxSts>ACCP</TxSts>")) TAIL,
         "rejected as a whole"},
        {HEAD("03") GROUP("")
             PAYMENT(TX("T1234567890123456789012345678901234567", "<TxSts>ACCP</TxSts>")) TAIL,
         "longer than the standard"},
        {HEAD("03") GROUP("<GrpSts>ACCP</GrpSts>"), "no element found"},
    };
    struct pain002 report;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(pain002_read(wrong[i].text, strlen(wrong[i].text), &report, &err));
        assert_int_equal(err.code, ERR_BODY_INVALID);
        assert_non_null(strstr(err.what, wrong[i].why));
        pain002_end(&report);
    }
}

static void pain002_read__too_much__is_refused(void **state)
{
    struct str text = STR_INIT(PAIN002_BYTES_MAX);
    struct pain002 report;
    struct err err;
    (void)state;
    str_add(&text, HEAD("03") GROUP("") "<OrgnlPmtInfAndSts>");
    for (size_t i = 0; i <= PAIN002_STATUSES_MAX; i++)
        str_add(&text, TX("T", "<TxSts>ACCP</TxSts>"));
    assert_true(str_ok(&text));
    assert_false(pain002_read(str_data(&text), text.length, &report, &err));
    assert_non_null(strstr(err.what, "too many statuses"));
    pain002_end(&report);
    str_release(&text);
    assert_false(pain002_read("x", PAIN002_BYTES_MAX + 1, &report, &err));
    assert_int_equal(err.code, ERR_BODY_TOO_LARGE);
    pain002_end(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pain002_read__all_levels__transactions_first),
        cmocka_unit_test(pain002_read__a_status_that_is_the_groups),
        cmocka_unit_test(pain002_read__a_long_text__is_cut_between_characters),
        cmocka_unit_test(pain002_read__what_is_refused),
        cmocka_unit_test(pain002_read__too_much__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
