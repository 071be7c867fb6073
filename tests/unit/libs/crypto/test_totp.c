/* One-time codes against RFC 6238 and RFC 4226; each step once; the address that apps read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"
#include "crypto/code.h"
#include "crypto/totp.h"

static const char seed[] = "12345678901234567890";
enum { SEED_LENGTH = sizeof(seed) - 1 };
#define SECONDS(n) ((int64_t)(n)*1000000)

static void totp_code__rfc_6238_times__known_codes(void **state)
{
    static const struct {
        int64_t time_s;
        const char *code;
    } rows[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char code[TOTP_DIGITS + 1];
        totp_code(seed, SEED_LENGTH, totp_step(SECONDS(rows[i].time_s)), code);
        assert_string_equal(code, rows[i].code);
    }
}

static void totp_code__rfc_4226_counters__known_codes(void **state)
{
    static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                        "254676", "287922", "162583", "399871", "520489"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        char code[TOTP_DIGITS + 1];
        totp_code(seed, SEED_LENGTH, (int64_t)i, code);
        assert_string_equal(code, codes[i]);
    }
}

static enum totp_answer check_at(int64_t code_step, int64_t now_step, int64_t last_step,
                                 int64_t *step)
{
    char code[TOTP_DIGITS + 1];
    totp_code(seed, SEED_LENGTH, code_step, code);
    return totp_check(seed, SEED_LENGTH, code, SECONDS(now_step * TOTP_PERIOD_S + 7), last_step,
                      step);
}

static void totp_check__one_step_of_slack__taken_further_refused(void **state)
{
    enum { NOW = 50000000 };
    int64_t step = 0;
    (void)state;
    for (int64_t delta = -1; delta <= 1; delta++) {
        assert_int_equal(check_at(NOW + delta, NOW, 0, &step), TOTP_RIGHT);
        assert_int_equal(step, NOW + delta);
    }
    step = 77;
    assert_int_equal(check_at(NOW - 2, NOW, 0, &step), TOTP_WRONG);
    assert_int_equal(check_at(NOW + 2, NOW, 0, &step), TOTP_WRONG);
    assert_int_equal(step, 77);
}

static void totp_check__code_of_a_taken_step__used(void **state)
{
    enum { NOW = 50000000 };
    int64_t step = 0;
    (void)state;
    assert_int_equal(check_at(NOW, NOW, NOW, &step), TOTP_USED);
    assert_int_equal(check_at(NOW - 1, NOW, NOW, &step), TOTP_USED);
    assert_int_equal(check_at(NOW + 1, NOW, NOW, &step), TOTP_RIGHT);
    assert_int_equal(step, NOW + 1);
}

static void totp_check__what_is_no_code__wrong(void **state)
{
    static const char *const texts[] = {"",        "0",      "28708",
                                        "2870820", "28708a", " 287082",
                                        "287082 ", "-87082", "\xd9\xa2\xd9\xa8\xd9\xa7"};
    int64_t step;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_int_equal(totp_check(seed, SEED_LENGTH, texts[i], SECONDS(59), 0, &step),
                         TOTP_WRONG);
}

static void totp_url__blanks_and_colons__escaped(void **state)
{
    AUTO(str_release) struct str url = STR_INIT(512);
    (void)state;
    totp_url(&url, "Bourse & Co", "a+b@example.com", seed, SEED_LENGTH);
    assert_string_equal(str_data(&url),
                        "otpauth://totp/Bourse%20%26%20Co:a%2Bb%40example.com"
                        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bourse%20%26%20Co"
                        "&algorithm=SHA1&digits=6&period=30");
}

static void code_digits__many__every_digit_about_as_often(void **state)
{
    enum { ROUNDS = 2000, LENGTH = 50, EXPECTED = ROUNDS * LENGTH / 10 };
    int counts[10] = {0};
    char code[LENGTH + 1];
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        code_digits(code, LENGTH);
        assert_int_equal(strlen(code), LENGTH);
        for (const char *c = code; *c; c++) {
            assert_in_range(*c, '0', '9');
            counts[*c - '0']++;
        }
    }
    /* Six standard deviations of a fair draw are 570. */
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], EXPECTED - 570, EXPECTED + 570);
}

static void code_letters__drawn__from_their_alphabet(void **state)
{
    char code[CODE_CHARS_MAX + 1], other[CODE_CHARS_MAX + 1];
    (void)state;
    code_letters(code, CODE_CHARS_MAX);
    assert_int_equal(strspn(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), CODE_CHARS_MAX);
    code_letters(other, CODE_CHARS_MAX);
    assert_string_not_equal(code, other);
    code_hex(code, CODE_CHARS_MAX);
    assert_int_equal(strspn(code, "0123456789abcdef"), CODE_CHARS_MAX);
    code_hex(code, 0);
    assert_string_equal(code, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totp_code__rfc_6238_times__known_codes),
        cmocka_unit_test(totp_code__rfc_4226_counters__known_codes),
        cmocka_unit_test(totp_check__one_step_of_slack__taken_further_refused),
        cmocka_unit_test(totp_check__code_of_a_taken_step__used),
        cmocka_unit_test(totp_check__what_is_no_code__wrong),
        cmocka_unit_test(totp_url__blanks_and_colons__escaped),
        cmocka_unit_test(code_digits__many__every_digit_about_as_often),
        cmocka_unit_test(code_letters__drawn__from_their_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
