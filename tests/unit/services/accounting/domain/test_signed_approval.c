/* The document that an approver signs: its form, and that it says what is paid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "accounting/domain/signed_approval.h"
#include "crypto/crypto.h"
#include "json/read.h"

#include <stdio.h>
#include <string.h>

#define CONTRACT "0x5FbDB2315678afecb367f032d93F642f64180aa3"
#define SAID                                                                                       \
    "\"payout_id\":\"withdraw-7\",\"chain\":\"eth-anvil\",\"contract\":\"" CONTRACT                \
    "\",\"to\":\"0xAbc\",\"units\":\"150\""
#define TIMES "\"iat\":1000,\"exp\":2000,\"jti\":\"x\","
#define SIGNATURES                                                                                 \
    "[{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"header\":{\"kid\":\"alice\"},\"signature\":"       \
    "\"YWJj\"}]"

static const int64_t now_us = 1500 * (int64_t)1000000;
static const struct payment_said said = {.payout_id = "withdraw-7",
                                         .chain = "eth-anvil",
                                         .contract = "0x5fbdb2315678afecb367f032d93f642f64180aa3",
                                         .to = "0xaBC",
                                         .units = "150"};

static void document_make(const char *claims, const char *signatures, struct str *out)
{
    str_add(out, "{\"payload\":\"");
    base64url_write(out, claims, strlen(claims));
    str_add_format(out, "\",\"signatures\":%s}", signatures);
    assert_true(str_ok(out));
}

/* The key of the refusal; NULL: it is fine. */
static const char *refusal(const char *claims, const char *signatures, const char *names)
{
    struct str document = STR_INIT(4096);
    char name[SIGNED_APPROVAL_NAME_MAX + 1];
    int64_t expires_us = 0;
    struct err err;
    document_make(claims, signatures, &document);
    bool fine = signed_approval_check(str_data(&document), &said, now_us, name, &expires_us, &err);
    str_release(&document);
    if (fine) {
        assert_string_equal(name, "alice");
        assert_int_equal(expires_us, 2000 * (int64_t)1000000);
        return NULL;
    }
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(strstr(err.what, names));
    return err_key(&err);
}

static void check__says_what_is_paid__is_taken(void **state)
{
    (void)state;
    assert_null(refusal("{" TIMES SAID "}", SIGNATURES, ""));
}

static void check__says_something_else__names_it(void **state)
{
    static const struct {
        const char *claims, *names;
    } rows[] = {
        {"\"payout_id\":\"withdraw-8\",\"chain\":\"eth-anvil\",\"contract\":\"" CONTRACT
         "\",\"to\":\"0xabc\",\"units\":\"150\"",
         "payout_id"},
        {"\"payout_id\":\"withdraw-7\",\"chain\":\"eth-main\",\"contract\":\"" CONTRACT
         "\",\"to\":\"0xabc\",\"units\":\"150\"",
         "chain"},
        {"\"payout_id\":\"withdraw-7\",\"chain\":\"eth-anvil\",\"contract\":\"\",\"to\":\"0xabc\","
         "\"units\":\"150\"",
         "contract"},
        {"\"payout_id\":\"withdraw-7\",\"chain\":\"eth-anvil\",\"contract\":\"" CONTRACT
         "\",\"to\":\"0xabd\",\"units\":\"150\"",
         "to"},
        {"\"payout_id\":\"withdraw-7\",\"chain\":\"eth-anvil\",\"contract\":\"" CONTRACT
         "\",\"to\":\"0xabc\",\"units\":\"151\"",
         "units"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char claims[512];
        snprintf(claims, sizeof(claims), "{" TIMES "%s}", rows[i].claims);
        assert_string_equal(refusal(claims, SIGNATURES, rows[i].names),
                            "admin.withdraw.approval_differs");
    }
}

static void check__old__is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        refusal("{\"iat\":1,\"exp\":1500,\"jti\":\"x\"," SAID "}", SIGNATURES, "exp"),
        "admin.withdraw.approval_expired");
}

static void check__broken_form__names_the_member(void **state)
{
    static const struct {
        const char *claims, *signatures, *names;
    } rows[] = {
        {"[]", SIGNATURES, "payload"},
        {"{" TIMES "\"chain\":\"a\"}", SIGNATURES, "payout_id"},
        {"{\"iat\":1,\"jti\":\"x\"," SAID "}", SIGNATURES, "exp"},
        {"{\"iat\":1,\"exp\":-5,\"jti\":\"x\"," SAID "}", SIGNATURES, "exp"},
        {"{\"iat\":1,\"exp\":9000000000000000000,\"jti\":\"x\"," SAID "}", SIGNATURES, "exp"},
        {"{\"exp\":2000,\"jti\":\"x\"," SAID "}", SIGNATURES, "iat"},
        {"{\"iat\":1,\"exp\":2000," SAID "}", SIGNATURES, "jti"},
        {"{" TIMES SAID "}", "[]", "signatures"},
        {"{" TIMES SAID "}", "{}", "signatures"},
        {"{" TIMES SAID "}", "[{},{}]", "signatures"},
        {"{" TIMES SAID "}",
         "[{\"protected\":\"e30\",\"header\":{\"kid\":\"a\"},\"signature\":\"YWJj\"}]", "alg"},
        {"{" TIMES SAID "}", "[{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"YWJj\"}]",
         "kid"},
        {"{" TIMES SAID "}",
         "[{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"header\":{\"kid\":\"a\"},\"signature\":\"*\"}"
         "]",
         "signatures"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(refusal(rows[i].claims, rows[i].signatures, rows[i].names),
                            "admin.withdraw.invalid_approval");
}

static void check__too_long__is_refused(void **state)
{
    char claims[SIGNED_APPROVAL_CHARS_MAX + 200];
    (void)state;
    snprintf(claims, sizeof(claims), "{" TIMES SAID ",\"note\":\"%1200s\"}", "");
    assert_string_equal(refusal(claims, SIGNATURES, "payload"), "admin.withdraw.invalid_approval");
}

static void said__written__is_json_with_all_members(void **state)
{
    struct str text = STR_INIT(1024);
    struct err err;
    (void)state;
    payment_said_write(&said, &text);
    assert_true(json_check(str_data(&text), text.length, &err));
    assert_string_equal(str_data(&text),
                        "{\"payout_id\":\"withdraw-7\",\"chain\":\"eth-anvil\",\"contract\":"
                        "\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"to\":\"0xaBC\","
                        "\"units\":\"150\"}");
    str_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__says_what_is_paid__is_taken),
        cmocka_unit_test(check__says_something_else__names_it),
        cmocka_unit_test(check__old__is_refused),
        cmocka_unit_test(check__broken_form__names_the_member),
        cmocka_unit_test(check__too_long__is_refused),
        cmocka_unit_test(said__written__is_json_with_all_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
