/*
 * Every way that is known to pass a false token for a true one, as a row: algorithm, signature,
 * header, form. The good token is accepted in the same test: a row fails for its own reason and not
 * because all do. Claims are in test_claims.c.
 */
#include <jwt.h>

#include "tests/unit/libs/token/world.h"

static void token_verify__good__gives_all_claims(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX), json = STR_INIT(TOKEN_BYTES_MAX);
    struct token_claims claims;
    struct err err;
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(",\"nbf\":1,\"uid\":\"ID1\""),
                &text);
    str_add(&json, "before:");
    assert_true(
        token_verify(w->keys, &rules, NOW_US, text.data, text.length, &claims, &json, &err));
    assert_string_equal(claims.issuer, "barong");
    assert_string_equal(claims.subject, "session");
    assert_string_equal(claims.jti, "5f2c");
    assert_string_equal(claims.key_name, "user");
    assert_int_equal(claims.issued_at_s, 1799999990);
    assert_int_equal(claims.expires_at_s, 1800003600);
    assert_int_equal(claims.not_before_s, 1);
    assert_string_equal(claims.json, GOOD_CLAIMS(",\"nbf\":1,\"uid\":\"ID1\""));
    assert_int_equal(claims.json_length, strlen(claims.json));
    assert_ptr_equal(claims.json, json.data + strlen("before:"));
}

/* ---- algorithm and signature ---- */

static void token_verify__algorithm_of_the_token__decides_nothing(void **state)
{
    const struct world *w = *state;
    static const char *const names[] = {
        "none",  "None",  "NONE",  "nOnE",  "",      "HS256",  "HS384",  "HS512",        "rs256",
        "RS384", "RS512", "PS256", "ES256", "EdDSA", "RS256 ", " RS256", "RS256\\u0020",
    };
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX), header = STR_INIT(256);
    assert_true(verify_made(w, GOOD_HEADER, GOOD_CLAIMS("")));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        str_clear(&header);
        str_add_format(&header, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", names[i]);
        if (verify_made(w, header.data, GOOD_CLAIMS("")))
            fail_msg("alg %s was taken", names[i]);
        maker_input(header.data, GOOD_CLAIMS(""), &text);
        str_add_char(&text, '.');
        assert_false(verify(w, text.data));
        str_add(&text, "AAAA");
        assert_false(verify(w, text.data));
    }
    assert_false(verify_made(w, "{\"typ\":\"JWT\"}", GOOD_CLAIMS("")));
    assert_false(verify_made(w, "{\"alg\":null}", GOOD_CLAIMS("")));
    assert_false(verify_made(w, "{\"alg\":[\"RS256\"]}", GOOD_CLAIMS("")));
    assert_false(verify_made(w, "{\"alg\":256}", GOOD_CLAIMS("")));
    assert_true(verify_made(w, "{\"alg\":\"RS256\"}", GOOD_CLAIMS("")));
}

/* The confusion that libjwt falls for: the public key, known to all, as the secret of HS256. */
static void token_verify__hs256_with_the_public_key__is_refused(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX);
    uint8_t code[32];
    unsigned length = sizeof(code);
    maker_input("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", GOOD_CLAIMS(""), &text);
    assert_non_null(HMAC(EVP_sha256(), w->rsa.public_pem, (int)strlen(w->rsa.public_pem),
                         (const uint8_t *)text.data, text.length, code, &length));
    str_add_char(&text, '.');
    base64url_write(&text, code, sizeof(code));
    jwt_t *jwt = NULL;
    assert_int_equal(jwt_decode(&jwt, text.data, (const unsigned char *)w->rsa.public_pem,
                                (int)strlen(w->rsa.public_pem)),
                     0);
    jwt_free(jwt);
    assert_false(verify(w, text.data));
}

static void token_verify__any_changed_byte__is_refused(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &text);
    for (size_t at = 0; at < text.length; at++) {
        char kept = text.data[at];
        text.data[at] = kept == 'A' ? 'B' : 'A';
        if (verify(w, text.data))
            fail_msg("byte %zu changed", at);
        text.data[at] = kept;
    }
    assert_true(verify(w, text.data));
    maker_token(w->rsa_other.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &text);
    assert_false(verify(w, text.data));
}

static void token_verify__signature_of_another_message__is_refused(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str one = STR_INIT(MAKER_BYTES_MAX), two = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &one);
    maker_input(GOOD_HEADER, GOOD_CLAIMS(",\"role\":\"superadmin\""), &two);
    str_add(&two, strrchr(one.data, '.'));
    assert_false(verify(w, two.data));
}

