/* Letters: two forms of one text, into which no value from outside can bring a mark or a link. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "auth/domain/letter.h"
#include "base/auto.h"

static const char values_text[] =
    "{\"domain\":\"https://bourse.test\",\"lang\":\"en\",\"token\":\"a.b-c_d\","
    "\"agent\":\"<b>x</b>\\n\\n[click](https://evil.test/)\\r\\n| Fact: no\","
    "\"elsewhere\":\"https://bourse.test.evil.test/"
    "\",\"quote\":\"x\\\"onclick=1\",\"name\":\"Bourse\"}";

struct shown {
    struct str subject, text, html;
    struct err err;
    bool ok;
};

static struct shown show(const char *subject, const char *body)
{
    struct shown shown = {.subject = STR_INIT(LETTER_SUBJECT_MAX),
                          .text = STR_INIT(LETTER_TEXT_MAX),
                          .html = STR_INIT(LETTER_TEXT_MAX)};
    struct letter *letter = NULL;
    cJSON *values = NULL;
    struct err err;
    if (!json_read(values_text, strlen(values_text), &values, &err) ||
        !letter_parse(subject, body, &letter, &err))
        fail_msg("%s", err.what);
    letter_clean(values);
    shown.ok = letter_fill(letter, values, &shown.subject, &shown.text, &shown.html, &shown.err);
    letter_free(letter);
    cJSON_Delete(values);
    return shown;
}

static void shown_release(struct shown *shown)
{
    str_release(&shown->subject);
    str_release(&shown->text);
    str_release(&shown->html);
}

static void letter_fill__paragraph_link_and_facts__come_out_in_both_forms(void **state)
{
    AUTO(shown_release)
    struct shown shown =
        show("Welcome to {{name}}", "Hello & welcome.\nSecond line.\n\n"
                                    "| Browser: {{agent}}\n| Language: {{lang}}\n\n"
                                    "[Confirm]({{domain}}/c?t={{token}}&l={{lang}})\n");
    (void)state;
    assert_true(shown.ok);
    assert_string_equal(str_data(&shown.subject), "Welcome to Bourse");
    assert_string_equal(
        str_data(&shown.text),
        "Hello & welcome.\nSecond line.\n\n"
        "Browser: <b>x</b>  [click](https://evil.test/)  | Fact: no\nLanguage: en\n\n"
        "Confirm:\nhttps://bourse.test/c?t=a.b-c_d&l=en\n");
    assert_string_equal(str_data(&shown.html),
                        "<p>Hello &amp; welcome.\nSecond line.</p>\n"
                        "<p class=\"facts\">Browser: &lt;b&gt;x&lt;/b&gt;  "
                        "[click](https://evil.test/)  | Fact: no<br>\n"
                        "Language: en</p>\n"
                        "<p><a class=\"button\" "
                        "href=\"https://bourse.test/c?t=a.b-c_d&amp;l=en\">Confirm</a></p>\n");
}

static void letter_fill__address_that_leads_elsewhere__is_refused(void **state)
{
    static const char *const bodies[] = {
        "[x](https://evil.test/)",   "[x]({{elsewhere}})",         "[x]({{domain}}@evil.test/)",
        "[x]({{domain}}/{{quote}})", "[x](javascript:alert(1))",   "[x]({{domain}})",
        "[x]({{domain}}/a b)",       "[x]({{domain}}.evil.test/)",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        AUTO(shown_release) struct shown shown = show("s", bodies[i]);
        if (shown.ok)
            fail_msg("was taken: %s", bodies[i]);
        assert_int_equal(shown.err.code, ERR_INVALID);
        assert_null(strstr(str_data(&shown.html), "evil"));
    }
}

static void letter_fill__absent_value__is_an_error(void **state)
{
    AUTO(shown_release) struct shown shown = show("s", "Hello {{nobody}}");
    (void)state;
    assert_false(shown.ok);
    assert_int_equal(shown.err.code, ERR_INTERNAL);
}

static void letter_parse__wrong_marks__are_mistakes_of_the_configuration(void **state)
{
    static const char *const bodies[] = {
        "", "\n\n", "[label only]", "[a](b", "| a: b\nno fact", "{{open", "|"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct letter *letter = NULL;
        struct err err = {.code = ERR_NONE};
        if (letter_parse("s", bodies[i], &letter, &err))
            fail_msg("was taken: %s", bodies[i]);
        assert_null(letter);
        assert_int_equal(err.code, ERR_CONFIG);
    }
}

static void letter_fill__long_subject__is_refused(void **state)
{
    char subject[LETTER_SUBJECT_MAX + 10];
    (void)state;
    memset(subject, 'x', sizeof(subject) - 1);
    subject[sizeof(subject) - 1] = '\0';
    AUTO(shown_release) struct shown shown = show(subject, "body");
    assert_false(shown.ok);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letter_fill__paragraph_link_and_facts__come_out_in_both_forms),
        cmocka_unit_test(letter_fill__address_that_leads_elsewhere__is_refused),
        cmocka_unit_test(letter_fill__absent_value__is_an_error),
        cmocka_unit_test(letter_parse__wrong_marks__are_mistakes_of_the_configuration),
        cmocka_unit_test(letter_fill__long_subject__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
