/* The cache of rows: bounded, dropped at once, and never filled again by a reader who was too slow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "auth/state/cache.h"

enum { KEY_SIZE = 20 };

struct row {
    uint64_t number, copy;
};

static void key_of(uint64_t number, char key[static KEY_SIZE])
{
    char text[KEY_SIZE];
    snprintf(text, sizeof(text), "key%llu", (unsigned long long)number);
    assert_true(cache_key_text(text, key, KEY_SIZE));
}

static void put(struct cache *cache, uint64_t number)
{
    char key[KEY_SIZE];
    key_of(number, key);
    cache_put(cache, key, &(struct row){number, number}, cache_stamp(cache, key));
}

static bool has(struct cache *cache, uint64_t number)
{
    char key[KEY_SIZE];
    struct row row = {0, 0};
    key_of(number, key);
    if (!cache_get(cache, key, &row))
        return false;
    assert_int_equal(row.number, number);
    return true;
}

static void cache_get__what_was_put__until_it_is_dropped(void **state)
{
    struct cache *cache = cache_new(1000, KEY_SIZE, sizeof(struct row));
    char key[KEY_SIZE];
    (void)state;
    assert_false(has(cache, 7));
    for (uint64_t i = 0; i < 100; i++)
        put(cache, i);
    for (uint64_t i = 0; i < 100; i++)
        assert_true(has(cache, i));
    key_of(7, key);
    cache_drop(cache, key);
    assert_false(has(cache, 7));
    assert_true(has(cache, 8));
    cache_clear(cache);
    for (uint64_t i = 0; i < 100; i++)
        assert_false(has(cache, i));
    cache_free(cache);
    cache_free(NULL);
}

static void cache_put__dropped_meanwhile__is_not_kept(void **state)
{
    struct cache *cache = cache_new(1000, KEY_SIZE, sizeof(struct row));
    char key[KEY_SIZE];
    (void)state;
    key_of(1, key);
    uint64_t stamp = cache_stamp(cache, key);
    cache_drop(cache, key); /* the row was read before this, and written to after that */
    cache_put(cache, key, &(struct row){1, 1}, stamp);
    assert_false(has(cache, 1));
    stamp = cache_stamp(cache, key);
    cache_clear(cache);
    cache_put(cache, key, &(struct row){1, 1}, stamp);
    assert_false(has(cache, 1));
    cache_put(cache, key, &(struct row){1, 1}, cache_stamp(cache, key));
    assert_true(has(cache, 1));
    cache_free(cache);
}

static void cache_put__more_than_fit__the_used_ones_stay(void **state)
{
    enum { ROOM = 64 };
    struct cache *cache = cache_new(ROOM, KEY_SIZE, sizeof(struct row));
    size_t found = 0;
    (void)state;
    put(cache, 0);
    for (uint64_t i = 1; i < 10000; i++) {
        put(cache, i);
        assert_true(has(cache, 0));
    }
    for (uint64_t i = 0; i < 10000; i++)
        found += has(cache, i);
    assert_in_range(found, ROOM / 2, ROOM);
    cache_free(cache);
}

static void add(void *value, void *arg)
{
    ((struct row *)value)->copy += *(uint64_t *)arg;
}

static bool is_odd(const void *value, void *arg)
{
    (void)arg;
    return ((const struct row *)value)->number % 2 == 1;
}

static void cache_change__and_drop_if__reach_the_values(void **state)
{
    struct cache *cache = cache_new(1000, KEY_SIZE, sizeof(struct row));
    char key[KEY_SIZE];
    uint64_t five = 5;
    struct row row;
    (void)state;
    for (uint64_t i = 0; i < 50; i++)
        put(cache, i);
    key_of(4, key);
    assert_true(cache_change(cache, key, add, &five));
    assert_true(cache_get(cache, key, &row));
    assert_int_equal(row.copy, 9);
    key_of(99, key);
    assert_false(cache_change(cache, key, add, &five));
    cache_drop_if(cache, is_odd, NULL);
    for (uint64_t i = 0; i < 50; i++)
        assert_int_equal(has(cache, i), i % 2 == 0);
    cache_free(cache);
}

static void cache_key_text__too_long__has_no_key(void **state)
{
    char key[4];
    (void)state;
    assert_true(cache_key_text("abc", key, sizeof(key)));
    assert_memory_equal(key, "abc", 4);
    assert_true(cache_key_text("", key, sizeof(key)));
    assert_memory_equal(key, "\0\0\0", 4);
    assert_false(cache_key_text("abcd", key, sizeof(key)));
}

/* Values are never torn, whatever else goes on. */
static void *hammer(void *arg)
{
    struct cache *cache = arg;
    for (uint64_t i = 0; i < 20000; i++) {
        char key[KEY_SIZE];
        struct row row;
        key_of(i % 40, key);
        if (cache_get(cache, key, &row))
            assert(row.number == row.copy);
        cache_put(cache, key, &(struct row){i, i}, cache_stamp(cache, key));
        if (i % 100 == 0)
            cache_drop(cache, key);
    }
    return NULL;
}

static void cache__many_threads__values_are_whole(void **state)
{
    struct cache *cache = cache_new(16, KEY_SIZE, sizeof(struct row));
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, cache), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cache_get__what_was_put__until_it_is_dropped),
        cmocka_unit_test(cache_put__dropped_meanwhile__is_not_kept),
        cmocka_unit_test(cache_put__more_than_fit__the_used_ones_stay),
        cmocka_unit_test(cache_change__and_drop_if__reach_the_values),
        cmocka_unit_test(cache_key_text__too_long__has_no_key),
        cmocka_unit_test(cache__many_threads__values_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
