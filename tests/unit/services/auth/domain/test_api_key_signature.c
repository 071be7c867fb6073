/* API-key headers: the vector of the reference, the window of the nonce, every near miss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/api_key_signature.h"

#define KID "61d025b8573501c2"
#define SECRET "2d0b4979c7fe6986daa8e21d1dc0644f"
#define NONCE "1584524005143"
#define SIGNATURE "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d13"

static void api_key_signature_is_good__vector_of_the_reference__is(void **state)
{
    static const struct api_key_headers good = {KID, NONCE, SIGNATURE};
    (void)state;
    assert_true(api_key_signature_is_good(&good, SECRET));
}

static void api_key_signature_is_good__anything_else__is_not(void **state)
{
    static const struct api_key_headers bad[] = {
        {KID, "1584524005144", SIGNATURE},
        {"61d025b8573501c3", NONCE, SIGNATURE},
        {KID, NONCE, "BD42B945E095880E28D046846DBECF655FDF09D95A396A24FE6FE1DF42F15D13"},
        {KID, NONCE, "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d1"},
        {KID, NONCE, "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d130"},
        {KID, NONCE, "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d14"},
        {KID, NONCE, ""},
    };
    static const struct api_key_headers good = {KID, NONCE, SIGNATURE};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(api_key_signature_is_good(&bad[i], SECRET));
    assert_false(api_key_signature_is_good(&good, "2d0b4979c7fe6986daa8e21d1dc0644e"));
    assert_false(api_key_signature_is_good(&good, ""));
}

static void api_key_is_complete__all_three_not_blank__only(void **state)
{
    static const struct api_key_headers none = {NULL, NULL, NULL}, one = {NULL, "1", NULL},
                                        blank = {KID, NONCE, " "}, whole = {KID, NONCE, "x"};
    (void)state;
    assert_false(api_key_is_offered(&none));
    assert_true(api_key_is_offered(&one) && api_key_is_offered(&blank));
    assert_false(api_key_is_complete(&one) || api_key_is_complete(&blank));
    assert_true(api_key_is_complete(&whole));
}

static void api_key_nonce_parse__plain_digits_above_zero__only(void **state)
{
    static const char *const bad[] = {"",    "0",   "nonce", "-1", "+1",
                                      "1.5", "1e3", " 1",    "1 ", "9999999999999999999"};
    int64_t ms;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (api_key_nonce_parse(bad[i], &ms))
            fail_msg("taken: %s", bad[i]);
    assert_true(api_key_nonce_parse(NONCE, &ms));
    assert_int_equal(ms, 1584524005143);
}

static void api_key_nonce_is_fresh__inside_the_window__only(void **state)
{
    enum { LIFETIME_MS = 5000 };
    const int64_t now_ms = 1584524005143;
    (void)state;
    assert_true(api_key_nonce_is_fresh(now_ms, now_ms * 1000, LIFETIME_MS));
    assert_true(api_key_nonce_is_fresh(now_ms - 4999, now_ms * 1000, LIFETIME_MS));
    assert_true(api_key_nonce_is_fresh(now_ms + 4999, now_ms * 1000, LIFETIME_MS));
    assert_false(api_key_nonce_is_fresh(now_ms - 5000, now_ms * 1000, LIFETIME_MS));
    assert_false(api_key_nonce_is_fresh(now_ms + 5000, now_ms * 1000, LIFETIME_MS));
    assert_false(api_key_nonce_is_fresh(999999999999999999, now_ms * 1000, LIFETIME_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(api_key_signature_is_good__vector_of_the_reference__is),
        cmocka_unit_test(api_key_signature_is_good__anything_else__is_not),
        cmocka_unit_test(api_key_is_complete__all_three_not_blank__only),
        cmocka_unit_test(api_key_nonce_parse__plain_digits_above_zero__only),
        cmocka_unit_test(api_key_nonce_is_fresh__inside_the_window__only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
