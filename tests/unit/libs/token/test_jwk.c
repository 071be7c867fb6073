/* Keys as JSON: there and back, thumbprints of the RFCs, what is refused, proofs of possession. */
#include "token/jwk.h"

#include "json/read.h"
#include "tests/unit/libs/token/maker.h"

enum { NOW_S = 1800000000 };
#define NOW_US ((int64_t)NOW_S * 1000000)

#define ED25519_KEY                                                                                \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define RSA_KEY                                                                                    \
    "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1" \
    "RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6C"    \
    "f0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbIS"     \
    "D08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awa"     \
    "pJzKnqDKgw\",\"e\":\"AQAB\""
#define PROOF_CLAIMS "{\"jti\":\"a\",\"htm\":\"POST\",\"iat\":1800000000}"

static const char *const algorithms[] = {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"};
static const struct token_rules anything = {.issued_at_leeway_s = 60};
static const struct token_rules proof_rules = {.type = "dpop+jwt", .issued_at_leeway_s = 60};

static cJSON *read_json(const char *text)
{
    struct err err;
    cJSON *root;
    if (!json_read(text, strlen(text), &root, &err))
        fail_msg("%s", err.what);
    return root;
}

static void every_algorithm__signs_is_published_and_verifies(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        AUTO(str_release) struct str secret = STR_INIT(8192), public = STR_INIT(8192);
        AUTO(str_release) struct str jwks = STR_INIT(8192), token = STR_INIT(8192);
        AUTO(str_release) struct str plain = STR_INIT(8192), json = STR_INIT(8192);
        char name[TOKEN_THUMBPRINT_SIZE];
        struct token_signer *signer;
        struct token_claims claims;
        struct err err;
        size_t added = 0;
        if (!token_key_generate(algorithms[i], &secret, &public, name, &err) ||
            !token_signer_new(algorithms[i], name, secret.data, &signer, &err) ||
            !token_sign_typed(signer, "at+jwt", "{\"sub\":\"a\"}", &token, &err) ||
            !token_sign(signer, "{\"sub\":\"a\"}", &plain, &err))
            fail_msg("%s: %s", algorithms[i], err.what);
        /* The private PEM gives no private member. */
        str_add(&jwks, "{\"keys\":[");
        assert_true(token_jwk_write(name, algorithms[i], secret.data, &jwks, &err));
        str_add(&jwks, "]}");
        assert_null(strstr(jwks.data, "\"d\""));
        struct token_keys *keys = token_keys_new();
        if (!token_keys_add_jwks(keys, jwks.data, jwks.length, NULL, &added, &err))
            fail_msg("%s: %s", algorithms[i], err.what);
        assert_int_equal(added, 1);
        struct token_rules rules = anything;
        rules.type = "at+jwt";
        if (!token_verify(keys, &rules, NOW_US, token.data, token.length, &claims, &json, &err))
            fail_msg("%s: %s", algorithms[i], err.what);
        assert_string_equal(claims.subject, "a");
        assert_string_equal(claims.key_name, name);
        assert_true(
            token_verify(keys, &anything, NOW_US, plain.data, plain.length, &claims, &json, &err));
        /* A type that the rules demand, and none or another in the token. */
        assert_false(
            token_verify(keys, &rules, NOW_US, plain.data, plain.length, &claims, &json, &err));
        rules.type = "logout+jwt";
        assert_false(
            token_verify(keys, &rules, NOW_US, token.data, token.length, &claims, &json, &err));
        token.data[token.length - 10] ^= 1;
        assert_false(
            token_verify(keys, &anything, NOW_US, token.data, token.length, &claims, &json, &err));
        token_keys_free(keys);
        token_signer_free(signer);
    }
}

