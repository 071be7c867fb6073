/*
 * What a well-signed token must say, and which keys may be trusted at all. Rows that are taken
 * stand between those that are refused.
 */
#include "tests/unit/libs/token/world.h"

static void token_verify__claims_that_are_no_object__are_refused(void **state)
{
    static const char *const rows[] = {
        "null",
        "[]",
        "\"text\"",
        "7",
        "{",
        "{}",
        "{\"a\":1}x",
        "{\"a\":1}\n{}",
        "{'a':1}",
        "\xff",
        GOOD_CLAIMS(",\"x\":\"\xff\""),
        GOOD_CLAIMS(",\"x\":\"\\ud800\""),
        GOOD_CLAIMS(",\"x\":NaN"),
        GOOD_CLAIMS(",\"x\":1,\"x\":2"),
        "[" GOOD_CLAIMS("") "]",
    };
    const struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (verify_made(w, GOOD_HEADER, rows[i]))
            fail_msg("claims %s were taken", rows[i]);
}

/* ---- claims ---- */

struct claim_row {
    const char *iss, *sub, *aud, *jti, *iat, *exp, *more;
    bool good;
};

static void claims_write(const struct claim_row *row, struct str *out)
{
    const char *const names[] = {"iss", "sub", "aud", "jti", "iat", "exp"};
    const char *const given[] = {row->iss, row->sub, row->aud, row->jti, row->iat, row->exp};
    const char *const good[] = {"\"barong\"", "\"session\"", "\"peatio\"",
                                "\"1\"",      "1799999999",  "1800000001"};
    str_clear(out);
    str_add(out, "{\"first\":{\"exp\":1,\"iat\":[\"exp\"]}");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = given[i] ? given[i] : good[i];
        if (strcmp(value, "-") != 0)
            str_add_format(out, ",\"%s\" : %s", names[i], value);
    }
    str_add_format(out, "%s}", row->more ? row->more : "");
}

static void check_claims(const struct world *w, const struct claim_row *rows, size_t count)
{
    AUTO(str_release) struct str claims = STR_INIT(MAKER_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        claims_write(&rows[i], &claims);
        if (verify_made(w, GOOD_HEADER, claims.data) != rows[i].good)
            fail_msg("%s should have been %s", claims.data, rows[i].good ? "taken" : "refused");
    }
}

static void token_verify__texts_in_claims__must_be_ours(void **state)
{
    static const struct claim_row rows[] = {
        {.good = true},
        {.iss = "-"},
        {.iss = "\"other\""},
        {.iss = "\"Barong\""},
        {.iss = "null"},
        {.iss = "[\"barong\"]"},
        {.iss = "\"barong\\u0000\""},
        {.more = ",\"iss\":\"barong\""},
        {.more = ",\"\\u0069ss\":\"barong\""},
        {.sub = "-"},
        {.sub = "\"service\""},
        {.sub = "\"api_key_hmac\""},
        {.sub = "1"},
        {.aud = "-"},
        {.aud = "\"accounting\""},
        {.aud = "[]"},
        {.aud = "[\"barong\"]"},
        {.aud = "[\"barong\",\"peatio\"]", .good = true},
        {.aud = "[\"peatio\"]", .good = true},
        {.aud = "[\"peatio\",7]"},
        {.aud = "[[\"peatio\"]]"},
        {.aud = "{\"peatio\":1}"},
        {.aud = "\"peatio,barong\""},
        {.aud = "null"},
        {.jti = "-"},
        {.jti = "\"\""},
        {.jti = "\"  \""},
        {.jti = "null"},
        {.jti = "7"},
    };
    check_claims(*state, rows, ARRAY_LEN(rows));
}