struct curve_row {
    const char *algorithm, *digest;
    size_t coordinate;
};

/* Zero, short, long, swapped and DER signatures, for each curve. */
static void check_curve(const struct curve_row *row, const struct maker_key *key)
{
    AUTO(str_release)
    struct str text = STR_INIT(MAKER_BYTES_MAX), header = STR_INIT(256),
               signature = STR_INIT(MAKER_BYTES_MAX), raw = STR_INIT(1024);
    struct token_keys *keys = token_keys_new();
    struct token_claims claims;
    struct err err;
    size_t size = 2 * row->coordinate;
    assert_true(token_keys_add(keys, "service", row->algorithm, key->public_pem, &err));
    str_add_format(&header, "{\"alg\":\"%s\",\"kid\":\"service\"}", row->algorithm);
    maker_input(header.data, GOOD_CLAIMS(""), &text);
    maker_sign(key->key, row->digest, false, text.data, &signature);
    assert_true(base64url_read(signature.data, signature.length, &raw));
    assert_int_equal(raw.length, size);
    str_add_bytes(&raw, "\0\0", 2); /* what is behind the good one */

    char zeros[512] = {0}, swapped[256], half[256] = {0}, top[256];
    memcpy(swapped, raw.data + size / 2, size / 2);
    memcpy(swapped + size / 2, raw.data, size / 2);
    memcpy(half, raw.data, size / 2);
    memset(top, 0xff, sizeof(top));
    const struct {
        const char *bytes;
        size_t length;
        bool good;
    } rows[] = {
        {raw.data, size, true},      {zeros, size, false},        {swapped, size, false},
        {half, size, false},         {raw.data, size - 1, false}, {raw.data, size / 2, false},
        {raw.data, size + 1, false}, {zeros, 1, false},           {top, size, false},
        {raw.data, size - 2, false}, {zeros, 2 * size, false},
    };
    size_t input_length = text.length;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        text.length = input_length;
        str_add_char(&text, '.');
        base64url_write(&text, rows[i].bytes, rows[i].length);
        if (verify_with(keys, &rules, text.data, text.length, &claims) != rows[i].good)
            fail_msg("%s row %zu", row->algorithm, i);
    }
    text.length = input_length;
    text.data[input_length] = '\0';
    str_clear(&signature);
    maker_sign(key->key, row->digest, true, text.data, &signature);
    str_add_char(&text, '.');
    str_add(&text, signature.data);
    assert_false(verify_with(keys, &rules, text.data, text.length, &claims));
    token_keys_free(keys);
}

static void token_verify__ecdsa_in_a_wrong_form__is_refused(void **state)
{
    const struct world *w = *state;
    check_curve(&(struct curve_row){"ES256", "SHA256", 32}, &w->p256);
    check_curve(&(struct curve_row){"ES384", "SHA384", 48}, &w->p384);
    check_curve(&(struct curve_row){"ES512", "SHA512", 66}, &w->p521);
}

/* ---- header ---- */

static void token_verify__header_that_asks_for_more__is_refused(void **state)
{
    static const char *const rows[] = {
        "\"jku\":\"https://127.0.0.1/keys\"",
        "\"x5u\":\"https://127.0.0.1/key\"",
        "\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}",
        "\"x5c\":[\"AA==\"]",
        "\"crit\":[\"exp\"]",
        "\"crit\":[]",
        "\"b64\":false",
        "\"b64\":true",
        "\"zip\":\"DEF\"",
        "\"enc\":\"A128GCM\"",
        "\"cty\":\"JWT\"",
        "\"typ\":\"refresh\"",
        "\"typ\":\"rt+jwt\"",
        "\"typ\":\"JWE\"",
        "\"typ\":7",
        "\"typ\":null",
        "\"typ\":\"\"",
        "\"jku\":null",
        "\"alg\":\"RS256\"",
        "\"alg\":\"none\"",
        "\"\\u0061lg\":\"none\"",
        "\"typ\":\"JWT\",\"typ\":\"JWT\"",
    };
    const struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str header = STR_INIT(1024);
        str_add_format(&header, "{\"alg\":\"RS256\",%s}", rows[i]);
        if (verify_made(w, header.data, GOOD_CLAIMS("")))
            fail_msg("header %s was taken", header.data);
    }
    assert_true(verify_made(w, "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", GOOD_CLAIMS("")));
    assert_true(
        verify_made(w, "{\"typ\":\"jwt\",\"x5t\":\"AA\",\"alg\":\"RS256\"}", GOOD_CLAIMS("")));
}

