/* What was composed is what is shown, whatever it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/random.h"
#include "mail/mail.h"

static const struct mail letter = {
    .from = {"Bourse", "noreply@bourse.test"},
    .to = {NULL, "alice@bourse.test"},
    .message_id = "a@bourse.test",
    .date_us = 1795802580000000,
};

static void shows_again(const char *subject, const char *text, const char *html)
{
    AUTO(str_release) struct str message = STR_INIT(MAIL_BYTES_MAX);
    AUTO(mail_shown_release) struct mail_shown shown;
    struct mail mail = letter;
    struct err err;
    mail.subject = subject;
    mail.text = text;
    mail.html = html;
    mail_shown_init(&shown);
    if (!mail_compose(&mail, &message, &err) || !mail_read(str_data(&message), &shown, &err))
        fail_msg("%s", err.what);
    assert_string_equal(str_data(&shown.subject), subject);
    assert_string_equal(str_data(&shown.to), "<alice@bourse.test>");
    assert_string_equal(str_data(&shown.date), "Fri, 27 Nov 2026 18:03:00 +0000");
    if (strncmp(str_data(&shown.text), text, strlen(text)) != 0)
        fail_msg("%s\nis not\n%s", str_data(&shown.text), text);
}

static void mail_read__composed__is_as_it_was(void **state)
{
    (void)state;
    shows_again("Hello", "Hello.\nhttp://bourse.test/?a=b&c=d\n", NULL);
    shows_again("Подтвердите адрес электронной почты, пожалуйста, в течение часа", "Größe = 1 \n",
                "<p>x</p>");
    shows_again("a =?utf-8?Q?b?= c", "--=_bourse_letter_part\n=3D=\n.\n", "<p>x</p>");
    shows_again("_ _", "x\n", "<p>\n</p>");
}

/* Random texts of the characters that matter. */
static void mail_read__composed_from_noise__is_as_it_was(void **state)
{
    static const char *const bits[] = {"a",   " ", "=", "_", "?", "\n",
                                       "=\n", "ä", "€", "😀", ".", "--"};
    (void)state;
    for (size_t round = 0; round < 300; round++) {
        AUTO(str_release) struct str text = STR_INIT(4096);
        AUTO(str_release) struct str subject = STR_INIT(4096);
        uint8_t noise[200];
        random_bytes(noise, sizeof(noise));
        str_add(&subject, "s");
        str_add(&text, "t");
        for (size_t i = 0; i < sizeof(noise); i++) {
            const char *bit = bits[noise[i] % ARRAY_LEN(bits)];
            str_add(&text, bit);
            if (i % 4 == 0 && !strchr(bit, '\n') && subject.length < 150)
                str_add(&subject, bit);
        }
        str_add(&text, "end\n");
        shows_again(str_data(&subject), str_data(&text), round % 2 ? "<p>x</p>" : NULL);
    }
}

static void mail_read__other_messages__are_refused(void **state)
{
    static const char *const bad[] = {
        "", "\r\n", "To: a\r\n", "To: a\r\nSubject: b\r\nDate: c\r\n\r\nbody",
        "To: a\r\nSubject: b\r\nDate: c\r\nContent-Type: multipart/alternative\r\n\r\nbody"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        AUTO(mail_shown_release) struct mail_shown shown;
        struct err err;
        mail_shown_init(&shown);
        assert_false(mail_read(bad[i], &shown, &err));
        assert_int_equal(err.code, ERR_PROTOCOL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_read__composed__is_as_it_was),
        cmocka_unit_test(mail_read__composed_from_noise__is_as_it_was),
        cmocka_unit_test(mail_read__other_messages__are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