static void token_verify__times_in_claims__are_whole_seconds_and_now(void **state)
{
    static const struct claim_row rows[] = {
        {.exp = "-"},
        {.exp = "1800000001", .good = true},
        {.exp = "1800000000"},
        {.exp = "1799999999"},
        {.exp = "0"},
        {.exp = "-1800000001"},
        {.exp = "-0"},
        {.exp = "\"1800000001\""},
        {.exp = "1800000001.0"},
        {.exp = "1800000001.5"},
        {.exp = "1.800000001e9"},
        {.exp = "18e8"},
        {.exp = "1e400"},
        {.exp = "1E+400"},
        {.exp = "999999999999999", .good = true},
        {.exp = "1000000000000000"},
        {.exp = "9223372036854775807"},
        {.exp = "9223372036854775808"},
        {.exp = "18446744073709551616"},
        {.exp = "null"},
        {.exp = "true"},
        {.exp = "[1800000001]"},
        {.exp = "{}"},
        {.exp = "-", .more = ",\"\\u0065xp\":1800000001"},
        {.more = ",\"exp\":1900000000"},
        {.more = ",\"\\u0065xp\":1900000000"},
        {.more = ",\"EXP\":1", .good = true},
        {.more = ",\"nbf\":1800000000", .good = true},
        {.more = ",\"nbf\":1800000001"},
        {.more = ",\"nbf\":\"1\""},
        {.more = ",\"nbf\":-1"},
        {.more = ",\"nbf\":1.5"},
        {.more = ",\"nbf\":1e400"},
        {.more = ",\"nbf\":9223372036854775808"},
        {.iat = "1800000000", .good = true},
        {.iat = "1800000060", .good = true},
        {.iat = "1800000061"},
        {.iat = "-", .good = true},
        {.iat = "\"1\""},
        {.iat = "-1"},
        {.iat = "1.0"},
        {.iat = "1e9"},
        {.iat = "9223372036854775808"},
        {.iat = "null"},
    };
    check_claims(*state, rows, ARRAY_LEN(rows));
}

static void token_verify__clock_skew__is_the_leeway(void **state)
{
    static const struct {
        const char *more;
        int64_t exp;
        bool good;
    } rows[] = {
        {"", NOW_S - 59, true},
        {"", NOW_S - 60, false},
        {",\"nbf\":1800000060", NOW_S + 100, true},
        {",\"nbf\":1800000061", NOW_S + 100, false},
    };
    const struct world *w = *state;
    struct token_rules skewed = rules;
    skewed.leeway_s = 60;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str claims = STR_INIT(1024), text = STR_INIT(MAKER_BYTES_MAX);
        struct token_claims read;
        str_add_format(&claims,
                       "{\"iss\":\"barong\",\"sub\":\"session\",\"aud\":\"peatio\",\"jti\":\"1\","
                       "\"exp\":%lld%s}",
                       (long long)rows[i].exp, rows[i].more);
        maker_token(w->rsa.key, "SHA256", GOOD_HEADER, claims.data, &text);
        if (verify_with(w->keys, &skewed, text.data, text.length, &read) != rows[i].good)
            fail_msg("row %zu", i);
    }
}

/* A token for one service, at another; the same key signs for both. */
static void token_verify__audience_of_another_service__is_refused(void **state)
{
    const struct world *w = *state;
    static const char *const ours[] = {"matching", NULL};
    struct token_rules there = {.issuer = "accounting", .audience = ours, .expiry_required = true};
    struct token_signer *signer;
    struct token_claims claims;
    struct err err;
    AUTO(str_release)
    struct str text = STR_INIT(TOKEN_BYTES_MAX), other = STR_INIT(TOKEN_BYTES_MAX);
    struct token_keys *keys = token_keys_new();
    assert_true(token_keys_add(keys, "accounting", "ES256", w->p256.public_pem, &err));
    assert_true(token_signer_new("ES256", "accounting", w->p256.private_pem, &signer, &err));
    assert_true(token_sign_service(signer, "accounting", "matching", NOW_US, 60, &text, &err));
    assert_true(token_sign_service(signer, "accounting", "blockchain", NOW_US, 60, &other, &err));
    assert_true(verify_with(keys, &there, text.data, text.length, &claims));
    assert_false(verify_with(keys, &there, other.data, other.length, &claims));
    token_signer_free(signer);
    token_keys_free(keys);
}

