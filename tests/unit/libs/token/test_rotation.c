/* Keys that change while they are in use: swapped at once, tokens without a name, and who is lacking. */
#include "tests/unit/libs/token/world.h"

#include <pthread.h>
#include <stdatomic.h>

#define NAMED(name) "{\"alg\":\"RS256\",\"kid\":\"" name "\"}"

static struct token_keys *set_of(const char *first, const char *first_pem, const char *second,
                                 const char *second_pem)
{
    struct token_keys *keys = token_keys_new();
    struct err err;
    assert_true(token_keys_add(keys, first, "RS256", first_pem, &err));
    assert_true(!second || token_keys_add(keys, second, "RS256", second_pem, &err));
    return keys;
}

static bool verify_named(const struct token_keys *keys, EVP_PKEY *key, const char *header)
{
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    struct token_claims claims;
    maker_token(key, "SHA256", header, GOOD_CLAIMS(""), &token);
    return verify_with(keys, &rules, token.data, token.length, &claims);
}

static void token_keys_swap__keys__change_at_once(void **state)
{
    struct world *w = *state;
    struct token_keys *keys = set_of("a", w->rsa.public_pem, NULL, NULL);
    struct token_keys *both = set_of("a", w->rsa.public_pem, "b", w->rsa_other.public_pem);
    struct token_keys *new = set_of("b", w->rsa_other.public_pem, NULL, NULL);
    assert_true(verify_named(keys, w->rsa.key, NAMED("a")));
    assert_false(verify_named(keys, w->rsa_other.key, NAMED("b")));
    assert_false(token_keys_swap(keys, both)); /* nothing went away */
    assert_true(verify_named(keys, w->rsa.key, NAMED("a")));
    assert_true(verify_named(keys, w->rsa_other.key, NAMED("b")));
    assert_true(token_keys_swap(keys, new));
    assert_false(verify_named(keys, w->rsa.key, NAMED("a")));
    assert_true(verify_named(keys, w->rsa_other.key, NAMED("b")));
    token_keys_free(keys);
    token_keys_free(both);
    token_keys_free(new);
}

static void token_keys_set_nameless__tokens_without_kid__are_of_that_key_alone(void **state)
{
    struct world *w = *state;
    struct token_keys *keys = set_of("a", w->rsa.public_pem, "b", w->rsa_other.public_pem);
    struct err err;
    assert_false(verify_named(keys, w->rsa.key, GOOD_HEADER));
    assert_false(token_keys_set_nameless(keys, "c", &err));
    assert_true(token_keys_set_nameless(keys, "a", &err));
    assert_true(verify_named(keys, w->rsa.key, GOOD_HEADER));
    assert_false(verify_named(keys, w->rsa_other.key, GOOD_HEADER));
    assert_false(verify_named(keys, w->rsa.key, NAMED("b")));
    token_keys_free(keys);
}

static void token_keys_lack__unknown_names__only(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", NAMED("user"), GOOD_CLAIMS(""), &token);
    assert_false(token_keys_lack(w->keys, token.data, token.length));
    str_clear(&token);
    maker_token(w->rsa.key, "SHA256", NAMED("next"), GOOD_CLAIMS(""), &token);
    assert_true(token_keys_lack(w->keys, token.data, token.length));
    str_clear(&token);
    maker_token(w->rsa.key, "SHA256", GOOD_HEADER, GOOD_CLAIMS(""), &token);
    assert_false(token_keys_lack(w->keys, token.data, token.length));
    assert_false(token_keys_lack(w->keys, "a.b.c", 5));
    assert_false(token_keys_lack(w->keys, "", 0));
}

struct race {
    struct world *w;
    struct token_keys *keys;
    _Atomic bool over;
    const char *token;
};

static void *verify_always(void *arg)
{
    struct race *race = arg;
    struct token_claims claims;
    while (!race->over)
        assert(verify_with(race->keys, &rules, race->token, strlen(race->token), &claims));
    return NULL;
}

static void token_keys_swap__under_load__no_token_of_a_key_that_stays_fails(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str token = STR_INIT(MAKER_BYTES_MAX);
    maker_token(w->rsa.key, "SHA256", NAMED("a"), GOOD_CLAIMS(""), &token);
    struct race race = {
        .w = w, .keys = set_of("a", w->rsa.public_pem, NULL, NULL), .token = token.data};
    pthread_t threads[2];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, verify_always, &race), 0);
    for (int i = 0; i < 50; i++) {
        struct token_keys *next =
            i % 2 ? set_of("a", w->rsa.public_pem, NULL, NULL)
                  : set_of("b", w->rsa_other.public_pem, "a", w->rsa.public_pem);
        assert_int_equal(token_keys_swap(race.keys, next), i % 2);
        token_keys_free(next);
    }
    race.over = true;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    token_keys_free(race.keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_keys_swap__keys__change_at_once),
        cmocka_unit_test(token_keys_set_nameless__tokens_without_kid__are_of_that_key_alone),
        cmocka_unit_test(token_keys_lack__unknown_names__only),
        cmocka_unit_test(token_keys_swap__under_load__no_token_of_a_key_that_stays_fails),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
