/* Random bytes and UUIDs: form, version bits, and no repetition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/check.h"
#include "base/random.h"

static void random_bytes__two_draws__differ(void **state)
{
    unsigned char a[64] = {0}, b[64] = {0};
    (void)state;
    random_bytes(a, sizeof(a));
    random_bytes(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
    random_bytes(a, 0);
}

static void uuid_new__many__are_version_4_and_distinct(void **state)
{
    struct uuid seen[1000];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
        seen[i] = uuid_new();
        assert_int_equal(seen[i].bytes[6] >> 4, 4);
        assert_int_equal(seen[i].bytes[8] >> 6, 2);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(seen[k].bytes, seen[i].bytes, 16);
    }
}

static void uuid_parse__text__round_trips_in_either_case(void **state)
{
    struct uuid uuid = uuid_new(), again;
    char text[UUID_TEXT_SIZE];
    (void)state;
    assert_true(uuid_parse(uuid_text(uuid, text), &again));
    assert_memory_equal(uuid.bytes, again.bytes, 16);
    assert_true(uuid_parse("00112233-4455-6677-8899-AABBCCDDEEFF", &again));
    assert_string_equal(uuid_text(again, text), "00112233-4455-6677-8899-aabbccddeeff");
}

static void uuid_parse__anything_else__is_refused_and_changes_nothing(void **state)
{
    static const char *const rows[] = {
        "",
        "00112233",
        "00112233-4455-6677-8899-aabbccddeef",
        "00112233-4455-6677-8899-aabbccddeefff",
        "00112233445566778899aabbccddeeff",
        "00112233-4455-6677-8899_aabbccddeeff",
        "0011223g-4455-6677-8899-aabbccddeeff",
        "{0112233-4455-6677-8899-aabbccddeef}",
        "001122334-455-6677-8899-aabbccddeeff",
        "00112233-4455-6677-8899-aabbccddee f",
    };
    struct uuid before = uuid_new(), uuid = before;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_false(uuid_parse(rows[i], &uuid));
        assert_memory_equal(uuid.bytes, before.bytes, 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bytes__two_draws__differ),
        cmocka_unit_test(uuid_new__many__are_version_4_and_distinct),
        cmocka_unit_test(uuid_parse__text__round_trips_in_either_case),
        cmocka_unit_test(uuid_parse__anything_else__is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
