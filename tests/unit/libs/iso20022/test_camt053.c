/* Statements of banks: what an entry says in each version, sums, reversals, batches, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dec.h"

#include "iso20022/camt053.h"

#define HEAD(version)                                                                              \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document "                                       \
    "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001." version "\"><BkToCstmrStmt>"            \
    "<Stmt><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>"
#define BALANCE(code, amount, sign)                                                                \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount               \
    "</Amt><CdtDbtInd>" sign "</CdtDbtInd></Bal>"
#define BALANCES(open, close) BALANCE("OPBD", open, "CRDT") BALANCE("CLBD", close, "CRDT")
#define ENTRY(amount, sign, status, rest)                                                          \
    "\n<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" sign "</CdtDbtInd>" status              \
    "<AcctSvcrRef>A1</AcctSvcrRef>" rest "</Ntry>"
#define BOOK "<Sts>BOOK</Sts>"
#define DETAIL(inside) "<NtryDtls><TxDtls>" inside "</TxDtls></NtryDtls>"
#define TAIL "</Stmt></BkToCstmrStmt></Document>"

enum { ENTRIES_MAX = 8 };

struct taken {
    struct statement_entry entries[ENTRIES_MAX];
    size_t count;
    char iban[IBAN_SIZE];
};

static bool take(void *arg, const struct statement *statement, const struct statement_entry *entry,
                 struct err *err)
{
    struct taken *taken = arg;
    (void)err;
    assert_true(taken->count < ENTRIES_MAX);
    taken->entries[taken->count++] = *entry;
    memcpy(taken->iban, statement->iban, sizeof(taken->iban));
    return true;
}

static bool reads(const char *text, struct taken *taken, struct err *err)
{
    memset(taken, 0, sizeof(*taken));
    return camt053_read(text, strlen(text), take, taken, err);
}

static void camt053_read__a_credit__in_both_forms(void **state)
{
    static const char *const texts[] = {
        HEAD("02") BALANCES("100.00", "112.50") ENTRY(
            "12.50", "CRDT", BOOK,
            DETAIL("<Refs><EndToEndId>E1</EndToEndId></Refs><RltdPties><Dbtr><Nm> A &amp; B "
                   "</Nm></Dbtr><DbtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN></Id></DbtrAcct>"
                   "</RltdPties><RmtInf><Ustrd>deposit RF18 5390</Ustrd><Ustrd> 0754 7034</Ustrd>"
                   "</RmtInf>")) TAIL,
        HEAD("08") BALANCES("100.00", "112.50") ENTRY(
            "12.50", "CRDT", "<Sts><Cd>BOOK</Cd></Sts>",
            DETAIL("<Refs><EndToEndId>E1</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>A &amp; B"
                   "</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN></Id>"
                   "</DbtrAcct></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>RF18539007547034</Ref>"
                   "</CdtrRefInf></Strd></RmtInf>")) TAIL,
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct taken taken;
        struct err err;
        char reference[CREDITOR_REFERENCE_SIZE];
        assert_true(reads(texts[i], &taken, &err));
        assert_int_equal(taken.count, 1);
        const struct statement_entry *entry = taken.entries;
        assert_true(entry->is_credit && entry->is_booked && !entry->is_reversal);
        assert_int_equal(dec_cmp(entry->amount, dec_of("12.5")), 0);
        assert_string_equal(entry->currency, "EUR");
        assert_string_equal(entry->servicer_ref, "A1");
        assert_string_equal(entry->end_to_end_id, "E1");
        assert_string_equal(entry->payer, "A & B");
        assert_string_equal(entry->payer_account, "GB82WEST12345698765432");
        assert_int_equal(entry->line, 3);
        assert_string_equal(taken.iban, "DE89370400440532013000");
        assert_true(
            creditor_reference_find(i == 0 ? entry->text : entry->reference, 16, reference));
        assert_string_equal(reference, "RF18539007547034");
    }
}

static void camt053_read__sums__must_fit(void **state)
{
    struct taken taken;
    struct err err;
    (void)state;
    /* What is pending does not count; what we owe is negative. */
    assert_true(reads(HEAD("02") BALANCES("10", "5") ENTRY("5", "DBIT", BOOK, "")
                          ENTRY("9", "CRDT", "<Sts>PDNG</Sts>", "") TAIL,
                      &taken, &err));
    assert_true(reads(HEAD("02") BALANCE("PRCD", "10", "DBIT") BALANCE("CLBD", "3", "CRDT")
                          ENTRY("13", "CRDT", BOOK, "") TAIL,
                      &taken, &err));
    assert_false(
        reads(HEAD("02") BALANCES("10", "5.01") ENTRY("5", "DBIT", BOOK, "") TAIL, &taken, &err));
    assert_non_null(strstr(err.what, "closing balance"));
    assert_false(reads(HEAD("02") BALANCE("OPBD", "10", "CRDT") TAIL, &taken, &err));
    assert_int_equal(err.code, ERR_BODY_INVALID);
}

