/* The management API: who may sign for what, what a signed body says, and that it says it once. */
#include "tests/unit/libs/token/maker.h"

#include "api/management.h"
#include "base/clock.h"

enum { NOW_S = 1800000000 };

struct world {
    struct maker_key one, two;
    struct token_signer *signer_one, *signer_two;
    struct clock_fake clock;
    struct management *management;
    struct str data;
    struct err err;
};

static void add_signer(struct str *out, const char *name, const struct maker_key *key)
{
    AUTO(str_release) struct str value = STR_INIT(8192);
    base64url_write(&value, key->public_pem, strlen(key->public_pem));
    str_add_format(out, "  %s: {algorithm: ES256, value: %s}\n", name, value.data);
}

static void config(const struct world *world, const char *jwt, struct str *out)
{
    str_add(out, "keychain:\n");
    add_signer(out, "one", &world->one);
    add_signer(out, "two", &world->two);
    str_add_format(out, "jwt: %s\n", jwt);
    str_add(out, "scopes:\n"
                 "  read: {permitted_signers: [one, two], mandatory_signers: [one]}\n"
                 "  write: {permitted_signers: [one, two], mandatory_signers: [one, two]}\n");
}

static void open_with(struct world *world, const char *jwt)
{
    AUTO(str_release) struct str text = STR_INIT(64 * 1024);
    config(world, jwt, &text);
    management_close(world->management);
    world->management = NULL;
    if (!management_read_text(text.data, text.length, &world->management, &world->err))
        fail_msg("%s", world->err.what);
}

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct err err;
    assert_non_null(world);
    world->one = maker_key_new("P-256", 0);
    world->two = maker_key_new("P-256", 0);
    assert_true(token_signer_new("ES256", "one", world->one.private_pem, &world->signer_one, &err));
    assert_true(token_signer_new("ES256", "two", world->two.private_pem, &world->signer_two, &err));
    clock_fake_init(&world->clock, NOW_S * INT64_C(1000000));
    world->data = STR_INIT(64 * 1024);
    open_with(world, "{}");
    *state = world;
    return 0;
}

static int world_free(void **state)
{
    struct world *world = *state;
    management_close(world->management);
    token_signer_free(world->signer_one);
    token_signer_free(world->signer_two);
    maker_key_free(&world->one);
    maker_key_free(&world->two);
    str_release(&world->data);
    free(world);
    return 0;
}

/* A body with these claims, signed by one, or by both. */
static void sign(const struct world *world, const char *claims, bool both, struct str *out)
{
    struct err err;
    assert_true(token_sign_general(world->signer_one, claims, out, &err));
    if (!both)
        return;
    AUTO(str_release) struct str other = STR_INIT(64 * 1024);
    assert_true(token_sign_general(world->signer_two, claims, &other, &err));
    /* {"payload":..,"signatures":[A]} and the same with [B] make [A,B]. */
    const char *second = strstr(other.data, "\"signatures\":[");
    assert_non_null(second);
    second += strlen("\"signatures\":[");
    assert_string_equal(out->data + out->length - 2, "]}");
    out->length -= 2;
    str_add_char(out, ',');
    str_add(out, second);
}

static bool verify(struct world *world, const char *scope, const char *claims, bool both)
{
    AUTO(str_release) struct str body = STR_INIT(64 * 1024);
    sign(world, claims, both, &body);
    str_clear(&world->data);
    return management_verify(world->management, scope, &world->clock.clock, body.data, body.length,
                             &world->data, &world->err);
}

#define CLAIMS(jti, more) "{\"iat\":1800000000,\"exp\":1800000060,\"jti\":\"" jti "\"" more "}"
static const char not_verified[] = "Failed to verify JWT.";

static void expect_refusal(const struct world *world, const char *key)
{
    assert_int_equal(world->err.code, ERR_UNAUTHENTICATED);
    assert_string_equal(err_key(&world->err), key);
}

static void management_verify__good_signature__gives_its_data(void **state)
{
    struct world *world = *state;
    assert_true(verify(world, "read",
                       CLAIMS("a", ",\"data\":{\"uid\":\"ID1\",\"n\":1.50,"
                                   "\"l\":[{\"a\":null},true]}"),
                       false));
    assert_string_equal(world->data.data, "{\"uid\":\"ID1\",\"n\":1.50,\"l\":[{\"a\":null},true]}");
    assert_true(verify(world, "read", CLAIMS("b", ""), false));
    assert_string_equal(world->data.data, "{}");
    assert_true(verify(world, "write", CLAIMS("c", ",\"data\":{}"), true));
}

static void management_verify__mandatory_signer_missing__is_refused(void **state)
{
    struct world *world = *state;
    assert_false(verify(world, "write", CLAIMS("a", ""), false));
    expect_refusal(world, "Not enough signatures for the action.");
}

static void management_verify__unknown_scope__is_refused(void **state)
{
    struct world *world = *state;
    assert_false(verify(world, "nothing", CLAIMS("a", ""), true));
    expect_refusal(world, not_verified);
}

static void management_verify__same_document_twice__is_refused(void **state)
{
    struct world *world = *state;
    assert_true(verify(world, "read", CLAIMS("a", ""), false));
    assert_false(verify(world, "read", CLAIMS("a", ""), false));
    expect_refusal(world, not_verified);
    assert_true(verify(world, "read", CLAIMS("b", ""), false));
}

