/* A letter as a message: nothing that it says becomes a header, and every reader can decode it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "mail/mail.h"

static const struct mail plain = {
    .from = {"Bourse, Inc.", "noreply@bourse.test"},
    .to = {NULL, "alice@bourse.test"},
    .subject = "Confirm your e-mail",
    .text = "Hello.\nhttps://bourse.test/confirm?token=abc\n",
    .message_id = "0b7c@bourse.test",
    .language = "en",
    .date_us = 1795802580000000, /* 2026-11-27 18:03:00 */
};

static void compose(const struct mail *mail, struct str *out)
{
    struct err err;
    if (!mail_compose(mail, out, &err))
        fail_msg("%s", err.what);
}

static void assert_holds(const struct str *message, const char *text)
{
    if (!strstr(str_data(message), text))
        fail_msg("\"%s\" is not in:\n%s", text, str_data(message));
}

/* The lines of the head that begin with `name`. */
static size_t count_headers(const struct str *message, const char *name)
{
    size_t count = 0;
    const char *line = str_data(message);
    while (line && strncmp(line, "\r\n", 2) != 0) {
        count += strncmp(line, name, strlen(name)) == 0;
        line = strstr(line, "\r\n");
        line = line ? line + 2 : NULL;
    }
    return count;
}

static void mail_compose__plain_text__is_the_message_to_the_byte(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    (void)state;
    compose(&plain, &out);
    assert_string_equal(str_data(&out), "From: \"Bourse, Inc.\"\r\n <noreply@bourse.test>\r\n"
                                        "To: <alice@bourse.test>\r\n"
                                        "Subject: Confirm your e-mail\r\n"
                                        "Date: Fri, 27 Nov 2026 18:03:00 +0000\r\n"
                                        "Message-ID: <0b7c@bourse.test>\r\n"
                                        "Content-Language: en\r\n"
                                        "Auto-Submitted: auto-generated\r\n"
                                        "MIME-Version: 1.0\r\n"
                                        "Content-Type: text/plain; charset=utf-8\r\n"
                                        "Content-Transfer-Encoding: 7bit\r\n"
                                        "\r\n"
                                        "Hello.\r\n"
                                        "https://bourse.test/confirm?token=abc\r\n"
                                        "\r\n");
}

static void mail_compose__two_texts__are_alternatives_text_first(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct mail mail = plain;
    (void)state;
    mail.html = "<p>Hello.</p>";
    compose(&mail, &out);
    assert_holds(&out,
                 "Content-Type: multipart/alternative; boundary=\"=_bourse_letter_part\"\r\n");
    const char *text = strstr(str_data(&out), "text/plain");
    const char *html = strstr(str_data(&out), "text/html");
    assert_non_null(text);
    assert_true(html > text);
    assert_holds(&out, "\r\n--=_bourse_letter_part--\r\n");
}

static void mail_compose__line_breaks_in_a_subject__make_no_header(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct mail mail = plain;
    (void)state;
    mail.subject = "Hello\r\nBcc: eve@evil.test\r\n\r\nbody";
    mail.from.name = "B\nCc: eve@evil.test";
    mail.language = "en\r\nX-Forged: 1";
    compose(&mail, &out);
    assert_int_equal(count_headers(&out, "Bcc"), 0);
    assert_int_equal(count_headers(&out, "Cc"), 0);
    assert_int_equal(count_headers(&out, "X-Forged"), 0);
    assert_int_equal(count_headers(&out, "Subject"), 1);
    assert_null(strstr(str_data(&out), "=0D"));
    assert_null(strstr(str_data(&out), "=0A"));
}

static void mail_compose__other_scripts_in_a_subject__are_words_of_75(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct mail mail = plain;
    (void)state;
    mail.subject = "Подтвердите адрес электронной почты, пожалуйста: Größe =?utf-8?Q?x?=";
    compose(&mail, &out);
    const char *subject = strstr(str_data(&out), "Subject: ");
    assert_non_null(subject);
    const char *end = strstr(subject, "\r\nDate:");
    assert_non_null(end);
    size_t words = 0;
    for (const char *word = subject; (word = strstr(word, "=?utf-8?Q?")) && word < end; words++) {
        const char *last = strstr(word + 10, "?=");
        assert_non_null(last);
        assert_true(last + 2 - word <= 75);
        word = last;
    }
    assert_true(words > 2);
    assert_holds(&out, "=D0=9F=D0=BE=D0=B4"); /* the first letters */
    assert_holds(&out, "=3D=3Futf");          /* what looks like a word is encoded itself */
}

