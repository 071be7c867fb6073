/* The local store: made on first start, shared by processes, useless without its key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "crypto/crypto.h"
#include "secret/secret.h"

struct world {
    char folder[64], file[96], key_file[96];
    struct clock_fake clock;
    struct secret_settings settings;
    struct secret_store *store;
    struct err err;
};

static bool store_open(struct world *w, struct secret_store **store)
{
    return secret_store_open(&w->settings, &w->clock.clock, store, &w->err);
}

static int world_new(void **state)
{
    static struct world w;
    memset(&w, 0, sizeof(w));
    snprintf(w.folder, sizeof(w.folder), "/tmp/bourse_secret_XXXXXX");
    assert_non_null(mkdtemp(w.folder));
    snprintf(w.file, sizeof(w.file), "%s/secrets", w.folder);
    snprintf(w.key_file, sizeof(w.key_file), "%s/secrets.key", w.folder);
    clock_fake_init(&w.clock, 1000000);
    w.settings = (struct secret_settings){.kind = "file", .file = w.file, .key_file = w.key_file};
    assert_true(store_open(&w, &w.store));
    *state = &w;
    return 0;
}

static int world_free(void **state)
{
    struct world *w = *state;
    static const char *const names[] = {"", ".key", ".lock", ".new"};
    secret_store_close(w->store);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s%s", w->file, names[i]);
        unlink(path);
    }
    rmdir(w->folder);
    return 0;
}

static void secret_store_open__first_start__makes_files_for_the_owner_only(void **state)
{
    struct world *w = *state;
    struct stat status;
    assert_int_equal(stat(w->file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(w->key_file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void secret_write__then_opened_again__reads_the_same(void **state)
{
    struct world *w = *state;
    AUTO_FREE(secret_store_close) struct secret_store *again = NULL;
    AUTO(str_wipe) struct str text = STR_INIT(SECRET_BYTES_MAX);
    assert_true(secret_write(w->store, "smtp", "line\n\"quoted\" \xc3\xa9", &w->err));
    assert_true(secret_write(w->store, "other", "", &w->err));
    assert_true(store_open(w, &again));
    assert_true(secret_read(again, "smtp", &text, &w->err));
    assert_string_equal(text.data, "line\n\"quoted\" \xc3\xa9");
    assert_false(secret_read(again, "absent", &text, &w->err));
    assert_int_equal(w->err.code, ERR_NOT_FOUND);
    /* What one process writes, the other sees. */
    assert_true(secret_write(again, "smtp", "new", &w->err));
    str_clear(&text);
    assert_true(secret_read(w->store, "smtp", &text, &w->err));
    assert_string_equal(text.data, "new");
}

static void secret_read__bad_names_and_sizes__refused(void **state)
{
    struct world *w = *state;
    static const char *const names[] = {"", "../x", "A", "a b", "a/b", "\xc3\xa9"};
    AUTO(str_wipe) struct str text = STR_INIT(SECRET_BYTES_MAX);
    AUTO(str_wipe) struct str large = STR_INIT(SECRET_BYTES_MAX + 1);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_false(secret_read(w->store, names[i], &text, &w->err));
        assert_int_equal(w->err.code, ERR_INVALID);
        assert_false(secret_write(w->store, names[i], "x", &w->err));
    }
    for (int i = 0; i <= SECRET_BYTES_MAX; i++)
        str_add_char(&large, 'x');
    assert_false(secret_write(w->store, "large", large.data, &w->err));
    large.data[SECRET_BYTES_MAX] = '\0';
    assert_true(secret_write(w->store, "large", large.data, &w->err));
}

static void secret_read_or_make__many_processes__one_secret(void **state)
{
    enum { PROCESSES = 8 };
    struct world *w = *state;
    AUTO(str_wipe) struct str first = STR_INIT(SECRET_BYTES_MAX);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char mine[16];
            struct secret_store *store;
            AUTO(str_wipe) struct str text = STR_INIT(64);
            snprintf(mine, sizeof(mine), "%d", i);
            bool done = store_open(w, &store) &&
                        secret_read_or_make(store, "one", mine, &text, &w->err) &&
                        secret_write(store, mine, mine, &w->err);
            _exit(done ? text.data[0] : 1);
        }
    }
    assert_true(secret_read_or_make(w->store, "one", "9", &first, &w->err));
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(WEXITSTATUS(status), first.data[0]);
    }
    for (int i = 0; i < PROCESSES; i++) {
        char name[16];
        AUTO(str_wipe) struct str text = STR_INIT(64);
        snprintf(name, sizeof(name), "%d", i);
        assert_true(secret_read(w->store, name, &text, &w->err));
    }
}

static void secret_store_open__key_lost_or_another__refused(void **state)
{
    struct world *w = *state;
    struct secret_store *store = NULL;
    unlink(w->key_file);
    assert_false(store_open(w, &store));
    assert_int_equal(w->err.code, ERR_CONFIG);
    FILE *file = fopen(w->key_file, "w");
    assert_non_null(file);
    fputs("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", file);
    fclose(file);
    assert_false(store_open(w, &store));
    assert_non_null(strstr(w->err.what, "another key"));
}

