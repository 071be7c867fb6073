/* The outbox: one file a letter, whole, inside of its folder, and no more than asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "mail/mail.h"

struct world {
    char folder[64];
    struct mail_sender *sender;
};

static const struct mail letter = {
    .from = {"Bourse", "noreply@bourse.test"},
    .to = {NULL, "alice@bourse.test"},
    .subject = "Hello",
    .text = "Hello.\n",
    .message_id = "first@bourse.test",
};

static int world_new(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct err err;
    assert_non_null(world);
    snprintf(world->folder, sizeof(world->folder), "/tmp/bourse-outbox-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    assert_true(mail_outbox_open(world->folder, 3, &world->sender, &err));
    *state = world;
    return 0;
}

static size_t files_of(const struct world *world, bool remove)
{
    size_t count = 0;
    DIR *dir = opendir(world->folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (remove)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    return count;
}

static int world_free(void **state)
{
    struct world *world = *state;
    files_of(world, true);
    rmdir(world->folder);
    mail_sender_free(world->sender);
    free(world);
    return 0;
}

static bool exists(const struct world *world, const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", world->folder, name);
    return access(path, R_OK) == 0;
}

static void send_as(struct world *world, const char *id)
{
    struct mail mail = letter;
    struct err err;
    mail.message_id = id;
    if (!mail_send(world->sender, &mail, &err))
        fail_msg("%s", err.what);
    usleep(20000); /* files have the time of the kernel's last tick */
}

static void mail_send__outbox__is_a_file_with_the_message(void **state)
{
    struct world *world = *state;
    char path[256], text[2048];
    send_as(world, "first@bourse.test");
    snprintf(path, sizeof(path), "%s/first@bourse.test.eml", world->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    assert_non_null(strstr(text, "To: <alice@bourse.test>\r\n"));
    assert_non_null(strstr(text, "\r\n\r\nHello.\r\n"));
}

static void mail_send__same_letter_again__replaces_it(void **state)
{
    struct world *world = *state;
    send_as(world, "first@bourse.test");
    send_as(world, "first@bourse.test");
    assert_int_equal(files_of(world, false), 1);
}

static void mail_send__above_the_bound__the_oldest_go(void **state)
{
    struct world *world = *state;
    static const char *const ids[] = {"a@x", "b@x", "c@x", "d@x", "e@x"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        send_as(world, ids[i]);
    assert_int_equal(files_of(world, false), 3);
    assert_false(exists(world, "a@x.eml"));
    assert_true(exists(world, "e@x.eml"));
}

static void mail_send__id_with_a_path__is_refused(void **state)
{
    struct world *world = *state;
    struct mail mail = letter;
    struct err err;
    mail.message_id = "../../etc/passwd";
    assert_false(mail_send(world->sender, &mail, &err));
    assert_int_equal(files_of(world, false), 0);
    send_as(world, "..a@x"); /* a hidden file would not be listed */
    assert_true(exists(world, "__a@x.eml") || exists(world, "_.a@x.eml"));
}

static void mail_outbox_open__impossible_folder__is_a_mistake_of_the_configuration(void **state)
{
    struct mail_sender *sender = NULL;
    struct err err;
    (void)state;
    assert_false(mail_outbox_open("/proc/no/such", 3, &sender, &err));
    assert_int_equal(err.code, ERR_CONFIG);
    assert_false(mail_outbox_open("", 3, &sender, &err));
}

static void mail_send__nobody_listens__may_be_sent_later(void **state)
{
    struct mail_smtp smtp = {.host = "127.0.0.1", .port = 1, .timeout_ms = 2000};
    struct mail_sender *sender = NULL;
    struct err err;
    (void)state;
    assert_true(mail_smtp_open(&smtp, &sender, &err));
    assert_false(mail_send(sender, &letter, &err));
    assert_int_equal(err.code, ERR_PEER_UNAVAILABLE);
    assert_null(strstr(err.what, "alice"));
    mail_sender_free(sender);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mail_send__outbox__is_a_file_with_the_message, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(mail_send__same_letter_again__replaces_it, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(mail_send__above_the_bound__the_oldest_go, world_new,
                                        world_free),
        cmocka_unit_test_setup_teardown(mail_send__id_with_a_path__is_refused, world_new,
                                        world_free),
        cmocka_unit_test(mail_outbox_open__impossible_folder__is_a_mistake_of_the_configuration),
        cmocka_unit_test(mail_send__nobody_listens__may_be_sent_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