static void token_verify__rules_that_ask_for_nothing__still_check_the_forms(void **state)
{
    static const struct {
        const char *claims;
        bool good;
    } rows[] = {
        {"{}", true},
        {"{\"aud\":7}", false},
        {"{\"iss\":7}", false},
        {"{\"exp\":1}", false},
        {"{\"jti\":7}", false},
        {"{\"exp\":1900000000}", true},
        {"{\"aud\":\"any\"}", true},
    };
    const struct world *w = *state;
    const struct token_rules open = {.issuer = NULL};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        AUTO(str_release) struct str text = STR_INIT(MAKER_BYTES_MAX);
        struct token_claims claims;
        maker_token(w->rsa.key, "SHA256", GOOD_HEADER, rows[i].claims, &text);
        if (verify_with(w->keys, &open, text.data, text.length, &claims) != rows[i].good)
            fail_msg("%s", rows[i].claims);
    }
}

/* ---- keys ---- */

static void token_keys_add__what_is_no_fitting_key__is_refused(void **state)
{
    const struct world *w = *state;
    struct maker_key weak = maker_key_new("RSA", 1024);
    const struct {
        const char *name, *algorithm, *pem;
    } rows[] = {
        {"a", "RS256", w->rsa.private_pem},
        {"a", "ES256", w->p256.private_pem},
        {"a", "RS256", w->p256.public_pem},
        {"a", "ES256", w->rsa.public_pem},
        {"a", "ES256", w->p384.public_pem},
        {"a", "ES384", w->p256.public_pem},
        {"a", "RS256", weak.public_pem},
        {"a", "HS256", w->rsa.public_pem},
        {"a", "none", w->rsa.public_pem},
        {"a", "", w->rsa.public_pem},
        {"a", "PS512", w->rsa.public_pem},
        {"a", "RS256", ""},
        {"a", "RS256", "secret"},
        {"a", "RS256", "-----BEGIN PUBLIC KEY-----\n"},
        {"", "RS256", w->rsa.public_pem},
        {"user", "RS256", w->rsa.public_pem},
        {"name-of-more-than-sixty-three-characters-which-is-too-much-for-a-name", "RS256",
         w->rsa.public_pem},
    };
    struct token_keys *keys = token_keys_new();
    struct err err;
    assert_true(token_keys_add(keys, "user", "RS256", w->rsa.public_pem, &err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        err.code = ERR_NONE;
        if (token_keys_add(keys, rows[i].name, rows[i].algorithm, rows[i].pem, &err))
            fail_msg("row %zu was taken", i);
        assert_int_equal(err.code, ERR_CONFIG);
        assert_null(strstr(err.what, "MI")); /* the start of every body */
    }
    for (int i = 1; i < TOKEN_KEYS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof(name), "k%d", i);
        assert_true(token_keys_add(keys, name, "RS256", w->rsa.public_pem, &err));
    }
    assert_false(token_keys_add(keys, "one more", "RS256", w->rsa.public_pem, &err));
    token_keys_free(keys);
    token_keys_free(NULL);
    maker_key_free(&weak);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_verify__claims_that_are_no_object__are_refused),
        cmocka_unit_test(token_verify__texts_in_claims__must_be_ours),
        cmocka_unit_test(token_verify__times_in_claims__are_whole_seconds_and_now),
        cmocka_unit_test(token_verify__clock_skew__is_the_leeway),
        cmocka_unit_test(token_verify__audience_of_another_service__is_refused),
        cmocka_unit_test(token_verify__rules_that_ask_for_nothing__still_check_the_forms),
        cmocka_unit_test(token_keys_add__what_is_no_fitting_key__is_refused),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
