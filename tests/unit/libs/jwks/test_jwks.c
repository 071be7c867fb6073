/* Keys of an issuer: what a document changes, and what it must not. */
#include "tests/unit/libs/token/world.h"

#include "jwks/jwks.h"
#include "token/jwk.h"

#define NAMED(name) "{\"alg\":\"RS256\",\"kid\":\"" name "\"}"

static struct jwks *made(const struct world *w, bool fixed)
{
    const struct jwks_spec spec = {.url = "http://127.0.0.1:1/jwks.json",
                                   .algorithm = "RS256",
                                   .fixed_pem = fixed ? w->rsa.public_pem : "",
                                   .fixed_name = "user",
                                   .clock = &clock_real};
    struct jwks *jwks;
    struct err err;
    if (!jwks_new(&spec, &jwks, &err))
        fail_msg("%s", err.what);
    return jwks;
}

static void document(const struct maker_key *key, const char *name, struct str *out)
{
    struct err err;
    str_clear(out);
    str_add(out, "{\"keys\":[");
    assert_true(token_jwk_write(name, "RS256", key->public_pem, out, &err));
    str_add(out, "]}");
}

static bool take(struct jwks *jwks, const char *text, bool *ret_gone)
{
    struct err err = {.code = ERR_NONE};
    bool taken = jwks_take(jwks, text, strlen(text), ret_gone, &err);
    assert_true(taken || err.code == ERR_PROTOCOL);
    return taken;
}

static bool believes(const struct jwks *jwks, EVP_PKEY *key, const char *header)
{
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    struct token_claims claims;
    maker_token(key, "SHA256", header, GOOD_CLAIMS(""), &token);
    return verify_with(jwks_keys(jwks), &rules, token.data, token.length, &claims);
}

static bool lacks(const struct jwks *jwks, EVP_PKEY *key, const char *header)
{
    AUTO(str_release) struct str bearer = STR_INIT(MAKER_BYTES_MAX);
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    maker_token(key, "SHA256", header, GOOD_CLAIMS(""), &token);
    str_add(&bearer, "Bearer ");
    str_add(&bearer, token.data);
    return jwks_lacks(jwks, bearer.data);
}

static void jwks_take__documents__replace_each_other(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    struct jwks *jwks = made(w, false);
    bool gone;
    assert_false(jwks_is_ready(jwks));
    assert_true(lacks(jwks, w->rsa.key, NAMED("one")));
    document(&w->rsa, "one", &text);
    assert_true(take(jwks, text.data, &gone) && !gone);
    assert_true(jwks_is_ready(jwks));
    assert_true(believes(jwks, w->rsa.key, NAMED("one")));
    assert_false(lacks(jwks, w->rsa.key, NAMED("one")));
    document(&w->rsa_other, "two", &text);
    assert_true(take(jwks, text.data, &gone) && gone);
    assert_false(believes(jwks, w->rsa.key, NAMED("one")));
    assert_true(believes(jwks, w->rsa_other.key, NAMED("two")));
    jwks_free(jwks);
    jwks_free(NULL);
}

static void jwks_take__bad_documents__change_nothing(void **state)
{
    static const char *const rows[] = {"",      "{}", "[]", "{\"keys\":[]}", "{\"keys\":[{}]}",
                                       "<html>"};
    struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    struct jwks *jwks = made(w, false);
    bool gone;
    document(&w->rsa, "one", &text);
    assert_true(take(jwks, text.data, &gone));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (take(jwks, rows[i], &gone))
            fail_msg("taken: %s", rows[i]);
        assert_true(believes(jwks, w->rsa.key, NAMED("one")));
    }
    jwks_free(jwks);
}

static void jwks_new__fixed_key__stays_and_has_no_name(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    struct jwks *jwks = made(w, true);
    bool gone;
    assert_true(jwks_is_ready(jwks));
    document(&w->rsa_other, "two", &text);
    assert_true(take(jwks, text.data, &gone) && !gone);
    assert_true(believes(jwks, w->rsa.key, GOOD_HEADER));
    assert_true(believes(jwks, w->rsa_other.key, NAMED("two")));
    assert_false(believes(jwks, w->rsa_other.key, GOOD_HEADER));
    jwks_free(jwks);
}

static void jwks_refresh__nobody_there__is_an_error_and_changes_nothing(void **state)
{
    struct world *w = *state;
    struct jwks *jwks = made(w, true);
    struct err err;
    bool gone;
    assert_false(jwks_refresh(jwks, &gone, &err));
    assert_int_equal(err.code, ERR_PEER_UNAVAILABLE);
    assert_false(jwks_refresh(jwks, &gone, &err)); /* too soon: the same answer */
    assert_int_equal(err.code, ERR_PEER_UNAVAILABLE);
    assert_true(believes(jwks, w->rsa.key, GOOD_HEADER));
    assert_false(jwks_lacks(jwks, NULL));
    assert_false(jwks_lacks(jwks, "Basic a.b.c"));
    jwks_free(jwks);
}

static void jwks_new__nothing_given__is_refused(void **state)
{
    struct jwks *jwks;
    struct err err;
    (void)state;
    assert_false(
        jwks_new(&(struct jwks_spec){.algorithm = "RS256", .clock = &clock_real}, &jwks, &err));
    assert_int_equal(err.code, ERR_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jwks_take__documents__replace_each_other),
        cmocka_unit_test(jwks_take__bad_documents__change_nothing),
        cmocka_unit_test(jwks_new__fixed_key__stays_and_has_no_name),
        cmocka_unit_test(jwks_refresh__nobody_there__is_an_error_and_changes_nothing),
        cmocka_unit_test(jwks_new__nothing_given__is_refused),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
