/* Small rules of the provider: errors, PKCE, addresses, secrets, proofs. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "auth/domain/oauth_code.h"
#include "auth/domain/oauth_dpop.h"
#include "auth/domain/oauth_error.h"
#include "auth/domain/oauth_methods.h"
#include "auth/domain/oauth_pkce.h"
#include "auth/domain/oauth_uri.h"
#include "base/auto.h"

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static void error__words_and_descriptions__are_those_of_the_standards(void **state)
{
    (void)state;
    AUTO(str_release) struct str out = STR_INIT(1024);
    struct err err;
    assert_false(oauth_refuse(&err, OAUTH_INVALID_GRANT, "a \"b\" \\ %s", "\xc3\xa4"));
    oauth_error_write(&out, &err);
    assert_string_equal(out.data,
                        "{\"error\":\"invalid_grant\",\"error_description\":\"a ?b? ? ??\"}");
    assert_int_equal(oauth_error_status(oauth_error_of(&err)), 400);
    str_clear(&out);
    err_set(&err, ERR_DB_UNAVAILABLE, "host 10.0.0.1 is away");
    oauth_error_write(&out, &err);
    assert_string_equal(out.data, "{\"error\":\"temporarily_unavailable\"}");
    err_set(&err, ERR_INTERNAL, "x");
    assert_true(oauth_is(&err, OAUTH_SERVER_ERROR));
    err_set(&err, ERR_BODY_TOO_LARGE, "x");
    assert_true(oauth_is(&err, OAUTH_INVALID_REQUEST));
    oauth_refuse(&err, OAUTH_INVALID_CLIENT, "x");
    assert_int_equal(err_status(err.code), 401);
}

static void pkce__only_the_right_verifier_in_its_form__is_taken(void **state)
{
    (void)state;
    char text[PKCE_VERIFIER_MAX + 2] = "";
    assert_true(pkce_verifies(VERIFIER, CHALLENGE));   /* RFC 7636, appendix B */
    assert_false(pkce_verifies(CHALLENGE, CHALLENGE)); /* "plain" */
    assert_false(pkce_verifies("", CHALLENGE));
    assert_false(pkce_verifies("short", CHALLENGE));
    assert_false(pkce_verifies("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX+", CHALLENGE));
    memset(text, 'a', PKCE_VERIFIER_MAX + 1);
    assert_false(pkce_verifies(text, CHALLENGE));
    assert_true(pkce_challenge_is_valid(CHALLENGE));
    assert_false(pkce_challenge_is_valid(CHALLENGE "x"));
    assert_false(pkce_challenge_is_valid(""));
    assert_false(pkce_challenge_is_valid("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"));
    assert_false(pkce_challenge_is_valid("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"));
}

