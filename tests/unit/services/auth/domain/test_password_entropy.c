/* The vectors of reference barong.md §2.15, with and without the list of common passwords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "auth/domain/password_entropy.h"

static const struct vector {
    const char *password;
    int64_t with, without; /* millionths of a bit */
} vectors[] = {
    {"Tecohvi0", 15500000, 16000000},      {"ZahSh8ei", 15500000, 15500000},
    {"Gol4aid1", 15000000, 16000000},      {"Password1", 2000000, 17000000},
    {"Password1123", 6000000, 21125000},   {"Qq123123", 5500000, 12500000},
    {"QqQq123123", 10500000, 15218750},    {"testPassword111", 14125000, 23593750},
    {"Fai5aesoLEcx", 17000000, 21125000},  {"Iequ4geiEWQw", 19593750, 19593750},
    {"Xwqe213PZCXwe", 21218750, 22375000},
};

static struct word_set *words_of_file(const char *path)
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    char *text = malloc(1 << 20);
    assert_non_null(text);
    size_t length = fread(text, 1, 1 << 20, file);
    fclose(file);
    struct word_set *words = word_set_new(text, length);
    free(text);
    assert_non_null(words);
    return words;
}

static void entropy__vectors_without_dictionary(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        int64_t found = password_entropy(vectors[i].password, 14 * ENTROPY_BIT, NULL);
        if (found / (ENTROPY_BIT / 1000000) != vectors[i].without)
            fail_msg("%s: %ld", vectors[i].password, (long)(found / (ENTROPY_BIT / 1000000)));
    }
}

static void entropy__vectors_with_dictionary(void **state)
{
    struct word_set *words = words_of_file("deploy/config/common_passwords.txt");
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        int64_t found = password_entropy(vectors[i].password, 14 * ENTROPY_BIT, words);
        if (found / (ENTROPY_BIT / 1000000) != vectors[i].with)
            fail_msg("%s: %ld", vectors[i].password, (long)(found / (ENTROPY_BIT / 1000000)));
    }
    word_set_free(words);
}

static void entropy__edges(void **state)
{
    (void)state;
    char longest[4096];
    for (size_t i = 0; i < sizeof(longest) - 1; i++)
        longest[i] = (char)('!' + i % 90);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(password_entropy("", 14 * ENTROPY_BIT, NULL), 0);
    assert_true(password_entropy(longest, 14 * ENTROPY_BIT, NULL) > 0);
    /* Five words and spaces. */
    assert_true(password_entropy("correct horse battery staple now", 0, NULL) > 30 * ENTROPY_BIT);
    /* The keyboard is no secret. */
    assert_true(password_entropy("Qwertyuiop1", 14 * ENTROPY_BIT, NULL) < 14 * ENTROPY_BIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entropy__vectors_without_dictionary),
        cmocka_unit_test(entropy__vectors_with_dictionary),
        cmocka_unit_test(entropy__edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