static void token_verify__strange_key_names__are_refused(void **state)
{
    static const char *const rows[] = {
        "\"../../dev/null\"",
        "\"/dev/null\"",
        "\"' OR 1=1 --\"",
        "\"http://127.0.0.1/key\"",
        "\"\"",
        "\"USER\"",
        "\"user \"",
        "\"user\\n\"",
        "\"user\\u0000\"",
        "\"user\\u0000x\"",
        "null",
        "0",
        "true",
        "[\"user\"]",
        "{\"user\":1}",
        "\"user\",\"kid\":\"user\"",
        "\"user\",\"kid\":\"other\"",
    };
    const struct world *w = *state;
    AUTO(str_release) struct str header = STR_INIT(64 * 1024);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_clear(&header);
        str_add_format(&header, "{\"alg\":\"RS256\",\"kid\":%s}", rows[i]);
        if (verify_made(w, header.data, GOOD_CLAIMS("")))
            fail_msg("kid %s was taken", rows[i]);
    }
    static const int lengths[] = {200, 5000, 10000};
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        str_clear(&header);
        str_add_format(&header, "{\"alg\":\"RS256\",\"kid\":\"user%0*d\"}", lengths[i], 0);
        assert_false(verify_made(w, header.data, GOOD_CLAIMS("")));
    }
    assert_true(verify_made(w, "{\"alg\":\"RS256\",\"kid\":\"user\"}", GOOD_CLAIMS("")));
}

/* During a rotation both keys stand; afterwards the old one is gone. Without kid: only one key. */
static void token_verify__rotation__old_key_until_it_is_removed(void **state)
{
    const struct world *w = *state;
    AUTO(str_release)
    struct str old = STR_INIT(MAKER_BYTES_MAX), new = STR_INIT(MAKER_BYTES_MAX),
               cross = STR_INIT(MAKER_BYTES_MAX), bare = STR_INIT(MAKER_BYTES_MAX);
    struct token_claims claims;
    struct err err;
    maker_token(w->rsa.key, "SHA256", "{\"alg\":\"RS256\",\"kid\":\"old\"}", GOOD_CLAIMS(""), &old);
    maker_token(w->rsa_other.key, "SHA256", "{\"alg\":\"RS256\",\"kid\":\"new\"}", GOOD_CLAIMS(""),
                &new);
    maker_token(w->rsa.key, "SHA256", "{\"alg\":\"RS256\",\"kid\":\"new\"}", GOOD_CLAIMS(""),
                &cross);
    maker_token(w->rsa.key, "SHA256", "{\"alg\":\"RS256\"}", GOOD_CLAIMS(""), &bare);
    struct token_keys *both = token_keys_new(), *after = token_keys_new();
    assert_true(token_keys_add(both, "old", "RS256", w->rsa.public_pem, &err));
    assert_true(token_keys_add(both, "new", "RS256", w->rsa_other.public_pem, &err));
    assert_true(token_keys_add(after, "new", "RS256", w->rsa_other.public_pem, &err));
    assert_true(verify_with(both, &rules, old.data, old.length, &claims));
    assert_string_equal(claims.key_name, "old");
    assert_true(verify_with(both, &rules, new.data, new.length, &claims));
    assert_false(verify_with(both, &rules, cross.data, cross.length, &claims));
    assert_false(verify_with(both, &rules, bare.data, bare.length, &claims));
    assert_false(verify_with(after, &rules, old.data, old.length, &claims));
    assert_true(verify_with(after, &rules, new.data, new.length, &claims));
    struct token_keys *none = token_keys_new();
    assert_false(verify_with(none, &rules, new.data, new.length, &claims));
    token_keys_free(none);
    token_keys_free(both);
    token_keys_free(after);
}