static void camt053_read__reversals_and_returns__are_seen(void **state)
{
    struct taken taken;
    struct err err;
    (void)state;
    assert_true(
        reads(HEAD("02") BALANCES("10", "10") ENTRY("5", "DBIT", "<RvslInd>true</RvslInd>" BOOK, "")
                  ENTRY("5", "CRDT", BOOK,
                        DETAIL("<Refs><EndToEndId>T</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd>"
                               "</Rsn></RtrInf>")) TAIL,
              &taken, &err));
    assert_true(taken.entries[0].is_reversal && !taken.entries[0].is_credit);
    assert_true(taken.entries[1].is_return && taken.entries[1].is_credit);
    assert_string_equal(taken.entries[1].return_reason, "AC04");
}

static void camt053_read__several_transactions__each_or_as_a_whole(void **state)
{
    struct taken taken;
    struct err err;
    (void)state;
    assert_true(reads(HEAD("02") BALANCES("0", "12.5")
                          ENTRY("12.5", "CRDT", BOOK,
                                DETAIL("<Amt Ccy=\"EUR\">5</Amt>")
                                    DETAIL("<AmtDtls><TxAmt><Amt Ccy=\"EUR\">7.5</Amt></TxAmt>"
                                           "</AmtDtls>")) TAIL,
                      &taken, &err));
    assert_int_equal(taken.count, 2);
    assert_int_equal(dec_cmp(taken.entries[1].amount, dec_of("7.5")), 0);
    assert_int_equal(taken.entries[1].detail, 1);
    assert_true(reads(HEAD("02") BALANCES("0", "12.5")
                          ENTRY("12.5", "CRDT", BOOK,
                                DETAIL("<Amt Ccy=\"EUR\">5</Amt>")
                                    DETAIL("<Amt Ccy=\"USD\">7.5</Amt>")) TAIL,
                      &taken, &err));
    assert_int_equal(taken.count, 1);
    assert_true(taken.entries[0].is_unclear);
    assert_int_equal(dec_cmp(taken.entries[0].amount, dec_of("12.5")), 0);
}

static void camt053_read__no_statement__is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "no XML",
        "<Document/>",
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.02\"/>",
        "<!DOCTYPE Document [<!ENTITY a \"b\">]>" HEAD("02") BALANCES("0", "0") TAIL,
        "<!DOCTYPE Document SYSTEM \"http://127.0.0.1/x\">" HEAD("02") BALANCES("0", "0") TAIL,
        HEAD("02") BALANCES("0", "0"),
        HEAD("02") BALANCES("0", "0") TAIL TAIL,
        HEAD("02") BALANCES("0", "x") TAIL,
        HEAD("02") BALANCES("0", "0") ENTRY("1", "BOTH", BOOK, "") TAIL,
        HEAD("02") BALANCES("0", "0") ENTRY("-1", "CRDT", BOOK, "") TAIL,
        HEAD("02") BALANCES("0", "0") ENTRY("1e3", "CRDT", BOOK, "") TAIL,
        HEAD("02") BALANCES("0", "0")
            ENTRY("0", "CRDT", BOOK,
                  DETAIL("<Refs><EndToEndId>123456789012345678901234567890123456</EndToEndId>"
                         "</Refs>")) TAIL,
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct taken taken;
        struct err err;
        assert_false(reads(texts[i], &taken, &err));
        assert_int_equal(err.code, ERR_BODY_INVALID);
        assert_int_equal(strncmp(err.what, "line ", 5), 0);
    }
}

static bool refuse(void *arg, const struct statement *statement,
                   const struct statement_entry *entry, struct err *err)
{
    (void)arg, (void)statement, (void)entry;
    return err_set(err, ERR_DB_UNAVAILABLE, "the database is away");
}

static void camt053_read__whoever_takes_fails__is_its_failure(void **state)
{
    static const char text[] = HEAD("02") BALANCES("0", "1") ENTRY("1", "CRDT", BOOK, "") TAIL;
    struct err err;
    (void)state;
    assert_false(camt053_read(text, sizeof(text) - 1, refuse, NULL, &err));
    assert_int_equal(err.code, ERR_DB_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(camt053_read__a_credit__in_both_forms),
        cmocka_unit_test(camt053_read__sums__must_fit),
        cmocka_unit_test(camt053_read__reversals_and_returns__are_seen),
        cmocka_unit_test(camt053_read__several_transactions__each_or_as_a_whole),
        cmocka_unit_test(camt053_read__no_statement__is_refused),
        cmocka_unit_test(camt053_read__whoever_takes_fails__is_its_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
