/* Recovery codes: drawn in groups, read as people type them; a hash for each user. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/recovery_code.h"
#include "base/check.h"

static void recovery_code_draw__drawn__groups_that_parse(void **state)
{
    char text[RECOVERY_TEXT_SIZE], code[RECOVERY_CHARS + 1], other[RECOVERY_TEXT_SIZE];
    (void)state;
    recovery_code_draw(text);
    assert_int_equal(strlen(text), RECOVERY_TEXT_SIZE - 1);
    for (size_t i = RECOVERY_GROUP; i < strlen(text); i += RECOVERY_GROUP + 1)
        assert_int_equal(text[i], '-');
    assert_true(recovery_code_parse(text, code));
    assert_int_equal(strlen(code), RECOVERY_CHARS);
    recovery_code_draw(other);
    assert_string_not_equal(text, other);
}

static void recovery_code_parse__as_people_type__the_same_code(void **state)
{
    static const char *const typed[] = {"0123-4567-89AB-CDEF-GHJK-MNPQ", "0123456789ABCDEFGHJKMNPQ",
                                        "0123 4567 89ab cdef ghjk mnpq",
                                        "oI23-4567-89ab-cdef-ghjk-mnpq",
                                        " Ol23456789abcdef-ghjk--mnpq "};
    char code[RECOVERY_CHARS + 1];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        assert_true(recovery_code_parse(typed[i], code));
        assert_string_equal(code, "0123456789ABCDEFGHJKMNPQ");
    }
}

static void recovery_code_parse__anything_else__refused(void **state)
{
    static const char *const typed[] = {
        "",
        "123456",
        "0123456789ABCDEFGHJKMNP",
        "0123456789ABCDEFGHJKMNPQR",
        "0123456789ABCDEFGHJKMNPU",
        "0123456789ABCDEFGHJKMNP!",
        "0123456789ABCDEFGHJKMNP\xc3\xa9",
        "                                                    0123456789ABCDEFGHJKMNPQ"};
    char code[RECOVERY_CHARS + 1];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(typed); i++)
        assert_false(recovery_code_parse(typed[i], code));
}

static void recovery_code_hash__other_user_or_code__other_hash(void **state)
{
    uint8_t hash[RECOVERY_HASH_SIZE], other[RECOVERY_HASH_SIZE];
    (void)state;
    recovery_code_hash(1, "0123456789ABCDEFGHJKMNPQ", hash);
    recovery_code_hash(2, "0123456789ABCDEFGHJKMNPQ", other);
    assert_memory_not_equal(hash, other, sizeof(hash));
    recovery_code_hash(1, "0123456789ABCDEFGHJKMNPR", other);
    assert_memory_not_equal(hash, other, sizeof(hash));
    recovery_code_hash(1, "0123456789ABCDEFGHJKMNPQ", other);
    assert_memory_equal(hash, other, sizeof(hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovery_code_draw__drawn__groups_that_parse),
        cmocka_unit_test(recovery_code_parse__as_people_type__the_same_code),
        cmocka_unit_test(recovery_code_parse__anything_else__refused),
        cmocka_unit_test(recovery_code_hash__other_user_or_code__other_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
