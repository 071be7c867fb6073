/* What the words of an API key open. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#include "auth/domain/api_key.h"

#define READING (SCOPE_BIT(BARONG) | SCOPE_BIT(PEATIO_READ))

static void scopes__of_a_key__are_those_of_its_known_words(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        scope_set scopes;
    } rows[] = {
        {"", SCOPES_UNLIMITED},
        {"read", READING},
        {"trade", READING | SCOPE_BIT(PEATIO_TRADE)},
        {"sell", READING | SCOPE_BIT(PEATIO_TRADE)},
        {"peatio.read", SCOPE_BIT(PEATIO_READ)},
        {"peatio.trade,barong", SCOPE_BIT(PEATIO_TRADE) | SCOPE_BIT(BARONG)},
        {"peatio", SCOPE_BIT(PEATIO)},
        /* Old keys may have anything: it opens nothing, and never everything. */
        {"frobnicate", 0},
        {"frobnicate,read", READING},
        {"openid,offline_access", 0},
        {",", 0},
        {"READ", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(api_key_scopes(rows[i].list), rows[i].scopes);
}

static void words__are_written_with_commas_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *list; /* NULL: refused */
        enum api_key_words result;
    } rows[] = {
        {"", "", API_KEY_WORDS_GOOD},
        {"trade, read", "trade,read", API_KEY_WORDS_GOOD},
        {" trade\t peatio ,", "trade,peatio", API_KEY_WORDS_GOOD},
        {"peatio.read", "peatio.read", API_KEY_WORDS_GOOD},
        {"read,root", NULL, API_KEY_WORDS_UNKNOWN},
        {"openid", NULL, API_KEY_WORDS_UNKNOWN},
        {"read;trade", NULL, API_KEY_WORDS_MALFORMED},
        {"root,read;trade", NULL, API_KEY_WORDS_MALFORMED},
        {" , ,", NULL, API_KEY_WORDS_MALFORMED},
        {"\xc3\xa4", NULL, API_KEY_WORDS_MALFORMED},
    };
    char list[API_KEY_SCOPE_MAX + 1], text[API_KEY_SCOPE_MAX + 8];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(api_key_words_read(rows[i].text, list), rows[i].result);
        if (rows[i].list)
            assert_string_equal(list, rows[i].list);
    }
    /* At the bound, and one more. */
    memset(text, ' ', sizeof(text));
    for (size_t i = 0; i < API_KEY_SCOPE_MAX; i += 5)
        memcpy(text + i, "read,", 5);
    text[API_KEY_SCOPE_MAX - 1] = '\0';
    assert_int_equal(api_key_words_read(text, list), API_KEY_WORDS_GOOD);
    assert_int_equal(strlen(list), API_KEY_SCOPE_MAX - 1);
    memcpy(text + API_KEY_SCOPE_MAX - 1, ",read", 6);
    assert_int_equal(api_key_words_read(text, list), API_KEY_WORDS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scopes__of_a_key__are_those_of_its_known_words),
        cmocka_unit_test(words__are_written_with_commas_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