static void thumbprint__is_the_one_of_the_rfcs(void **state)
{
    (void)state;
    static const struct {
        const char *key, *wanted;
    } rows[] = {
        {RSA_KEY ",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
         "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
        {ED25519_KEY "}", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
        {"{\"kty\":\"EC\",\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\",\"y\":\"9VE4jf_Ok_"
         "o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\",\"crv\":\"P-256\"}",
         "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char thumbprint[TOKEN_THUMBPRINT_SIZE];
        struct err err;
        cJSON *jwk = read_json(rows[i].key);
        if (!token_jwk_thumbprint(jwk, thumbprint, &err))
            fail_msg("%s", err.what);
        assert_string_equal(thumbprint, rows[i].wanted);
        cJSON_Delete(jwk);
    }
}

static void add__bad_keys__are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
        ED25519_KEY ",\"d\":\"AAAA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_"
        "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZg\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZg\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
        "\"y\":"
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AA\",\"y\":\"AA\"}",
        ED25519_KEY ",\"alg\":\"RS256\"}",
        ED25519_KEY ",\"kid\":\"\"}",
        RSA_KEY ",\"alg\":\"HS256\"}",
        RSA_KEY ",\"alg\":\"none\"}"};
    struct token_keys *keys = token_keys_new();
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err err;
        cJSON *jwk = read_json(bad[i]);
        if (token_keys_add_jwk(keys, jwk, NULL, &err))
            fail_msg("taken: %s", bad[i]);
        assert_int_equal(err.code, ERR_INVALID);
        cJSON_Delete(jwk);
    }
    token_keys_free(keys);
}

static void add_set__passes_over_what_is_not_for_us(void **state)
{
    (void)state;
    static const char set[] =
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}," ED25519_KEY ",\"use\":\"enc\"}," RSA_KEY
        ",\"alg\":\"RSA-OAEP\"}," RSA_KEY ",\"kid\":\"one\"}]}";
    struct token_keys *keys = token_keys_new();
    struct err err;
    size_t added = 0;
    assert_true(token_keys_add_jwks(keys, set, sizeof(set) - 1, "PS256", &added, &err));
    assert_int_equal(added, 1);
    assert_false(token_keys_add_jwks(keys, "{}", 2, NULL, &added, &err));
    assert_false(token_keys_add_jwks(keys, "{\"keys\":", 8, NULL, &added, &err));
    token_keys_free(keys);
}

/* ---- proofs ---- */

static bool prove(const struct maker_key *key, const char *header, char *ret_thumbprint)
{
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX), json = STR_INIT(8192);
    struct token_claims claims;
    struct err err;
    maker_token(key->key, "SHA256", header, PROOF_CLAIMS, &text);
    bool good = token_verify_proof(&proof_rules, NOW_US, text.data, text.length, &claims, &json,
                                   ret_thumbprint, &err);
    if (!good)
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    return good;
}

static void proof__by_the_key_in_its_header__tells_whose_it_is(void **state)
{
    (void)state;
    struct maker_key key = maker_key_new("P-256", 0), other = maker_key_new("P-256", 0);
    AUTO(str_release) struct str jwk = STR_INIT(4096), header = STR_INIT(4096);
    char thumbprint[TOKEN_THUMBPRINT_SIZE], wanted[TOKEN_THUMBPRINT_SIZE];
    struct err err;
    assert_true(token_jwk_write("k", "ES256", key.public_pem, &jwk, &err));
    cJSON *tree = read_json(jwk.data);
    assert_true(token_jwk_thumbprint(tree, wanted, &err));
    cJSON_Delete(tree);
    str_add_format(&header, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%s}", jwk.data);
    assert_true(prove(&key, header.data, thumbprint));
    assert_string_equal(thumbprint, wanted);
    assert_false(prove(&other, header.data, thumbprint));

    static const char *const formats[] = {
        "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"jwk\":%s}",
        "{\"alg\":\"ES256\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"RS256\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"none\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"jwk\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"x\":%s}",
        "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jku\":\"https://a\",\"jwk\":%s}"};
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        const char *hole = strstr(formats[i], "%s");
        str_clear(&header);
        str_add_bytes(&header, formats[i], (size_t)(hole - formats[i]));
        str_add(&header, jwk.data);
        str_add(&header, hole + 2);
        if (prove(&key, header.data, thumbprint))
            fail_msg("taken: %s", formats[i]);
    }
    maker_key_free(&key);
    maker_key_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm__signs_is_published_and_verifies),
        cmocka_unit_test(thumbprint__is_the_one_of_the_rfcs),
        cmocka_unit_test(add__bad_keys__are_refused),
        cmocka_unit_test(add_set__passes_over_what_is_not_for_us),
        cmocka_unit_test(proof__by_the_key_in_its_header__tells_whose_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
