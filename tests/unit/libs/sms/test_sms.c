/* Messages into the outbox, and settings that miss something. Twilio: tests/e2e/auth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <unistd.h>

#include "sms/sms.h"

static void sms_send__outbox__is_a_file(void **state)
{
    char folder[] = "/tmp/bourse_sms_XXXXXX", path[400] = "", text[200] = "";
    const struct sms_settings settings = {.kind = "outbox", .folder = folder};
    struct clock_fake clock;
    struct sms *sms;
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(folder));
    clock_fake_init(&clock, 1590994880000000);
    assert_true(sms_open(&settings, &clock.clock, &sms, &err));
    assert_int_equal(sms_kind(sms), SMS_OUTBOX);
    assert_true(sms_send(sms, "+447418084106", "Your code: 12345", &err));
    DIR *files = opendir(folder);
    for (struct dirent *entry; (entry = readdir(files));)
        if (entry->d_name[0] != '.')
            snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
    closedir(files);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    assert_string_equal(text,
                        "To: +447418084106\nDate: 2020-06-01T07:01:20Z\n\nYour code: 12345\n");
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    assert_false(sms_send(sms, "+447418084106", "x", &err));
    assert_int_equal(err.code, ERR_PEER_UNAVAILABLE);
    sms_close(sms);
}

static void sms_open__settings_that_miss_something__are_refused(void **state)
{
    static const struct sms_settings wrong[] = {
        {.kind = "pigeon"},
        {.kind = "outbox", .folder = ""},
        {.kind = "twilio_sms", .account_sid = "AC1", .auth_token = "t"},
        {.kind = "twilio_sms", .account_sid = "AC1", .from = "+1"},
        {.kind = "twilio_verify", .account_sid = "AC1", .auth_token = "t"},
    };
    struct sms *sms;
    struct err err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(sms_open(&wrong[i], &clock_real, &sms, &err));
        assert_int_equal(err.code, ERR_CONFIG);
    }
    const struct sms_settings mock = {.kind = "mock"};
    assert_true(sms_open(&mock, &clock_real, &sms, &err));
    assert_true(sms_send(sms, "+447418084106", "x", &err));
    sms_close(sms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sms_send__outbox__is_a_file),
        cmocka_unit_test(sms_open__settings_that_miss_something__are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
