/* The keys of our tokens: one signs, the published ones are in the document, the rest verify. */
#include "tests/unit/libs/token/world.h"

#include "auth/state/signing.h"

static struct signing_key key_of(const struct maker_key *pair, bool signs, bool published)
{
    struct signing_key key = {.algorithm = "RS256",
                              .public_pem = pair->public_pem,
                              .private_pem = signs ? pair->private_pem : NULL,
                              .signs = signs,
                              .is_published = published};
    struct err err;
    if (!signing_key_name(&key, &err))
        fail_msg("%s", err.what);
    return key;
}

static bool verifies(const struct token_keys *keys, const struct str *token)
{
    struct token_claims claims;
    return verify_with(keys, &rules, token->data, token->length, &claims);
}

static bool is_published(struct signing *signing, const char *kid)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_JWKS_BYTES_MAX);
    signing_jwks(signing, &text);
    assert_null(strstr(text.data, "\"d\""));
    return strstr(text.data, kid) != NULL;
}

static void signing_set__rotation__old_tokens_verify_until_their_key_is_gone(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str old = STR_INIT(MAKER_BYTES_MAX);
    AUTO(str_release) struct str new = STR_INIT(MAKER_BYTES_MAX);
    struct token_keys *keys = token_keys_new();
    struct signing *signing;
    struct err err;
    bool gone;
    assert_true(signing_new(keys, &signing, &err));
    assert_false(signing_sign(signing, GOOD_CLAIMS(""), &old, &err));
    assert_int_equal(err.code, ERR_BUSY);
    struct signing_key first = key_of(&w->rsa, true, true);
    assert_true(signing_set(signing, &first, 1, NULL, &gone, &err) && !gone);
    assert_true(signing_sign(signing, GOOD_CLAIMS(""), &old, &err));
    assert_true(verifies(keys, &old));

    struct signing_key both[] = {key_of(&w->rsa, false, true), key_of(&w->rsa_other, true, true)};
    unsigned before = signing_generation(signing);
    assert_true(signing_set(signing, both, 2, NULL, &gone, &err) && !gone);
    assert_true(signing_generation(signing) != before);
    assert_true(signing_sign(signing, GOOD_CLAIMS(""), &new, &err));
    assert_true(verifies(keys, &old) && verifies(keys, &new));
    assert_true(is_published(signing, both[0].kid) && is_published(signing, both[1].kid));

    assert_true(signing_set(signing, &both[1], 1, NULL, &gone, &err) && gone);
    assert_false(verifies(keys, &old));
    assert_true(verifies(keys, &new));
    assert_false(is_published(signing, both[0].kid));
    assert_string_equal(signing_algorithm(signing), "RS256");
    signing_free(signing);
    signing_free(NULL);
    token_keys_free(keys);
}

static void signing_set__bad_sets__change_nothing(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    struct token_keys *keys = token_keys_new();
    struct signing *signing;
    struct err err;
    bool gone;
    struct signing_key good = key_of(&w->rsa, true, false), silent = key_of(&w->rsa, false, true);
    struct signing_key two[] = {good, key_of(&w->rsa_other, true, true)};
    assert_true(signing_new(keys, &signing, &err));
    assert_true(signing_set(signing, &good, 1, good.kid, &gone, &err));
    assert_false(is_published(signing, good.kid));
    assert_false(signing_set(signing, &silent, 1, NULL, &gone, &err)); /* nobody signs */
    assert_false(signing_set(signing, two, 2, NULL, &gone, &err));     /* two do */
    assert_false(signing_set(signing, &good, 1, "another", &gone, &err));
    assert_true(signing_sign_typed(signing, "at+jwt", GOOD_CLAIMS(""), &token, &err));
    assert_true(verifies(keys, &token));
    signing_free(signing);
    token_keys_free(keys);
}

static bool own_signs(struct signing *signing, struct str *out)
{
    struct err err;
    return signing_own_sign(signing, GOOD_CLAIMS(""), out, &err);
}

static void signing_own_set__replaced__the_former_is_gone_at_once(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str old = STR_INIT(MAKER_BYTES_MAX);
    AUTO(str_release) struct str new = STR_INIT(MAKER_BYTES_MAX);
    struct token_keys *keys = token_keys_new();
    struct signing *signing;
    struct err err;
    assert_true(signing_new(keys, &signing, &err));
    struct signing_key first = key_of(&w->rsa, true, true);
    struct signing_key second = key_of(&w->rsa_other, true, true);
    struct signing_key halves = first;
    halves.public_pem = second.public_pem;
    assert_false(signing_own_set(signing, &halves, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_true(signing_own_set(signing, &first, &err));
    assert_true(own_signs(signing, &old));
    assert_true(verifies(signing_own_keys(signing), &old));
    assert_false(verifies(keys, &old)); /* of no session */
    assert_false(signing_own_set(signing, &halves, &err));
    assert_string_equal(signing_own(signing)->kid, first.kid);
    assert_true(signing_own_set(signing, &second, &err));
    assert_true(own_signs(signing, &new));
    assert_false(verifies(signing_own_keys(signing), &old));
    assert_true(verifies(signing_own_keys(signing), &new));
    assert_string_equal(signing_own(signing)->private_pem, second.private_pem);
    signing_free(signing);
    token_keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signing_set__rotation__old_tokens_verify_until_their_key_is_gone),
        cmocka_unit_test(signing_set__bad_sets__change_nothing),
        cmocka_unit_test(signing_own_set__replaced__the_former_is_gone_at_once),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