static void secret_store_open__damaged_file__refused(void **state)
{
    struct world *w = *state;
    struct secret_store *store = NULL;
    FILE *file = fopen(w->file, "r+");
    assert_non_null(file);
    fseek(file, 60, SEEK_SET);
    fputs("AAAAAAAA", file);
    fclose(file);
    assert_false(store_open(w, &store));
    assert_int_equal(w->err.code, ERR_CONFIG);
}

static void secret_unseal__what_another_process_sealed_after_rotation__opens(void **state)
{
    struct world *w = *state;
    AUTO_FREE(secret_store_close) struct secret_store *other = NULL;
    AUTO(str_release) struct str old = STR_INIT(512), new = STR_INIT(512), open = STR_INIT(512);
    char index[KEYRING_INDEX_SIZE], same[KEYRING_INDEX_SIZE];
    unsigned version;
    assert_true(store_open(w, &other));
    assert_true(secret_seal(other, SECRET_COLUMN, "c/1", "old", 3, &old, &w->err));
    assert_true(secret_rotate(other, &version, &w->err));
    assert_int_equal(version, 2);
    assert_false(secret_is_current(other, old.data, old.length));
    assert_true(secret_seal(other, SECRET_CREDENTIAL, "c/1", "new", 3, &new, &w->err));
    assert_true(secret_index(other, "c", "x", 1, index, &w->err));
    assert_true(secret_index(w->store, "c", "x", 1, same, &w->err));
    assert_string_equal(index, same);

    /* The ring is not read more than once a second. */
    assert_false(secret_unseal(w->store, "c/1", new.data, new.length, &open, &w->err));
    assert_int_equal(w->err.code, ERR_NOT_FOUND);
    w->clock.now_us += 1000000;
    assert_true(secret_unseal(w->store, "c/1", new.data, new.length, &open, &w->err));
    assert_true(secret_unseal(w->store, "c/1", old.data, old.length, &open, &w->err));
    assert_string_equal(open.data, "newold");
    assert_false(secret_unseal(w->store, "c/2", old.data, old.length, &open, &w->err));
    assert_false(secret_unseal(w->store, "c/1", "vault:v1:AAAA", 13, &open, &w->err));
    assert_int_equal(w->err.code, ERR_CONFIG);
}

enum { ROTATORS = 4, ROTATIONS = 5 };

static void secret_rotate__many_processes_at_once__no_key_is_lost(void **state)
{
    struct world *w = *state;
    unsigned version;
    for (int i = 0; i < ROTATORS; i++)
        if (fork() == 0) {
            struct secret_store *store = NULL;
            bool good = store_open(w, &store);
            for (int round = 0; round < ROTATIONS && good; round++)
                good = secret_rotate(store, &version, &w->err);
            _exit(good ? 0 : 1);
        }
    for (int i = 0; i < ROTATORS; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_true(secret_rotate(w->store, &version, &w->err));
    assert_int_equal(version, 1 + ROTATORS * ROTATIONS + 1);
}

static void secret_unseal__file_gone__columns_still_open_and_upkeep_says_it(void **state)
{
    struct world *w = *state;
    AUTO(str_release) struct str sealed = STR_INIT(512), open = STR_INIT(512);
    assert_true(secret_upkeep(w->store, &w->err));
    assert_true(secret_seal(w->store, SECRET_COLUMN, "c/1", "x", 1, &sealed, &w->err));
    unlink(w->file);
    assert_false(secret_upkeep(w->store, &w->err));
    assert_true(secret_unseal(w->store, "c/1", sealed.data, sealed.length, &open, &w->err));
}

static void secret_store_open__no_such_kind__refused(void **state)
{
    struct world *w = *state;
    struct secret_store *store = NULL;
    w->settings.kind = "paper";
    assert_false(store_open(w, &store));
    assert_int_equal(w->err.code, ERR_CONFIG);
    w->settings.kind = "vault";
    assert_false(store_open(w, &store));
    assert_int_equal(w->err.code, ERR_CONFIG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(secret_store_open__first_start__makes_files_for_the_owner_only),
        TEST(secret_write__then_opened_again__reads_the_same),
        TEST(secret_read__bad_names_and_sizes__refused),
        TEST(secret_read_or_make__many_processes__one_secret),
        TEST(secret_store_open__key_lost_or_another__refused),
        TEST(secret_store_open__damaged_file__refused),
        TEST(secret_unseal__what_another_process_sealed_after_rotation__opens),
        TEST(secret_rotate__many_processes_at_once__no_key_is_lost),
        TEST(secret_unseal__file_gone__columns_still_open_and_upkeep_says_it),
        TEST(secret_store_open__no_such_kind__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