static void mail_compose__bad_utf8_in_a_subject__is_question_marks(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct mail mail = plain;
    (void)state;
    mail.subject = "a\xff\xc3";
    compose(&mail, &out);
    assert_holds(&out, "Subject: =?utf-8?Q?a=3F=3F?=\r\n");
}

static void mail_compose__long_or_foreign_body__is_quoted_printable(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct mail mail = plain;
    char line[1100];
    (void)state;
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    mail.text = line;
    compose(&mail, &out);
    assert_holds(&out, "Content-Transfer-Encoding: quoted-printable\r\n");
    str_clear(&out);
    mail.text = "Größe = 1 \nnext\n.\n";
    compose(&mail, &out);
    assert_holds(&out, "\r\n\r\nGr=C3=B6=C3=9Fe =3D 1=20\r\nnext\r\n.\r\n");
    for (const char *at = str_data(&out); *at;) {
        const char *end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 76 || strncmp(at, "Content-", 8) == 0);
        at = end + 2;
    }
}

static void mail_compose__body_with_the_boundary__does_not_end_its_part(void **state)
{
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct mail mail = plain;
    (void)state;
    mail.text = "a\n--=_bourse_letter_part--\nb\n";
    mail.html = "<p>c</p>";
    compose(&mail, &out);
    size_t ends = 0;
    for (const char *at = str_data(&out); (at = strstr(at, "=_bourse_letter_part--")); at++)
        ends++;
    assert_int_equal(ends, 1);
}

static void mail_compose__addresses_that_are_none__are_refused(void **state)
{
    static const char *const bad[] = {"",         "alice",        "@x.test",   "alice@",
                                      "a@b@c",    "a b@x.test",   "a\n@x.te",  "a@x.test\r\nB",
                                      "<a@x.t>",  "\"a\"@x.test", "a@x.t,b@y", "-oQ@x.test",
                                      "ä@x.test", "a@x.test;b"};
    AUTO(str_release) struct str out = STR_INIT(MAIL_BYTES_MAX);
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct mail mail = plain;
        mail.to.email = bad[i];
        if (mail_compose(&mail, &out, &err))
            fail_msg("was taken: %s", bad[i]);
        assert_int_equal(err.code, ERR_INVALID);
        assert_int_equal(out.length, 0);
        mail = plain;
        mail.from.email = bad[i];
        assert_false(mail_compose(&mail, &out, &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
    assert_true(mail_address_is_valid("a.b+c'd=e{f}@sub.example-1.test"));
}

static void mail_compose__above_the_limit__is_refused(void **state)
{
    AUTO(str_release) struct str big = STR_INIT(2 * MAIL_BYTES_MAX);
    AUTO(str_release) struct str out = STR_INIT(4 * MAIL_BYTES_MAX);
    struct mail mail = plain;
    struct err err;
    (void)state;
    while (big.length < MAIL_BYTES_MAX)
        str_add(&big, "0123456789abcdef\n");
    mail.text = str_data(&big);
    assert_false(mail_compose(&mail, &out, &err));
    assert_int_equal(err.code, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_compose__plain_text__is_the_message_to_the_byte),
        cmocka_unit_test(mail_compose__two_texts__are_alternatives_text_first),
        cmocka_unit_test(mail_compose__line_breaks_in_a_subject__make_no_header),
        cmocka_unit_test(mail_compose__other_scripts_in_a_subject__are_words_of_75),
        cmocka_unit_test(mail_compose__bad_utf8_in_a_subject__is_question_marks),
        cmocka_unit_test(mail_compose__long_or_foreign_body__is_quoted_printable),
        cmocka_unit_test(mail_compose__body_with_the_boundary__does_not_end_its_part),
        cmocka_unit_test(mail_compose__addresses_that_are_none__are_refused),
        cmocka_unit_test(mail_compose__above_the_limit__is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