/* A key of a second algorithm does not let the first one's tokens change theirs. */
static void token_verify__two_algorithms__stay_with_their_keys(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX);
    struct token_keys *keys = token_keys_new();
    struct token_claims claims;
    struct err err;
    assert_true(token_keys_add(keys, "rsa", "RS256", w->rsa.public_pem, &err));
    assert_true(token_keys_add(keys, "ec", "ES256", w->p256.public_pem, &err));
    maker_token(w->p256.key, "SHA256", "{\"alg\":\"ES256\",\"kid\":\"ec\"}", GOOD_CLAIMS(""),
                &text);
    assert_true(verify_with(keys, &rules, text.data, text.length, &claims));
    maker_token(w->p256.key, "SHA256", "{\"alg\":\"ES256\",\"kid\":\"rsa\"}", GOOD_CLAIMS(""),
                &text);
    assert_false(verify_with(keys, &rules, text.data, text.length, &claims));
    maker_token(w->rsa.key, "SHA256", "{\"alg\":\"RS256\",\"kid\":\"ec\"}", GOOD_CLAIMS(""), &text);
    assert_false(verify_with(keys, &rules, text.data, text.length, &claims));
    token_keys_free(keys);
}

/* ---- form ---- */

static void token_verify__other_forms__are_refused(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str good = STR_INIT(MAKER_BYTES_MAX), text = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &good);
    const char *const suffixes[] = {".",  "..", ".AAAA", ".AAAA.AAAA", "=",
                                    "==", "\n", " ",     "A",          "%"};
    const char *const prefixes[] = {".", " ", "\n", "Bearer ", "=", "AAAA."};
    const char *const whole[] = {"", ".", "..", "...", "a", "a.b", "a.b.c", "....", "null", "{}"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        str_clear(&text);
        str_add_format(&text, "%s%s", good.data, suffixes[i]);
        assert_false(verify(w, text.data));
    }
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        str_clear(&text);
        str_add_format(&text, "%s%s", prefixes[i], good.data);
        assert_false(verify(w, text.data));
    }
    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        assert_false(verify(w, whole[i]));
    struct token_claims claims;
    assert_false(verify_with(w->keys, &rules, good.data, good.length + 1, &claims)); /* a NUL */
    assert_false(verify_with(w->keys, &rules, good.data, 0, &claims));
    assert_true(verify(w, good.data));
}

/* RSA signatures have 256 bytes, so the last character of a token has four unused bits. */
static void token_verify__a_second_spelling_of_the_signature__is_refused(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &text);
    char kept = text.data[text.length - 1];
    for (size_t i = 0; i < 64; i++) {
        text.data[text.length - 1] = digits[i];
        assert_int_equal(verify(w, text.data), digits[i] == kept);
    }
}

static void token_verify__size__is_bounded(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str claims = STR_INIT(MAKER_BYTES_MAX);
    static const struct {
        int padding;
        bool good;
    } rows[] = {{4000, true}, {6000, false}, {64 * 1024, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str_clear(&claims);
        str_add_format(&claims, GOOD_CLAIMS(",\"x\":\"%0*d\""), rows[i].padding, 0);
        assert_int_equal(verify_made(w, GOOD_HEADER, claims.data), rows[i].good);
    }
    str_clear(&claims);
    str_add(&claims, "{\"x\":");
    for (int i = 0; i < 1000; i++)
        str_add_char(&claims, '[');
    assert_false(verify_made(w, GOOD_HEADER, claims.data));
}

static void token_verify__nested_token__is_refused(void **state)
{
    const struct world *w = *state;
    AUTO(str_release) struct str inner = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &inner);
    assert_false(verify_made(w, GOOD_HEADER, inner.data));
    assert_false(verify_made(w, "{\"alg\":\"RS256\",\"cty\":\"JWT\"}", inner.data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_verify__good__gives_all_claims),
        cmocka_unit_test(token_verify__algorithm_of_the_token__decides_nothing),
        cmocka_unit_test(token_verify__hs256_with_the_public_key__is_refused),
        cmocka_unit_test(token_verify__any_changed_byte__is_refused),
        cmocka_unit_test(token_verify__signature_of_another_message__is_refused),
        cmocka_unit_test(token_verify__ecdsa_in_a_wrong_form__is_refused),
        cmocka_unit_test(token_verify__header_that_asks_for_more__is_refused),
        cmocka_unit_test(token_verify__strange_key_names__are_refused),
        cmocka_unit_test(token_verify__rotation__old_key_until_it_is_removed),
        cmocka_unit_test(token_verify__two_algorithms__stay_with_their_keys),
        cmocka_unit_test(token_verify__other_forms__are_refused),
        cmocka_unit_test(token_verify__a_second_spelling_of_the_signature__is_refused),
        cmocka_unit_test(token_verify__size__is_bounded),
        cmocka_unit_test(token_verify__nested_token__is_refused),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
