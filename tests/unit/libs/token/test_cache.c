/* The cache: a token is verified once, forgotten in time, and never more are kept than agreed. */
#include "tests/unit/libs/token/maker.h"

#include <pthread.h>
#include <stdatomic.h>

enum { NOW_S = 1800000000, TOKENS = 64, THREADS = 4, ROUNDS = 2000 };

#define SECONDS ((int64_t)1000000)

struct member {
    char uid[32];
    int level;
};

struct world {
    struct maker_key key;
    struct token_keys *keys;
    struct token_signer *signer;
    struct clock_fake clock;
    atomic_int reads;
    bool refuse;
    struct token_cache *cleared; /* while a token is read; NULL: nothing is */
    char *headers[TOKENS];       /* "Bearer ..." of uid ID0, ID1, ... valid for a minute */
};

static const struct token_rules rules = {.leeway_s = 0, .issued_at_leeway_s = 0};

static bool read_member(void *app, const struct token_claims *claims, void *ret_value,
                        struct err *err)
{
    struct world *w = app;
    struct member *member = ret_value;
    atomic_fetch_add(&w->reads, 1);
    if (w->refuse)
        return err_set(err, ERR_UNAUTHENTICATED, "not a member");
    if (w->cleared)
        token_cache_clear(w->cleared);
    *member = (struct member){.level = 3};
    snprintf(member->uid, sizeof(member->uid), "%.31s", claims->jti);
    return true;
}

static char *header_new(struct world *w, const char *claims)
{
    AUTO(str_release) struct str text = STR_INIT(TOKEN_BYTES_MAX);
    struct err err;
    str_add(&text, "Bearer ");
    assert_true(token_sign(w->signer, claims, &text, &err));
    return strdup(text.data);
}

static int world_new(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    struct err err;
    w->key = maker_key_new("P-256", 0);
    w->keys = token_keys_new();
    assert_true(token_keys_add(w->keys, "k", "ES256", w->key.public_pem, &err));
    assert_true(token_signer_new("ES256", "k", w->key.private_pem, &w->signer, &err));
    clock_fake_init(&w->clock, NOW_S * SECONDS);
    for (int i = 0; i < TOKENS; i++) {
        char claims[128];
        snprintf(claims, sizeof(claims), "{\"jti\":\"ID%d\",\"exp\":%d}", i, NOW_S + 60);
        w->headers[i] = header_new(w, claims);
    }
    *state = w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < TOKENS; i++)
        free(w->headers[i]);
    token_signer_free(w->signer);
    token_keys_free(w->keys);
    maker_key_free(&w->key);
    free(w);
    return 0;
}

static struct token_cache *cache_new(struct world *w, size_t entries_max)
{
    struct token_cache *cache =
        token_cache_new(w->keys, &rules, entries_max, sizeof(struct member), read_member, w);
    assert_non_null(cache);
    w->reads = 0;
    w->refuse = false;
    w->clock.now_us = NOW_S * SECONDS;
    return cache;
}

static bool get(struct world *w, struct token_cache *cache, const char *header, const char *uid)
{
    struct member member = {.level = 0};
    struct err err = {.code = ERR_NONE};
    bool good = token_cache_get(cache, &w->clock.clock, header, &member, &err);
    if (good) {
        assert_string_equal(member.uid, uid);
        assert_int_equal(member.level, 3);
    } else {
        assert_int_equal(err.code, ERR_UNAUTHENTICATED);
    }
    return good;
}

static void token_cache_get__again__does_not_verify_again(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    for (int i = 0; i < 5; i++)
        assert_true(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 1);
    assert_true(get(w, cache, w->headers[1], "ID1"));
    assert_int_equal(w->reads, 2);
    token_cache_clear(cache);
    assert_true(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 3);
    token_cache_free(cache);
    token_cache_free(NULL);
}

/* Its key may be the one that went away. */
static void token_cache_clear__while_a_token_is_verified__it_is_not_kept(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    w->cleared = cache;
    assert_true(get(w, cache, w->headers[0], "ID0"));
    w->cleared = NULL;
    assert_true(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 2);
    assert_true(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 2);
    token_cache_free(cache);
}

static void token_cache_get__expiry__ends_a_cached_token(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    assert_true(get(w, cache, w->headers[0], "ID0"));
    w->clock.now_us = (NOW_S + 60) * SECONDS - 1;
    assert_true(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 1);
    w->clock.now_us++;
    assert_false(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 1);
    token_cache_free(cache);
}

static void token_cache_get__without_expiry__verifies_again_after_a_while(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    char *header = header_new(w, "{\"jti\":\"x\"}");
    assert_true(get(w, cache, header, "x"));
    assert_true(get(w, cache, header, "x"));
    assert_int_equal(w->reads, 1);
    w->clock.now_us += 3600 * SECONDS;
    assert_true(get(w, cache, header, "x"));
    assert_int_equal(w->reads, 2);
    free(header);
    token_cache_free(cache);
}

