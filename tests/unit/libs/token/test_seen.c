/* Single use: once until it expires, never more entries than agreed, one winner among threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "token/token.h"

enum { NOW_S = 1800000000, THREADS = 4, TOKENS = 2000 };

#define SECONDS ((int64_t)1000000)

static bool first(struct token_seen *seen, const char *signer, const char *jti,
                  int64_t expires_at_s, int64_t now_s)
{
    struct err err = {.code = ERR_NONE};
    bool good = token_seen_first(seen, signer, jti, expires_at_s, now_s * SECONDS, &err);
    assert_int_equal(err.code, good ? ERR_NONE : ERR_UNAUTHENTICATED);
    return good;
}

static void token_seen_first__replay__is_refused_until_expiry(void **state)
{
    struct token_seen *seen = token_seen_new(10);
    (void)state;
    assert_true(first(seen, "a", "1", NOW_S + 60, NOW_S));
    assert_false(first(seen, "a", "1", NOW_S + 60, NOW_S));
    assert_false(first(seen, "a", "1", NOW_S + 600, NOW_S + 59));
    assert_true(first(seen, "b", "1", NOW_S + 60, NOW_S));
    assert_true(first(seen, "a", "2", NOW_S + 60, NOW_S));
    assert_true(first(seen, "a", "1", NOW_S + 120, NOW_S + 60));
    assert_false(first(seen, "a", "1", NOW_S + 120, NOW_S + 60));
    token_seen_free(seen);
    token_seen_free(NULL);
}

static void token_seen_first__signer_and_jti__do_not_run_together(void **state)
{
    struct token_seen *seen = token_seen_new(10);
    (void)state;
    assert_true(first(seen, "a", "bc", NOW_S + 60, NOW_S));
    assert_true(first(seen, "ab", "c", NOW_S + 60, NOW_S));
    assert_true(first(seen, "", "abc", NOW_S + 60, NOW_S));
    token_seen_free(seen);
}

static void token_seen_first__full__says_so_and_recovers(void **state)
{
    struct token_seen *seen = token_seen_new(100);
    struct err err;
    char jti[32];
    (void)state;
    for (int round = 0; round < 3; round++) {
        int64_t now_s = NOW_S + round * 60;
        for (int i = 0; i < 100; i++) {
            snprintf(jti, sizeof(jti), "%d-%d", round, i);
            assert_true(first(seen, "a", jti, now_s + 60, now_s));
        }
        assert_false(token_seen_first(seen, "a", "more", now_s + 60, now_s * SECONDS, &err));
        assert_int_equal(err.code, ERR_TOO_MANY);
        assert_false(first(seen, "a", jti, now_s + 60, now_s));
    }
    token_seen_free(seen);
}

struct crowd {
    struct token_seen *seen;
    atomic_int firsts;
};

static void *crowd_main(void *argument)
{
    struct crowd *crowd = argument;
    for (int i = 0; i < TOKENS; i++) {
        char jti[16];
        struct err err;
        snprintf(jti, sizeof(jti), "%d", i);
        if (token_seen_first(crowd->seen, "a", jti, NOW_S + 60, NOW_S * SECONDS, &err))
            atomic_fetch_add(&crowd->firsts, 1);
    }
    return NULL;
}

static void token_seen_first__from_many_threads__one_wins(void **state)
{
    struct crowd crowd = {.seen = token_seen_new(TOKENS)};
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, crowd_main, &crowd), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.firsts, TOKENS);
    token_seen_free(crowd.seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_seen_first__replay__is_refused_until_expiry),
        cmocka_unit_test(token_seen_first__signer_and_jti__do_not_run_together),
        cmocka_unit_test(token_seen_first__full__says_so_and_recovers),
        cmocka_unit_test(token_seen_first__from_many_threads__one_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