static void management_verify__replay_within_the_leeway__is_refused(void **state)
{
    struct world *world = *state;
    open_with(world, "{leeway: 30}");
    assert_true(verify(world, "read", CLAIMS("a", ""), false));
    world->clock.now_us += 80 * INT64_C(1000000); /* expired, but the leeway lets it in */
    assert_false(verify(world, "read", CLAIMS("a", ""), false));
    assert_true(verify(world, "read", CLAIMS("b", ""), false));
}

static void management_verify__bad_claims__are_refused(void **state)
{
    static const char *const bad[] = {
        "{\"iat\":1800000000,\"exp\":1800000060}",               /* no jti */
        "{\"iat\":1800000000,\"jti\":\"a\"}",                    /* no exp */
        "{\"iat\":1799999000,\"exp\":1799999999,\"jti\":\"a\"}", /* expired */
        "{\"iat\":1800000100,\"exp\":1800000200,\"jti\":\"a\"}", /* from the future */
        CLAIMS("a", ",\"data\":[]"),
        CLAIMS("a", ",\"data\":\"x\""),
    };
    struct world *world = *state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(verify(world, "read", bad[i], false));
        expect_refusal(world, not_verified);
    }
    assert_true(verify(world, "read", CLAIMS("a", ",\"data\":null"), false));
}

static void management_verify__issuer_and_audience__are_checked_when_asked_for(void **state)
{
    struct world *world = *state;
    open_with(world, "{iss: applogic, aud: [peatio]}");
    assert_false(verify(world, "read", CLAIMS("a", ""), false));
    assert_false(verify(world, "read", CLAIMS("b", ",\"iss\":\"applogic\",\"aud\":\"x\""), false));
    assert_true(
        verify(world, "read", CLAIMS("c", ",\"iss\":\"applogic\",\"aud\":\"peatio\""), false));
    open_with(world, "{iss: applogic, verify_iss: false}");
    assert_true(verify(world, "read", CLAIMS("a", ""), false));
}

static void management_verify__forged_or_foreign__is_refused(void **state)
{
    struct world *world = *state;
    AUTO(str_release) struct str body = STR_INIT(64 * 1024);
    static const char *const texts[] = {"", "x", "[]", "{}",
                                        "{\"payload\":\"e30\",\"signatures\":[]}"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_false(management_verify(world->management, "read", &world->clock.clock, texts[i],
                                       strlen(texts[i]), &world->data, &world->err));
    sign(world, CLAIMS("a", ""), false, &body);
    char *signature = strstr(body.data, "\"signature\":\"");
    assert_non_null(signature);
    signature += strlen("\"signature\":\"");
    *signature = *signature == 'A' ? 'B' : 'A';
    assert_false(management_verify(world->management, "read", &world->clock.clock, body.data,
                                   body.length, &world->data, &world->err));
    expect_refusal(world, not_verified);
}

static void refuse_config(const char *text, const char *story)
{
    struct management *management = NULL;
    struct err err;
    bool ok = management_read_text(text, strlen(text), &management, &err);
    management_close(management);
    assert_false(ok);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_string_equal(err.what, story);
}

static void management_read_text__mistakes__are_said_with_their_line(void **state)
{
    struct world *world = *state;
    AUTO(str_release) struct str text = STR_INIT(64 * 1024);
    refuse_config("[]", "management_api.yml:1: must be a map of keychain, jwt and scopes");
    refuse_config("keychain:\n  a: {value: x}\n",
                  "management_api.yml:2: signer a needs algorithm and value");
    refuse_config("keychain:\n  a: {algorithm: ES256, value: '***'}\n",
                  "management_api.yml:2: the value of a is no base64");
    refuse_config("jwt:\n  verify_everything: true\n",
                  "management_api.yml:2: no such option: verify_everything");
    refuse_config("jwt: {leeway: -1}\n", "management_api.yml:1: leeway must be 0 to 3600 seconds");
    refuse_config("scopes:\n  read: {permitted_signers: [x], mandatory_signers: [x]}\n",
                  "management_api.yml:2: signer x is not in the keychain");
    str_add(&text, "keychain:\n");
    add_signer(&text, "one", &world->one);
    size_t length = text.length;
    str_add(&text, "scopes: {read: {permitted_signers: [one], mandatory_signers: []}}\n");
    refuse_config(text.data, "management_api.yml:3: scope read needs a mandatory signer");
    text.length = length;
    str_add(&text, "scopes: {read: {permitted_signers: [one], mandatory_signers: [two]}}\n");
    refuse_config(text.data, "management_api.yml:3: a mandatory signer must be a permitted one");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(management_verify__good_signature__gives_its_data),
        TEST(management_verify__mandatory_signer_missing__is_refused),
        TEST(management_verify__unknown_scope__is_refused),
        TEST(management_verify__same_document_twice__is_refused),
        TEST(management_verify__replay_within_the_leeway__is_refused),
        TEST(management_verify__bad_claims__are_refused),
        TEST(management_verify__issuer_and_audience__are_checked_when_asked_for),
        TEST(management_verify__forged_or_foreign__is_refused),
        TEST(management_read_text__mistakes__are_said_with_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