static void redirect__is_the_registered_address_byte_by_byte(void **state)
{
    (void)state;
    static const struct {
        const char *registered, *asked;
        bool good;
    } rows[] = {{"https://a.example/cb", "https://a.example/cb", true},
                {"https://a.example/cb", "https://a.example/cb/", false},
                {"https://a.example/cb", "https://a.example/cb?x=1", false},
                {"https://a.example/cb", "https://A.example/cb", false},
                {"https://a.example/cb", "https://a.example:443/cb", false},
                {"https://a.example/cb", "https://a.example.evil.example/cb", false},
                {"https://a.example/cb", "https://a.example@evil.example/cb", false},
                {"https://a.example/cb", "http://a.example/cb", false},
                {"http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", true},
                {"http://127.0.0.1:8/cb", "http://127.0.0.1:9/cb", true},
                {"http://[::1]/cb", "http://[::1]:9/cb", true},
                {"http://127.0.0.1/cb", "http://127.0.0.1:9/other", false},
                {"http://127.0.0.1/cb", "http://127.0.0.1:9/cb#x", false},
                {"http://127.0.0.1/cb", "http://127.0.0.1:9@evil.example/cb", false},
                {"http://127.0.0.1/cb", "http://127.0.0.1.evil.example:9/cb", false},
                {"http://127.0.0.1/cb", "http://127.0.0.1:x/cb", false},
                {"http://127.0.0.1/cb", "HTTP://127.0.0.1:9/cb", false},
                {"http://localhost/cb", "http://localhost:9/cb", false},
                {"https://127.0.0.1/cb", "https://127.0.0.1:9/cb", false},
                {"com.a.app:/cb", "com.a.app:/cb", true}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (redirect_uri_matches(rows[i].registered, rows[i].asked) != rows[i].good)
            fail_msg("%s %s", rows[i].registered, rows[i].asked);
}

static void redirect__only_safe_addresses__may_be_registered(void **state)
{
    (void)state;
    static const char *const good[] = {"https://a.example/cb?x=1", "http://127.0.0.1/cb",
                                       "http://localhost:8080/", "http://[::1]:80/",
                                       "com.a.app:/cb"};
    static const char *const bad[] = {"",
                                      "/cb",
                                      "cb",
                                      "https:///cb",
                                      "http://a.example/cb",
                                      "https://a.example/#f",
                                      "https://u@a.example/",
                                      "https://a.example/a b",
                                      "javascript:alert(1)",
                                      "data:text/html,x",
                                      "https://a.example:8x/",
                                      "https://a.example/\n",
                                      "//a.example/cb",
                                      "app:/cb"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (!redirect_uri_is_valid(good[i], false))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (redirect_uri_is_valid(bad[i], false))
            fail_msg("%s", bad[i]);
    assert_true(redirect_uri_is_valid("http://a.example/cb", true));
    assert_true(web_uri_is_valid("https://a.example/logo.png", false));
    assert_false(web_uri_is_valid("http://a.example/logo.png", false));
    assert_false(web_uri_is_valid("com.a.app:/x", true));
}

static void uri__sources_and_parameters__are_written(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"https://a.example:8443/cb?x", "https://a.example:8443"},
                                          {"http://127.0.0.1:9/cb", "http://127.0.0.1:9"},
                                          {"com.a.app:/cb", "com.a.app:"},
                                          {"https://a.example;x/cb", ""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(256);
        uri_source_write(&out, rows[i][0]);
        assert_string_equal(str_data(&out), rows[i][1]);
    }
    AUTO(str_release) struct str uri = STR_INIT(256);
    str_add(&uri, "https://a.example/?x=1");
    uri_add_param(&uri, uri_separator(uri.data), "state", "a b&c=\xc3\xa4#/~");
    assert_string_equal(uri.data, "https://a.example/?x=1&state=a%20b%26c%3D%C3%A4%23%2F~");
    assert_true(uri_same_place("https://A.example:443/t?x#y", "HTTPS://a.example/t"));
    assert_false(uri_same_place("https://a.example/t", "https://a.example/T"));
    assert_false(uri_same_place("https://a.example/t", "http://a.example/t"));
    assert_false(uri_same_place("https://a.example:444/t", "https://a.example/t"));
    assert_false(uri_same_place("a", "a"));
}

static void secrets__are_long_unlike_and_follow_each_other(void **state)
{
    (void)state;
    char one[OAUTH_SECRET_SIZE], two[OAUTH_SECRET_SIZE], code[USER_CODE_SIZE];
    char read[USER_CODE_SIZE], shown[USER_CODE_SHOWN_SIZE], id[OAUTH_ID_SIZE];
    uint8_t seed[OAUTH_HASH_SIZE] = {1}, other[OAUTH_HASH_SIZE] = {2};
    oauth_secret_make(OAUTH_REFRESH_PREFIX, one);
    oauth_secret_make(OAUTH_REFRESH_PREFIX, two);
    assert_string_not_equal(one, two);
    assert_int_equal(strlen(one), 47);
    char next[OAUTH_SECRET_SIZE], again[OAUTH_SECRET_SIZE];
    refresh_successor(one, seed, next);
    refresh_successor(one, seed, again);
    assert_string_equal(next, again);
    assert_memory_equal(next, "brt_", 4);
    refresh_successor(one, other, again);
    assert_string_not_equal(next, again);
    refresh_successor(two, seed, again);
    assert_string_not_equal(next, again);
    oauth_id_make(id);
    assert_int_equal(strlen(id), 32);
    user_code_make(code);
    assert_true(user_code_parse(user_code_shown(code, shown), read));
    assert_string_equal(code, read);
    assert_true(user_code_parse(" bdwp hqpk ", read));
    assert_string_equal(read, "BDWPHQPK");
    assert_false(user_code_parse("BDWP-HQP", read));
    assert_false(user_code_parse("BDWP-HQPKK", read));
    assert_false(user_code_parse("ADWP-HQPK", read));
    assert_false(user_code_parse("", read));
}

/* ---- proofs ---- */

#define NOW_US INT64_C(1800000000000000)

static bool check(const char *claims, const char *token)
{
    struct dpop_request request = {"POST", "https://a.example/oauth2/token", token};
    char nonce[64];
    struct err err;
    bool good = dpop_check(claims, &request, NOW_US, nonce, sizeof(nonce), &err);
    if (!good)
        assert_true(oauth_is(&err, OAUTH_INVALID_DPOP_PROOF));
    return good;
}

static void dpop__only_a_proof_for_this_request__is_taken(void **state)
{
    (void)state;
#define PROOF(jti, htm, htu, iat)                                                                  \
    "{\"jti\":\"" jti "\",\"htm\":\"" htm "\",\"htu\":\"" htu "\",\"iat\":" iat "}"
#define HERE "https://a.example/oauth2/token"
    assert_true(check(PROOF("a", "POST", HERE, "1800000000"), NULL));
    assert_true(check(PROOF("a", "POST", HERE "?x=1#y", "1800000000"), NULL));
    assert_true(check(PROOF("a", "POST", HERE, "1799999940"), NULL));
    static const char *const bad[] = {PROOF("", "POST", HERE, "1800000000"),
                                      PROOF("a", "GET", HERE, "1800000000"),
                                      PROOF("a", "POST", HERE "s", "1800000000"),
                                      PROOF("a", "POST", HERE, "1799999939"),
                                      PROOF("a", "POST", HERE, "1800000061"),
                                      PROOF("a", "POST", HERE, "\"1800000000\""),
                                      "{}",
                                      "[]",
                                      "x"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (check(bad[i], NULL))
            fail_msg("%s", bad[i]);
    assert_false(check(PROOF("a", "POST", HERE, "1800000000"), "token"));
    assert_true(check("{\"jti\":\"a\",\"htm\":\"POST\",\"htu\":\"" HERE
                      "\",\"iat\":1800000000,\"ath\":"
                      "\"PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A\"}",
                      "token"));
    assert_false(check("{\"jti\":\"a\",\"htm\":\"POST\",\"htu\":\"" HERE
                       "\",\"iat\":1800000000,\"ath\":"
                       "\"PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A\"}",
                       "another"));
}

static void dpop__nonces__live_for_two_windows(void **state)
{
    (void)state;
    char nonce[DPOP_NONCE_SIZE];
    dpop_nonce_make("key", 3, NOW_US, nonce);
    assert_true(dpop_nonce_is_good("key", 3, NOW_US, nonce));
    assert_true(dpop_nonce_is_good("key", 3, NOW_US + INT64_C(300000000), nonce));
    assert_false(dpop_nonce_is_good("key", 3, NOW_US + INT64_C(600000000), nonce));
    assert_false(dpop_nonce_is_good("yek", 3, NOW_US, nonce));
    assert_false(dpop_nonce_is_good("key", 3, NOW_US, ""));
}

static void methods__two_of_them_or_a_passkey__are_two_factors(void **state)
{
    (void)state;
    static const struct {
        const char *methods, *acr, *amr;
    } rows[] = {{"pwd", OAUTH_ACR_ONE, "\"pwd\""},
                {"pwd otp", OAUTH_ACR_TWO, "\"pwd\",\"otp\""},
                {"hwk", OAUTH_ACR_TWO, "\"hwk\""},
                {"", OAUTH_ACR_ONE, ""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str out = STR_INIT(256);
        oauth_amr_write(&out, rows[i].methods);
        assert_string_equal(str_data(&out), rows[i].amr);
        assert_string_equal(oauth_acr(rows[i].methods), rows[i].acr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error__words_and_descriptions__are_those_of_the_standards),
        cmocka_unit_test(pkce__only_the_right_verifier_in_its_form__is_taken),
        cmocka_unit_test(redirect__is_the_registered_address_byte_by_byte),
        cmocka_unit_test(redirect__only_safe_addresses__may_be_registered),
        cmocka_unit_test(uri__sources_and_parameters__are_written),
        cmocka_unit_test(secrets__are_long_unlike_and_follow_each_other),
        cmocka_unit_test(dpop__only_a_proof_for_this_request__is_taken),
        cmocka_unit_test(dpop__nonces__live_for_two_windows),
        cmocka_unit_test(methods__two_of_them_or_a_passkey__are_two_factors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
