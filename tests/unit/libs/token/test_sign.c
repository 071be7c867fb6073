/* What we sign: read back by our own verification, and by libjwt as a second opinion. */
#include "tests/unit/libs/token/maker.h"

#include <jwt.h>

enum { NOW_S = 1800000000, SIGNATURES = 300 };

#define NOW_US ((int64_t)NOW_S * 1000000)

struct kind_row {
    const char *algorithm, *kind;
    unsigned bits;
};

static const struct kind_row kinds[] = {
    {"RS256", "RSA", 2048}, {"RS384", "RSA", 2048}, {"RS512", "RSA", 3072},
    {"ES256", "P-256", 0},  {"ES384", "P-384", 0},  {"ES512", "P-521", 0},
};

static struct token_signer *signer_new(const char *algorithm, const char *name, const char *pem)
{
    struct token_signer *signer = NULL;
    struct err err;
    if (!token_signer_new(algorithm, name, pem, &signer, &err))
        fail_msg("%s", err.what);
    return signer;
}

static struct token_keys *keys_new(const char *algorithm, const char *name, const char *pem)
{
    struct token_keys *keys = token_keys_new();
    struct err err;
    if (!token_keys_add(keys, name, algorithm, pem, &err))
        fail_msg("%s", err.what);
    return keys;
}

static void assert_verifies(const struct token_keys *keys, const struct str *text)
{
    AUTO(str_release) struct str json = STR_INIT(TOKEN_BYTES_MAX);
    const struct token_rules rules = {.issuer = "a"};
    struct token_claims claims;
    struct err err;
    if (!token_verify(keys, &rules, NOW_US, text->data, text->length, &claims, &json, &err))
        fail_msg("%s: %s", err.what, text->data);
    assert_non_null(strstr(claims.json, "\"text\":\"\\\""));
}

static void token_sign__every_algorithm__verifies_here_and_in_libjwt(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct maker_key key = maker_key_new(kinds[i].kind, kinds[i].bits);
        struct token_signer *signer = signer_new(kinds[i].algorithm, "svc", key.private_pem);
        struct token_keys *keys = keys_new(kinds[i].algorithm, "svc", key.public_pem);
        AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
        struct err err;
        assert_true(token_sign(signer, "{\"iss\":\"a\",\"text\":\"\\\"\\u00e9\"}", &text, &err));
        assert_verifies(keys, &text);
        jwt_t *jwt = NULL;
        assert_int_equal(jwt_decode(&jwt, text.data, (const unsigned char *)key.public_pem,
                                    (int)strlen(key.public_pem)),
                         0);
        assert_string_equal(jwt_alg_str(jwt_get_alg(jwt)), kinds[i].algorithm);
        assert_string_equal(jwt_get_header(jwt, "kid"), "svc");
        jwt_free(jwt);
        token_signer_free(signer);
        token_keys_free(keys);
        maker_key_free(&key);
    }
}

/* One r or s in 128 starts with a zero byte: the fixed length must hold for them too. */
static void token_sign__ecdsa_with_leading_zeros__verifies(void **state)
{
    struct maker_key key = maker_key_new("P-256", 0);
    struct token_signer *signer = signer_new("ES256", "", key.private_pem);
    struct token_keys *keys = keys_new("ES256", "svc", key.public_pem);
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    size_t length = 0;
    (void)state;
    for (int i = 0; i < SIGNATURES; i++) {
        struct err err;
        str_clear(&text);
        assert_true(token_sign(signer, "{\"iss\":\"a\",\"text\":\"\\\"\"}", &text, &err));
        assert_verifies(keys, &text);
        assert_true(length == 0 || length == text.length);
        length = text.length;
    }
    token_signer_free(signer);
    token_keys_free(keys);
    maker_key_free(&key);
}

static void token_sign_service__claims__name_both_sides_and_end(void **state)
{
    static const char *const audience[] = {"accounting", NULL};
    const struct token_rules rules = {.issuer = "matching",
                                      .audience = audience,
                                      .subject = "service",
                                      .expiry_required = true,
                                      .jti_required = true};
    struct maker_key key = maker_key_new("P-256", 0);
    struct token_signer *signer = signer_new("ES256", "matching", key.private_pem);
    struct token_keys *keys = keys_new("ES256", "matching", key.public_pem);
    AUTO(str_release)
    struct str one = STR_INIT(TOKEN_BYTES_MAX), two = STR_INIT(TOKEN_BYTES_MAX),
               json = STR_INIT(2 * TOKEN_BYTES_MAX);
    struct token_claims first, second;
    struct err err;
    (void)state;
    assert_true(token_sign_service(signer, "matching", "accounting", NOW_US, 60, &one, &err));
    assert_true(token_sign_service(signer, "matching", "accounting", NOW_US, 60, &two, &err));
    assert_true(token_verify(keys, &rules, NOW_US, one.data, one.length, &first, &json, &err));
    assert_int_equal(first.issued_at_s, NOW_S);
    assert_int_equal(first.expires_at_s, NOW_S + 60);
    assert_true(token_verify(keys, &rules, NOW_US, two.data, two.length, &second, &json, &err));
    assert_string_not_equal(first.jti, second.jti);
    assert_false(token_verify(keys, &rules, NOW_US + (int64_t)60 * 1000000, one.data, one.length,
                              &first, &json, &err));
    token_signer_free(signer);
    token_keys_free(keys);
    maker_key_free(&key);
}

static void token_sign__what_is_no_claim_set__is_refused(void **state)
{
    static const char *const rows[] = {"", "{", "nonsense", "{\"a\":1,\"a\":2}", "[]", "7"};
    struct maker_key key = maker_key_new("P-256", 0);
    struct token_signer *signer = signer_new("ES256", "a", key.private_pem);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
        struct err err;
        if (token_sign(signer, rows[i], &text, &err))
            fail_msg("%s was signed", rows[i]);
        assert_int_equal(text.length, 0);
    }
    AUTO(str_release) struct str small = STR_INIT(20);
    struct err err;
    assert_false(token_sign(signer, "{}", &small, &err));
    str_clear(&small);
    assert_false(token_sign_general(signer, "{}", &small, &err));
    token_signer_free(signer);
    maker_key_free(&key);
}

static void token_signer_new__wrong_key__says_so_without_showing_it(void **state)
{
    struct maker_key rsa = maker_key_new("RSA", 2048), p256 = maker_key_new("P-256", 0);
    const struct {
        const char *algorithm, *pem;
    } rows[] = {
        {"ES256", rsa.private_pem},
        {"RS256", p256.private_pem},
        {"ES384", p256.private_pem},
        {"ES256", p256.public_pem},
        {"ES256", ""},
        {"ES256", "secret"},
        {"HS256", "secret"},
        {"none", p256.private_pem},
        {"ES256",
         "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct token_signer *signer = NULL;
        struct err err = {.code = ERR_NONE};
        if (token_signer_new(rows[i].algorithm, "svc", rows[i].pem, &signer, &err))
            fail_msg("row %zu was taken", i);
        assert_null(signer);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.what, "svc"));
        assert_null(strstr(err.what, "MI"));
    }
    token_signer_free(NULL);
    maker_key_free(&rsa);
    maker_key_free(&p256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_sign__every_algorithm__verifies_here_and_in_libjwt),
        cmocka_unit_test(token_sign__ecdsa_with_leading_zeros__verifies),
        cmocka_unit_test(token_sign_service__claims__name_both_sides_and_end),
        cmocka_unit_test(token_sign__what_is_no_claim_set__is_refused),
        cmocka_unit_test(token_signer_new__wrong_key__says_so_without_showing_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