static void token_cache_get__the_scheme__must_be_bearer(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    const char *token = w->headers[0] + strlen("Bearer ");
    const char *const refused[] = {"",           "%s",          "Basic %s",        "Bearer",
                                   "Bearer ",    "Bearer  %s",  "Bearer\t%s",      " Bearer %s",
                                   "Bearer %s ", "Bearer %s,x", "Bearer Bearer %s"};
    const char *const taken[] = {"Bearer %s", "bearer %s", "BEARER %s"};
    assert_true(get(w, cache, w->headers[0], "ID0"));
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        AUTO(str_release) struct str header = STR_INIT(TOKEN_BYTES_MAX);
        for (const char *at = refused[i]; *at; at++) {
            if (*at == '%')
                str_add(&header, token), at++;
            else
                str_add_char(&header, *at);
        }
        assert_false(get(w, cache, str_data(&header), "ID0"));
    }
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        AUTO(str_release) struct str header = STR_INIT(TOKEN_BYTES_MAX);
        str_add_bytes(&header, taken[i], strlen("Bearer "));
        str_add(&header, token);
        assert_true(get(w, cache, header.data, "ID0"));
    }
    assert_false(get(w, cache, NULL, "ID0"));
    AUTO(str_release) struct str huge = STR_INIT(4 * TOKEN_BYTES_MAX);
    str_add_format(&huge, "Bearer %0*d", 2 * TOKEN_BYTES_MAX, 0);
    assert_false(get(w, cache, huge.data, ""));
    token_cache_free(cache);
}

/* One other byte anywhere is another token, also where the hash does not look. */
static void token_cache_get__changed_copy_of_a_cached_token__is_refused(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    char *copy = strdup(w->headers[0]);
    assert_true(get(w, cache, w->headers[0], "ID0"));
    for (size_t at = strlen("Bearer "); copy[at]; at++) {
        char kept = copy[at];
        copy[at] = kept == 'A' ? 'B' : 'A';
        if (get(w, cache, copy, "ID0"))
            fail_msg("byte %zu", at);
        copy[at] = kept;
    }
    assert_int_equal(w->reads, 1);
    free(copy);
    token_cache_free(cache);
}

static void token_cache_get__refused_by_the_reader__is_not_kept(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 100);
    w->refuse = true;
    assert_false(get(w, cache, w->headers[0], "ID0"));
    assert_false(get(w, cache, w->headers[0], "ID0"));
    assert_int_equal(w->reads, 2);
    w->refuse = false;
    assert_true(get(w, cache, w->headers[0], "ID0"));
    token_cache_free(cache);
}

static void token_cache_get__more_tokens_than_room__gives_up_the_longest_unused(void **state)
{
    static const size_t sizes[] = {1, 3, 8, 16, 20};
    struct world *w = *state;
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        struct token_cache *cache = cache_new(w, sizes[s]);
        for (int round = 0; round < 2; round++)
            for (int i = 0; i < TOKENS; i++) {
                char uid[16];
                snprintf(uid, sizeof(uid), "ID%d", i);
                assert_true(get(w, cache, w->headers[i], uid));
            }
        assert_true(w->reads >= 2 * TOKENS - (int)sizes[s]);
        token_cache_free(cache);
    }
    struct token_cache *cache = cache_new(w, 3);
    for (int i = 1; i < TOKENS; i++) {
        char uid[16];
        snprintf(uid, sizeof(uid), "ID%d", i);
        assert_true(get(w, cache, w->headers[0], "ID0")); /* always the latest but one */
        assert_true(get(w, cache, w->headers[i], uid));
    }
    assert_int_equal(w->reads, TOKENS);
    token_cache_free(cache);
}

struct crowd {
    struct world *w;
    struct token_cache *cache;
    unsigned start;
    bool right;
};

static void *crowd_main(void *argument)
{
    struct crowd *crowd = argument;
    struct world *w = crowd->w;
    crowd->right = true;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct member member;
        struct err err;
        char uid[16];
        unsigned n = (crowd->start + i * 7) % TOKENS;
        snprintf(uid, sizeof(uid), "ID%u", n);
        if (!token_cache_get(crowd->cache, &w->clock.clock, w->headers[n], &member, &err) ||
            strcmp(member.uid, uid) != 0)
            crowd->right = false;
        if (i % 500 == 499)
            token_cache_clear(crowd->cache);
    }
    return NULL;
}

static void token_cache_get__from_many_threads__each_gets_its_own(void **state)
{
    struct world *w = *state;
    struct token_cache *cache = cache_new(w, 48);
    struct crowd crowds[THREADS];
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){.w = w, .cache = cache, .start = i * 13};
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_main, &crowds[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(crowds[i].right);
    }
    token_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_cache_get__again__does_not_verify_again),
        cmocka_unit_test(token_cache_clear__while_a_token_is_verified__it_is_not_kept),
        cmocka_unit_test(token_cache_get__expiry__ends_a_cached_token),
        cmocka_unit_test(token_cache_get__without_expiry__verifies_again_after_a_while),
        cmocka_unit_test(token_cache_get__the_scheme__must_be_bearer),
        cmocka_unit_test(token_cache_get__changed_copy_of_a_cached_token__is_refused),
        cmocka_unit_test(token_cache_get__refused_by_the_reader__is_not_kept),
        cmocka_unit_test(token_cache_get__more_tokens_than_room__gives_up_the_longest_unused),
        cmocka_unit_test(token_cache_get__from_many_threads__each_gets_its_own),
    };
    return cmocka_run_group_tests(tests, world_new, world_free);
}
