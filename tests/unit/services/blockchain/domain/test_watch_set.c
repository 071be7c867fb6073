/* The set of what is looked for: no key is lost, none is taken for another, and a million are small. */
#include "blockchain/domain/watch_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 1000000, BYTES_MAX = 256 << 20, MODEL = 3000 };

/* The same numbers each time. */
static uint32_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static void key_of(uint32_t number, uint8_t key[static 20])
{
    memset(key, 0, 20);
    memcpy(key + 3, &number, sizeof(number));
}

static void watch_set_find__the_same_bytes_of_another_kind_or_length__are_other_keys(void **state)
{
    struct watch_set *set = watch_set_new();
    uint8_t key[32] = {7};
    (void)state;
    assert_true(watch_set_add(set, WATCH_PKH, key, 20, 1));
    assert_true(watch_set_add(set, WATCH_WPKH, key, 20, 2));
    assert_int_equal(watch_set_find(set, WATCH_PKH, key, 20), 1);
    assert_int_equal(watch_set_find(set, WATCH_WPKH, key, 20), 2);
    assert_int_equal(watch_set_find(set, WATCH_SH, key, 20), 0);
    key[31] = 1;
    assert_int_equal(watch_set_find(set, WATCH_PKH, key, 32), 0);
    assert_true(watch_set_add(set, WATCH_PKH, key, 20, 9));
    assert_int_equal(watch_set_find(set, WATCH_PKH, key, 20), 1);
    watch_set_free(set);
}

static void watch_set__added_at_random__is_as_the_model_says(void **state)
{
    struct watch_set *set = watch_set_new();
    uint64_t model[MODEL] = {0};
    size_t count = 0;
    uint8_t key[20];
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 200000; i++) {
        uint32_t number = (uint32_t)next(&seed) % MODEL;
        key_of(number, key);
        assert_true(watch_set_add(set, WATCH_ACCOUNT, key, sizeof(key), (uint64_t)i + 1));
        count += model[number] == 0;
        if (model[number] == 0)
            model[number] = (uint64_t)i + 1;
        assert_int_equal(watch_set_find(set, WATCH_ACCOUNT, key, sizeof(key)), model[number]);
    }
    assert_int_equal(watch_set_count(set), count);
    for (uint32_t number = 0; number < MODEL; number++) {
        key_of(number, key);
        assert_int_equal(watch_set_find(set, WATCH_ACCOUNT, key, sizeof(key)), model[number]);
    }
    watch_set_free(set);
}

static void watch_set__a_million_addresses__fit_the_memory_that_is_promised(void **state)
{
    struct watch_set *set = watch_set_new();
    uint8_t key[20];
    (void)state;
    for (uint32_t number = 0; number < MANY; number++) {
        key_of(number, key);
        assert_true(watch_set_add(set, WATCH_WPKH, key, sizeof(key), number + 1));
    }
    assert_int_equal(watch_set_count(set), MANY);
    assert_true(watch_set_bytes(set) < BYTES_MAX / 2); /* and as much again while it grows */
    for (uint32_t number = 0; number < MANY; number += 997) {
        key_of(number, key);
        assert_int_equal(watch_set_find(set, WATCH_WPKH, key, sizeof(key)), number + 1);
    }
    watch_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watch_set_find__the_same_bytes_of_another_kind_or_length__are_other_keys),
        cmocka_unit_test(watch_set__added_at_random__is_as_the_model_says),
        cmocka_unit_test(watch_set__a_million_addresses__fit_the_memory_that_is_promised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
