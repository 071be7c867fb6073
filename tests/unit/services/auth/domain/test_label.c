/* Labels, levels and states (reference barong.md §7.6; catalogue A-12): only private labels count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "auth/domain/label.h"
#include "base/check.h"

static const struct level levels[] = {{1, "email", "verified"},
                                      {2, "phone", "verified"},
                                      {3, "document", "verified"},
                                      {4, "address", "verified"}};

static const struct label_requirement activation[] = {{"email", "verified"}, {"phone", "verified"}};
static const struct label_trigger triggers[] = {
    {"banned", "ban"}, {"banned", "fraud"}, {"deleted", "delete"}, {"locked", "lock"}};
static const struct label_rules rules = {activation, 2, triggers, 4};

static struct label make(const char *key, const char *value, enum label_scope scope)
{
    struct label label = {.scope = scope};
    snprintf(label.key, sizeof(label.key), "%s", key);
    snprintf(label.value, sizeof(label.value), "%s", value);
    return label;
}

static void level__is_the_unbroken_run(void **state)
{
    (void)state;
    struct label labels[4];
    assert_int_equal(label_level(levels, 4, NULL, 0), 0);
    for (int i = 0; i < 4; i++) {
        labels[i] = make(levels[i].key, "verified", LABEL_PRIVATE);
        assert_int_equal(label_level(levels, 4, labels, (size_t)i + 1), i + 1);
    }
    /* Something in the middle is rejected, or goes public. */
    snprintf(labels[1].value, sizeof(labels[1].value), "rejected");
    assert_int_equal(label_level(levels, 4, labels, 4), 1);
    labels[1] = make("phone", "verified", LABEL_PUBLIC);
    assert_int_equal(label_level(levels, 4, labels, 4), 1);
    labels[0].scope = LABEL_PUBLIC;
    assert_int_equal(label_level(levels, 4, labels, 4), 0);
}

/* Every subset of labels in every scope, against the rule said in another way. */
static void level__of_every_subset(void **state)
{
    (void)state;
    for (unsigned set = 0; set < 81; set++) {
        struct label labels[4];
        size_t count = 0;
        int expected = 0;
        bool unbroken = true;
        for (unsigned i = 0, rest = set; i < 4; i++, rest /= 3) {
            unsigned kind = rest % 3; /* absent, public, private */
            if (kind)
                labels[count++] =
                    make(levels[i].key, "verified", kind == 2 ? LABEL_PRIVATE : LABEL_PUBLIC);
            unbroken = unbroken && kind == 2;
            expected += unbroken;
        }
        assert_int_equal(label_level(levels, 4, labels, count), expected);
    }
}

static void state__needs_all_and_obeys_the_last_trigger(void **state)
{
    (void)state;
    struct label labels[4] = {make("email", "verified", LABEL_PRIVATE),
                              make("phone", "verified", LABEL_PRIVATE)};
    assert_string_equal(label_state(&rules, labels, 1), "pending");
    assert_string_equal(label_state(&rules, labels, 2), "active");
    labels[2] = make("lock", "whatever", LABEL_PRIVATE);
    assert_string_equal(label_state(&rules, labels, 3), "locked");
    labels[3] = make("fraud", "yes", LABEL_PRIVATE);
    assert_string_equal(label_state(&rules, labels, 4), "locked");
    assert_string_equal(label_state(&rules, labels + 3, 1), "banned");
    /* A key must be the whole word, and be private. */
    labels[2] = make("ban_account", "x", LABEL_PRIVATE);
    labels[3] = make("ban", "x", LABEL_PUBLIC);
    assert_string_equal(label_state(&rules, labels, 4), "active");
    const struct label_rules none = {activation, 2, NULL, 0};
    assert_string_equal(label_state(&none, labels, 2), "active");
}

static void normalise__lower_case_and_single_blanks(void **state)
{
    char text[LABEL_TEXT_SIZE], longest[400];
    (void)state;
    assert_true(label_normalise("  PhoNe  X ", text));
    assert_string_equal(text, "phone x");
    assert_true(label_normalise("", text));
    assert_string_equal(text, "");
    memset(longest, 'a', sizeof(longest));
    longest[LABEL_CHARS_MAX] = '\0';
    assert_true(label_normalise(longest, text));
    longest[LABEL_CHARS_MAX] = 'a';
    longest[LABEL_CHARS_MAX + 1] = '\0';
    assert_false(label_normalise(longest, text));
}

static void mistake__names_the_rule(void **state)
{
    (void)state;
    static const char *const invalid[] = {"two words", "Phone", "phöne"};
    const char *words[LABEL_MISTAKES_MAX];
    assert_int_equal(label_mistakes("phone_2-x", words), 0);
    assert_int_equal(label_mistakes("ab", words), 1);
    assert_string_equal(words[0], "too_short");
    for (size_t i = 0; i < ARRAY_LEN(invalid); i++) {
        assert_int_equal(label_mistakes(invalid[i], words), 1);
        assert_string_equal(words[0], "invalid");
    }
    assert_int_equal(label_mistakes("a!", words), 2);
    assert_string_equal(words[1], "invalid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level__is_the_unbroken_run),
        cmocka_unit_test(level__of_every_subset),
        cmocka_unit_test(state__needs_all_and_obeys_the_last_trigger),
        cmocka_unit_test(normalise__lower_case_and_single_blanks),
        cmocka_unit_test(mistake__names_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
